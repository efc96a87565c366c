/**
 * One ordered lane per session. Lanes run side by side, up to a bound, and so does what may wait in them.
 * In this process; another implementation may span several. It knows names and jobs, not messages.
 */
import { MoultError } from "../../schemas/error.ts";

/** Turns running at once. The model has fewer slots; the others are in their tools. */
const PARALLEL_MAX = 16;

/** Messages that may wait in one session, and in all. */
const WAITING_PER_LANE_MAX = 32;
const WAITING_MAX = 1_000;

/** Work of one lane. Must not reject. */
export type Job = () => Promise<void>;

/** Bounds, for tests. */
export interface LaneLimits {
  readonly parallelMax?: number;
  readonly waitingPerLaneMax?: number;
  readonly waitingMax?: number;
}

interface Lane {
  readonly jobs: Job[];
  /** Places taken by messages that are still being written down. */
  reserved: number;
  running: boolean;
}

/** Jobs in lanes: in order within one, side by side between them. */
export class Lanes {
  readonly #limits: Required<LaneLimits>;
  /** Present iff something of the session runs, waits or has a place reserved. */
  readonly #lanes = new Map<string, Lane>();
  /** Sessions with a job that could start, oldest first. */
  readonly #ready: string[] = [];
  #running = 0;
  #waiting = 0;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(limits: LaneLimits = {}) {
    this.#limits = {
      parallelMax: limits.parallelMax ?? PARALLEL_MAX,
      waitingPerLaneMax: limits.waitingPerLaneMax ?? WAITING_PER_LANE_MAX,
      waitingMax: limits.waitingMax ?? WAITING_MAX,
    };
  }

  /**
   * Takes a place in a lane before its message is written down. The returned function gives it back.
   *
   * @throws {MoultError} `queue/full`
   */
  reserve(session: string): () => void {
    const lane = this.#lane(session);
    const waiting = lane.jobs.length + lane.reserved;
    if (waiting >= this.#limits.waitingPerLaneMax || this.#waiting >= this.#limits.waitingMax) {
      this.#drop(session, lane);
      throw new MoultError(
        "queue/full",
        `Too many messages are waiting, ${waiting} of them in session "${session}"; send it again later`,
      );
    }
    lane.reserved++;
    this.#waiting++;
    return () => {
      lane.reserved--;
      this.#waiting--;
      this.#drop(session, lane);
    };
  }

  /** Appends a job to a lane. Returns how many are before it, the running one included. */
  push(session: string, job: Job): number {
    const lane = this.#lane(session);
    const before = lane.jobs.length + (lane.running ? 1 : 0);
    lane.jobs.push(job);
    this.#waiting++;
    if (before === 0) this.#ready.push(session);
    this.#pump();
    return before;
  }

  /** Starts nothing more. Resolves when nothing runs. */
  close(): Promise<void> {
    this.#closed = true;
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #lane(session: string): Lane {
    const lane = this.#lanes.get(session) ?? { jobs: [], reserved: 0, running: false };
    this.#lanes.set(session, lane);
    return lane;
  }

  #drop(session: string, lane: Lane): void {
    if (!lane.running && lane.jobs.length === 0 && lane.reserved === 0) this.#lanes.delete(session);
  }

  #pump(): void {
    while (!this.#closed && this.#running < this.#limits.parallelMax) {
      const session = this.#ready.shift();
      const lane = session === undefined ? undefined : this.#lanes.get(session);
      const job = lane?.jobs.shift();
      if (session === undefined || lane === undefined || job === undefined) return;
      this.#waiting--;
      this.#running++;
      lane.running = true;
      void job().finally(() => this.#ended(session, lane));
    }
  }

  #ended(session: string, lane: Lane): void {
    this.#running--;
    lane.running = false;
    // Behind the others that wait: no session keeps the rest from running.
    if (lane.jobs.length > 0) this.#ready.push(session);
    else this.#drop(session, lane);
    this.#pump();
    if (this.#running > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
