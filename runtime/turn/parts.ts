/** What the runtime lends to turns. */
import type { Functions } from "../load/functions.ts";
import type { Clock, Log, Model, Store } from "../ports.ts";
import type { SessionMemory } from "./memory.ts";

/** What turns are made of. */
export interface TurnParts {
  readonly model: Model;
  readonly functions: Functions;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly memory: SessionMemory;
  /** @default 600_000 */
  readonly turnMsMax?: number;
}
