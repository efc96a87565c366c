/** The queue in front of the one model: lanes by urgency, first come first served within a lane. Knows no engine. */
import { LANES, type Lane } from "../../schemas/model.ts";

/** Requests that may wait in one lane. A longer queue only means answers that nobody waits for any more. */
export const LANE_LENGTH_MAX = 256;

/** A lane that was passed over this often is served next, so that urgent work never starves the rest forever. */
const PASSED_OVER_MAX = 8;

/** Whether the next item may be one of this lane. @param due it was passed over so often that it is its turn */
export type MayTake = (lane: Lane, due: boolean) => boolean;

const ANY: MayTake = () => true;

/** Nothing waits in any lane. */
export function noLanes(): Record<Lane, number> {
  return { interactive: 0, api: 0, cron: 0, background: 0 };
}

/** Waiting requests in lanes. */
export class LaneQueue<T> {
  readonly #lanes: Record<Lane, T[]> = { interactive: [], api: [], cron: [], background: [] };
  readonly #passedOver = noLanes();

  /** Adds an item. `false` iff its lane is full. */
  push(lane: Lane, item: T): boolean {
    const items = this.#lanes[lane];
    if (items.length >= LANE_LENGTH_MAX) return false;
    items.push(item);
    return true;
  }

  /** Takes the next item: of the most urgent lane that may, unless another was passed over too often. */
  take(may: MayTake = ANY): T | undefined {
    const lane = this.#nextLane(may);
    if (lane === undefined) return undefined;
    this.#passedOver[lane] = 0;
    for (const other of LANES)
      if (other !== lane && this.#lanes[other].length > 0) this.#passedOver[other]++;
    return this.#lanes[lane].shift();
  }

  /** Removes an item, wherever it waits. */
  remove(lane: Lane, item: T): boolean {
    const at = this.#lanes[lane].indexOf(item);
    if (at === -1) return false;
    this.#lanes[lane].splice(at, 1);
    return true;
  }

  /** Everything that waits, most urgent first. */
  waiting(): readonly T[] {
    return LANES.flatMap((lane) => this.#lanes[lane]);
  }

  /** How many wait in each lane. */
  lengths(): Record<Lane, number> {
    const { interactive, api, cron, background } = this.#lanes;
    return {
      interactive: interactive.length,
      api: api.length,
      cron: cron.length,
      background: background.length,
    };
  }

  #nextLane(may: MayTake): Lane | undefined {
    const filled = LANES.filter((lane) => this.#lanes[lane].length > 0);
    const isDue = (lane: Lane): boolean => this.#passedOver[lane] >= PASSED_OVER_MAX;
    // The least urgent first: it has waited longest for its turn.
    const due = filled.findLast((lane) => isDue(lane) && may(lane, true));
    return due ?? filled.find((lane) => may(lane, isDue(lane)));
  }
}
