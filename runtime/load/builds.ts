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

interface Wanted extends Source {
  readonly done: PromiseWithResolvers<Built>;
  /** Built in a run of its own, because one with others came to a bad end. */
  readonly alone?: true;
}

interface Place {
  readonly bench: Workbench;
  busySince: number | undefined;
}

/** Builds functions. */
export class Builds {
  readonly #open: () => Workbench;
  readonly #places: Place[] = [];
  #waiting: Wanted[] = [];
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
      place.busySince = performance.now();
      void this.#build(place, this.#next()).finally(() => {
        place.busySince = undefined;
        this.#run();
      });
    }
  }

  #place(at: number): Place {
    return (this.#places[at] ??= { bench: this.#open(), busySince: undefined });
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

  /** Of one functions folder: what its files may import depends on it. */
  #next(): readonly Wanted[] {
    const [first] = this.#waiting;
    const most = this.#waiting.length <= FEW_MAX || first?.alone === true ? 1 : MANY_MAX;
    const taken: Wanted[] = [];
    const left: Wanted[] = [];
    let chars = 0;
    for (const wanted of this.#waiting) {
      const { found, source, alone } = wanted;
      const fits =
        taken.length === 0 ||
        (taken.length < most &&
          found.root === first?.found.root &&
          alone !== true &&
          chars + source.length <= MANY_CHARS_MAX);
      if (fits) chars += source.length;
      (fits ? taken : left).push(wanted);
    }
    this.#waiting = left;
    return taken;
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
      if (isOne || !endedBy(error)) for (const one of wanted) one.done.reject(blame(one, error));
      else this.#waiting.push(...wanted.map((one) => ({ ...one, alone: true }) as const));
      return;
    }
    for (const [i, one] of wanted.entries()) {
      const outcome = outcomes[i];
      if (outcome === undefined || outcome === null) this.#waiting.push({ ...one, alone: true });
      else if ("built" in outcome) one.done.resolve(outcome.built);
      else one.done.reject(fromWire(outcome.error));
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
