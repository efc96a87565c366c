/** A value that was perhaps meant, and where it was said. */

/** A value and the pieces that say it; `first` is -1 where none does. */
export interface Candidate {
  readonly value: unknown;
  readonly first: number;
  readonly last: number;
  readonly score: number;
  /** With the mark that ends the sentence. */
  readonly marked?: boolean;
  /** Only a part of its piece: the rest is free for another parameter. */
  readonly part?: boolean;
}
