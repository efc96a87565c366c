/** One request inside a model host, from the queue to its end. Knows no engine. */
import type { Engine } from "./engine.ts";
import type { Lane } from "../../schemas/model.ts";

/** One request inside the host. */
export interface Job {
  readonly id: number;
  readonly lane: Lane;
  /** Does it, or a piece of it: what is left waits again, so that others come to their turn. */
  readonly run: (engine: Engine) => Promise<void>;
  /** It is told where in the queue it is. */
  readonly isTold: boolean;
  readonly abort: AbortController;
  readonly receivedAt: number;
  /** When it got its slot; 0 before. */
  startedAt: number;
  /** Gives it up when it has waited for too long. */
  giveUp: NodeJS.Timeout | undefined;
  /** Last position told; 0 = none. */
  position: number;
  /** It was ended for the sake of somebody who waits. */
  madeWay: boolean;
  /** Nothing may be sent for it any more. */
  ended: boolean;
}

/** One that was just received. */
export function newJob(id: number, lane: Lane, isTold: boolean): Omit<Job, "run"> {
  return {
    id,
    lane,
    isTold,
    abort: new AbortController(),
    receivedAt: performance.now(),
    startedAt: 0,
    giveUp: undefined,
    position: 0,
    madeWay: false,
    ended: false,
  };
}
