/** A daemon that dies at random moments and comes back on the same home and port. */
import { type Daemon, type Place, spawnDaemon } from "./daemon.ts";
import { freePort, isAlive, seeded, until } from "./harness.ts";
import { tree } from "./process_tree.ts";

/** It lives this long after it answers, or after it is ready: long enough for progress, short enough for many kills. */
const LIFE_MS_MAX = 800;
/** Share of the kills that come while it still starts, resumes turns and loads. */
const EARLY_SHARE = 0.25;

/** A daemon that is killed and started again on the same home and port. */
export class Mortal {
  readonly #place: Place;
  readonly #config: string;
  readonly #port = freePort();
  readonly #random: () => number;
  readonly #relatives = new Set<number>();
  #daemon: Daemon | undefined;
  /** How often it was killed. */
  kills = 0;

  constructor(place: Place, config: string, seed: number) {
    this.#place = place;
    this.#config = config;
    this.#random = seeded(seed);
  }

  /** The one that runs now. */
  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error("The daemon was never started");
    return this.#daemon;
  }

  /** Starts it; resolves when it answers. */
  async start(): Promise<void> {
    this.#daemon = spawnDaemon(this.#place, { config: this.#config, port: this.#port });
    await this.#daemon.healthy();
  }

  /** Kills it again and again until `work` is done, with whatever result. */
  async dieDuring(work: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    void Promise.allSettled([work]).then(() => over.abort());
    for (;;) {
      if (this.#random() >= EARLY_SHARE) await this.daemon.ready();
      await Bun.sleep(this.#random() * LIFE_MS_MAX);
      if (over.signal.aborted) return;
      for (const pid of tree(this.daemon.pid)) this.#relatives.add(pid);
      await this.daemon.kill();
      this.kills++;
      await this.start();
    }
  }

  /** Processes of killed daemons that are still alive after a while. */
  async orphans(): Promise<number> {
    const own = new Set(tree(this.daemon.pid));
    const left = () => [...this.#relatives].filter((pid) => isAlive(pid) && !own.has(pid)).length;
    try {
      await until("orphans to end", () => (left() === 0 ? true : undefined), { limitMs: 3_000 });
    } catch {
      // Still there: that is the finding.
    }
    return left();
  }
}
