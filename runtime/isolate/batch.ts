/**
 * Reads what many files declare in one confined process, where a process for each would take minutes of CPU time.
 *
 * Files that are read together could speak for each other. So no call ever runs here, and what is said here is only
 * taken for a file that asks for nothing, until its own process says so or says something else.
 */
import { readFileSync, statSync } from "node:fs";
import { LIMITS_DEFAULT } from "../../schemas/function.ts";
import type { Bundle } from "./deployment.ts";
import type { Blank } from "./pool.ts";
import { type HostFrame, readHostFrame } from "./protocol.ts";

/** Files that one process reads; each stays in its memory until it ends. */
const BATCH_MAX = 200;
/** Files that are on their way to a process. */
const UNREAD_MAX = 16;
/** A larger file is asked alone. */
const TEXT_BYTES_MAX = 256 * 1_024;
/** Processes that read at once. */
const PROCESSES_MAX = 2;
/** Without a word for so long, the file that is being read hangs. */
const SILENCE_MS_MAX = 5_000;
/** Between two looks at a process. */
const LOOK_MS = 250;

interface Wanted {
  readonly bundle: Bundle;
  /** With what the file declares, unchecked; `undefined` = it has to be asked alone. */
  readonly tell: (manifest: unknown) => void;
}

/** Reads files, a hundred at a time. */
export class Batches {
  readonly #take: () => Promise<Blank>;
  readonly #waiting: Wanted[] = [];
  #running = 0;
  #isClosed = false;

  /** @param take Gives a confined process that may touch nothing. */
  constructor(take: () => Promise<Blank>) {
    this.#take = take;
  }

  /** Whether files are being read, or wait for it. */
  get isBusy(): boolean {
    return this.#running > 0 || this.#waiting.length > 0;
  }

  /** What a file declares, unchecked; `undefined` when only a process of its own can tell. Never rejects. */
  async describe(bundle: Bundle): Promise<unknown> {
    if ((statSync(bundle.path, { throwIfNoEntry: false })?.size ?? 0) > TEXT_BYTES_MAX)
      return undefined;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#waiting.push({ bundle, tell: resolve });
    // What is wanted in the same moment is read together.
    setImmediate(() => this.#run());
    return await promise;
  }

  /** Begins nothing any more. */
  close(): void {
    this.#isClosed = true;
    for (const { tell } of this.#waiting.splice(0)) tell(undefined);
  }

  #run(): void {
    while (!this.#isClosed && this.#running < PROCESSES_MAX && this.#waiting.length > 0) {
      this.#running++;
      const batch = this.#waiting.splice(0, BATCH_MAX);
      void this.#read(batch).finally(() => {
        this.#running--;
        this.#run();
      });
    }
  }

  /** Reads a batch. What was behind a file that ended the process is read by another one. */
  async #read(batch: readonly Wanted[]): Promise<void> {
    let blank: Blank;
    try {
      blank = await this.#take();
    } catch {
      for (const { tell } of batch) tell(undefined);
      return;
    }
    const told = await readAll(blank, batch);
    blank.confined.kill("its files are read");
    const [offender, ...others] = batch.slice(told);
    offender?.tell(undefined);
    if (this.#isClosed) for (const { tell } of others) tell(undefined);
    else this.#waiting.unshift(...others);
  }
}

/** Has a process read files one after another. Resolves with how many it has read when it is done, or has ended. */
async function readAll({ confined }: Blank, batch: readonly Wanted[]): Promise<number> {
  const done = Promise.withResolvers<void>();
  let told = 0;
  let sent = 0;
  const sendMore = (): void => {
    for (; sent < batch.length && sent - told < UNREAD_MAX; sent++)
      confined.send({ type: "describe", id: sent, text: textOf(batch[sent]?.bundle) });
  };
  let heardAt = performance.now();
  confined.receive((data) => {
    const frame = readHostFrame(data);
    const wanted = batch[told];
    // Whatever else a file says before its own process runs is nobody's.
    if (!isDescribed(frame) || frame.id !== told || wanted === undefined) return;
    heardAt = performance.now();
    told++;
    wanted.tell(frame.manifest);
    if (told === batch.length) done.resolve();
    else sendMore();
  });
  const look = setInterval(() => {
    const isSilent = performance.now() - heardAt > SILENCE_MS_MAX;
    if (isSilent || confined.residentMiB() > LIMITS_DEFAULT.memoryMiB)
      confined.kill("a file in it hangs or grows while it is read");
  }, LOOK_MS);
  sendMore();
  await Promise.race([done.promise, confined.exited]);
  clearInterval(look);
  return told;
}

/** Empty when it was removed meanwhile: then it declares nothing, and asking it alone says why. */
function textOf(bundle: Bundle | undefined): string {
  try {
    return bundle === undefined ? "" : readFileSync(bundle.path, "utf8");
  } catch {
    return "";
  }
}

function isDescribed(frame: HostFrame | undefined): frame is HostFrame & { type: "described" } {
  return frame?.type === "described";
}
