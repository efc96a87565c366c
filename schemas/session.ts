/** What a session keeps beside its messages. */

/** Stands in the prompt for turns that have left the window. */
export interface Summary {
  /** The newest turn it stands for. */
  readonly reaches: string;
  /** How many turns it stands for. */
  readonly turns: number;
  readonly text: string;
  /** Who wrote it: the model, or rules that pick sentences where no model could. */
  readonly by: "model" | "rules";
  /** Counts from 1 in a session; one more each time. */
  readonly version: number;
}

/** Something that is to be kept in sight, word for word. */
export interface Pinned {
  /** The turn that asked for it. */
  readonly turn: string;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What stands beside a session's messages. */
export interface SessionContext {
  readonly summary?: Summary;
  /** Made ahead, for when the window moves on. */
  readonly summaryNext?: Summary;
  /** Oldest first. */
  readonly pinned: readonly Pinned[];
}
