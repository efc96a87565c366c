/** Builds in a queue of bounded width. Many that wait together are built together: a first start has hundreds. */
import { type Built, buildFunction, buildMany } from "./build.ts";
import type { Found } from "./scan.ts";

/** Runs of the bundler at once: the machine has other work too. */
const RUNS_MAX = 2;
/** So few are built one by one: what is wrong with one is found in the first run. */
const FEW_MAX = 3;
/** Functions of one run. One that cannot be built has all of its run built again, one by one. */
const MANY_MAX = 64;

interface Wanted {
  readonly found: Found;
  readonly source: string;
  readonly done: PromiseWithResolvers<Built>;
}

/** Builds functions. */
export class Builds {
  #waiting: Wanted[] = [];
  #running = 0;

  /** See `buildFunction`, which says what it throws. */
  async build(found: Found, source: string): Promise<Built> {
    const done = Promise.withResolvers<Built>();
    this.#waiting.push({ found, source, done });
    // What is wanted in the same moment is built together.
    setImmediate(() => this.#run());
    return await done.promise;
  }

  #run(): void {
    while (this.#running < RUNS_MAX && this.#waiting.length > 0) {
      this.#running++;
      const wanted = this.#next();
      void (wanted.length === 1 ? buildEach(wanted) : buildTogether(wanted)).finally(() => {
        this.#running--;
        this.#run();
      });
    }
  }

  /** Of one functions folder: what its files may import depends on it. */
  #next(): readonly Wanted[] {
    const few = this.#waiting.length <= FEW_MAX;
    const root = this.#waiting[0]?.found.root;
    const taken: Wanted[] = [];
    const left: Wanted[] = [];
    for (const wanted of this.#waiting) {
      const fits = wanted.found.root === root && taken.length < (few ? 1 : MANY_MAX);
      (fits ? taken : left).push(wanted);
    }
    this.#waiting = left;
    return taken;
  }
}

async function buildTogether(wanted: readonly Wanted[]): Promise<void> {
  const built = await buildMany(wanted);
  const rest = wanted.filter(({ found, done }) => {
    const one = built.get(found);
    if (one !== undefined) done.resolve(one);
    return one === undefined;
  });
  await buildEach(rest);
}

async function buildEach(wanted: readonly Wanted[]): Promise<void> {
  for (const { found, source, done } of wanted)
    await buildFunction(found, source).then(done.resolve, done.reject);
}
