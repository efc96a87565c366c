/**
 * Who may start, who may wait, and how long that will take: room is kept for people, so that somebody who asks while a
 * batch job runs is answered at once. Knows lanes and numbers; knows no engine.
 */
import { LANE_LENGTH_MAX } from "./queue.ts";
import { MoultError } from "../../schemas/error.ts";
import type { Lane, ModelStatus } from "../../schemas/model.ts";

/** Share of slots and queue that only interactive requests may use. */
export const HEADROOM_DEFAULT = 0.3;

/** Who is refused comes again after so long: not at once, and not when all is forgotten. */
export const RETRY_MS = { min: 1_000, max: 60_000 };

/**
 * Milliseconds that a request waits for a slot, unless it says otherwise; in front of people for as long as they like.
 * A schedule's next run comes, a summary is made by rules, a program is told when to come again.
 */
export const WAIT_MS_MAX: Readonly<Partial<Record<Lane, number>>> = {
  api: 120_000,
  cron: 900_000,
  background: 600_000,
};

/** How much a new measurement counts. */
const NEW_SHARE = 0.2;
/** A request that has run longer than usual is expected to run this share of the usual longer. */
const OVERDUE_SHARE = 0.25;

/** What runs now. */
export interface Room {
  /** Slots that there are. */
  readonly slots: number;
  /** Slots that may be used now; the governor's number. */
  readonly limit: number;
  readonly running: number;
  /** Of `running`, those of the lanes that wait patiently. */
  readonly patient: number;
  /** People talk with the model these days: see `PEOPLE_MS`. @default false */
  readonly people?: boolean;
}

/** For so long after somebody asked, programs leave a slot free for whoever asks next. */
export const PEOPLE_MS = 600_000;

/** Whether nobody waits for what is in a lane. */
export function isPatient(lane: Lane): boolean {
  return lane === "cron" || lane === "background";
}

/**
 * Whether a request of this lane may start now. Patient ones leave a slot free while there are several, programs only where
 * people talk with the model as well; where only one may be used, an urgent one starts beside a patient one all the same.
 * @param due urgent ones never ended, and it is its turn: one patient request runs beside them
 */
export function mayStart(lane: Lane, due: boolean, room: Room): boolean {
  const { slots, limit, running, patient, people = false } = room;
  if (lane === "api" && people && limit > 1) return running < limit - 1;
  if (!isPatient(lane)) return running < limit || (running < slots && running === patient);
  return running < Math.max(1, limit - 1) || (due && patient === 0 && running < limit);
}

/**
 * Whether what runs in a lane is ended for the sake of those that wait: who has the only slot would have a person wait for
 * notes that can be written later, or by rules.
 */
export function makesWay(
  lane: Lane,
  waiting: Readonly<Record<Lane, number>>,
  slots: number,
): boolean {
  return slots === 1 && lane === "background" && waiting.interactive + waiting.api > 0;
}

/**
 * There is no room now, and it says when to come again.
 * @param text what has none, by its name
 * @param afterMs how long that lasts, where it is known
 */
export function noRoomNow(
  text: string,
  afterMs: number = RETRY_MS.min,
  details: Readonly<Record<string, unknown>> = {},
): MoultError {
  const retryAfterMs = Math.min(Math.max(Math.ceil(afterMs), RETRY_MS.min), RETRY_MS.max);
  const again = `try again in ${Math.ceil(retryAfterMs / 1_000)} s`;
  return new MoultError("queue/full", `${text}; ${again}`, { ...details, retryAfterMs });
}

/**
 * Why one more request cannot even wait; `undefined`: it can.
 * @param asked lanes of all that wait or run
 */
export function refusalOf(
  lane: Lane,
  asked: readonly Lane[],
  { name, slots, waitMs }: Pick<ModelStatus, "name" | "slots" | "waitMs">,
  headroom: number = HEADROOM_DEFAULT,
): MoultError | undefined {
  const others = asked.filter((other) => other !== "interactive").length;
  const room = Math.max(1, Math.floor((1 - headroom) * (slots + LANE_LENGTH_MAX)));
  const isCrowded = lane !== "interactive" && others >= room;
  // While the host restarts there is no queue but the daemon's. Running requests are not waiting ones.
  const isFull = asked.filter((other) => other === lane).length >= LANE_LENGTH_MAX + slots;
  if (!isCrowded && !isFull) return undefined;
  const text = isCrowded
    ? `The model "${name}" has ${others} requests to answer and keeps its other room for conversations`
    : laneFull(name, lane);
  return noRoomNow(text, waitMs, { lane });
}

/** Says that no more may wait in a lane. */
export function laneFull(name: string, lane: Lane): string {
  return `As many requests as may wait in the ${lane} lane of the model "${name}" are waiting`;
}

/** How long requests take, learnt from those that ended. */
export class Durations {
  #usualMs: number | undefined;

  /** Takes in how long one ran. */
  learn(ms: number): void {
    const usual = this.#usualMs;
    this.#usualMs = usual === undefined ? ms : usual + NEW_SHARE * (ms - usual);
  }

  /**
   * Milliseconds until the request at a position starts, 1 the next; `undefined` before one has ended.
   * @param ranMs how long each of the running ones runs already
   */
  etaMs(position: number, ranMs: readonly number[], slots: number): number | undefined {
    const usual = this.#usualMs;
    if (usual === undefined) return undefined;
    const lefts = ranMs
      .map((ran) => Math.max(usual - ran, usual * OVERDUE_SHARE))
      .toSorted((a, b) => a - b);
    const free = Math.max(0, slots - lefts.length);
    if (position <= free) return 0;
    const ahead = position - 1 - free;
    const width = Math.max(1, slots);
    const left = lefts[ahead % width] ?? usual;
    return Math.round(left + Math.floor(ahead / width) * usual);
  }
}
