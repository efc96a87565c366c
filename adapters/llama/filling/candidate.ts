/** A value that was perhaps meant, and where it was said. */

import type { Tally } from "./weights.ts";

/** A value and the pieces that say it; `first` is -1 where none does. */
export interface Candidate {
  readonly value: unknown;
  readonly first: number;
  readonly last: number;
  /** What is seen of it. */
  readonly traits: Tally;
  /** How much speaks for it against nothing: log-odds, 0 = as likely. What it has before it is weighed counts, too. */
  readonly score: number;
  /** Only a part of its piece: the rest is free for another parameter. */
  readonly part?: boolean;
}
