/**
 * Builds in a queue. Many that wait together are built together: a first start has hundreds. One that is the end of
 * its workbench is refused, and the others are built elsewhere meanwhile.
 */
import { fromWire, isMoultError, MoultError } from "../../schemas/error.ts";
import type { Built } from "./build.ts";
import type { Outcome, Source } from "./build_all.ts";
import type { Workbench } from "./build_process.ts";

/** Workbenches at once: the machine has other work too. */
const BENCHES_MAX = 2;
/** The second is set up when the first has been at one run for this long. */
const SLOW_MS = 400;
/** So few are built one by one: what is wrong with one is found in the first run. */
const FEW_MAX = 3;
/** Functions of one run. */
const MANY_MAX = 64;
/** Characters of the sources of one run of many. */
const MANY_CHARS_MAX = 2 * 1_048_576;
/** A run may take so long: generous, because a loaded small machine is slow. */
const MANY_MS_MAX = 10_000;
/** See `MANY_MS_MAX`. */
const ONE_MS_MAX = 10_000;

/** Files that were the end of a workbench and are remembered for it. */
const SLOW_FILES_MAX = 1_024;

interface Wanted extends Source {
  readonly done: PromiseWithResolvers<Built>;
  /** Built in a run of its own, because one with others came to a bad end. */
  readonly alone?: true;
}

interface Place {
  readonly bench: Workbench;
  busySince: number | undefined;
  /** It is busy with a file that was the end of one before. */
  isSlow: boolean;
}

/** Builds functions. */
export class Builds {
  readonly #open: () => Workbench;
  readonly #places: Place[] = [];
  #waiting: Wanted[] = [];
  /** Paths of files that were the end of a workbench: such a one comes after the others, and never takes the last place. */
  readonly #slowFiles = new Set<string>();
  #slow: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** @param open Sets up a workbench; nothing runs in it yet. */
  constructor(open: () => Workbench) {
    this.#open = open;
  }

  /** Throws `function/invalid` with file:line:column and the line where a file fails, `internal` when nothing can be built. */
  async build(source: Source): Promise<Built> {
    const done = Promise.withResolvers<Built>();
    this.#waiting.push({ ...source, done });
    // What is wanted in the same moment is built together.
    setImmediate(() => this.#run());
    return await done.promise;
  }

  /** Something will have to be built in a moment. */
  warm(): void {
    if (!this.#closed) this.#place(0).bench.warm();
  }

  /** What is being built is not waited for. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#slow);
    for (const { bench } of this.#places) bench.close();
  }

  #run(): void {
    while (!this.#closed && this.#waiting.length > 0) {
      const place = this.#free();
      if (place === undefined) return this.#lookLater();
      const next = this.#next();
      if (next.length === 0) return;
      place.busySince = performance.now();
      place.isSlow = next.some((one) => this.#isSlow(one));
      void this.#build(place, next).finally(() => {
        place.busySince = undefined;
        place.isSlow = false;
        this.#run();
      });
    }
  }

  #place(at: number): Place {
    return (this.#places[at] ??= { bench: this.#open(), busySince: undefined, isSlow: false });
  }

  /** A workbench that is free; another one where those that there are have been busy for long. */
  #free(): Place | undefined {
    for (let at = 0; at < BENCHES_MAX; at++) {
      const { busySince } = this.#place(at);
      if (busySince === undefined) return this.#place(at);
      if (performance.now() - busySince < SLOW_MS) return undefined;
    }
    return undefined;
  }

  #lookLater(): void {
    this.#slow ??= setTimeout(() => {
      this.#slow = undefined;
      this.#run();
    }, SLOW_MS);
  }

  #isSlow({ found }: Wanted): boolean {
    return this.#slowFiles.has(found.path);
  }

  /** A file like those has its place among them, until it was built. */
  #note({ found }: Wanted, isSlow: boolean): void {
    this.#slowFiles.delete(found.path);
    if (isSlow && this.#slowFiles.size < SLOW_FILES_MAX) this.#slowFiles.add(found.path);
  }

  /** Of one functions folder: what its files may import depends on it. None: the others have to come to an end first. */
  #next(): readonly Wanted[] {
    const quick = this.#waiting.filter((one) => !this.#isSlow(one));
    const [first, ...others] = quick;
    if (first === undefined)
      return this.#places.some(({ isSlow }) => isSlow) ? [] : this.#waiting.splice(0, 1);
    const most = quick.length <= FEW_MAX || first.alone === true ? 1 : MANY_MAX;
    const taken = new Set([first]);
    let chars = first.source.length;
    for (const one of others) {
      if (taken.size >= most) break;
      const isLike = one.found.root === first.found.root && one.alone !== true;
      if (!isLike || chars + one.source.length > MANY_CHARS_MAX) continue;
      chars += one.source.length;
      taken.add(one);
    }
    this.#waiting = this.#waiting.filter((one) => !taken.has(one));
    return [...taken];
  }

  /** Never rejects. */
  async #build({ bench }: Place, wanted: readonly Wanted[]): Promise<void> {
    const isOne = wanted.length === 1;
    const sources = wanted.map(({ found, source }) => ({ found, source }));
    let outcomes: readonly (Outcome | null)[] = [];
    try {
      outcomes = await bench.build(sources, isOne ? ONE_MS_MAX : MANY_MS_MAX);
    } catch (error) {
      // Whose fault it is shows when each is built alone.
      if (isOne) for (const one of wanted) this.#note(one, endedBy(error));
      if (isOne || !endedBy(error)) for (const one of wanted) one.done.reject(blame(one, error));
      else this.#waiting.push(...wanted.map((one) => ({ ...one, alone: true }) as const));
      return;
    }
    for (const [i, one] of wanted.entries()) {
      const outcome = outcomes[i];
      if (outcome === undefined || outcome === null) this.#waiting.push({ ...one, alone: true });
      else {
        this.#note(one, false);
        if ("built" in outcome) one.done.resolve(outcome.built);
        else one.done.reject(fromWire(outcome.error));
      }
    }
  }
}

/** Whether a file was the end of its workbench. */
function endedBy(error: unknown): error is MoultError {
  return isMoultError(error) && ["function/limit", "function/crashed"].includes(error.code);
}

function blame({ found }: Source, error: unknown): unknown {
  if (!endedBy(error)) return error;
  const said = error.details?.["reason"];
  const reason = typeof said === "string" ? said : error.message;
  return new MoultError(
    "function/invalid",
    `Cannot build ${found.file}: the bundler was at its end with it (${reason}); import less, and name what is exported`,
    { file: found.file },
  );
}
