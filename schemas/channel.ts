/** What each transport reports, unchecked by us, before a channel function has translated it. */

/** A message posted to `/api/sessions/{session}/messages`. */
export interface HttpUpdate {
  readonly session: string;
  readonly text: string;
  /** Principal id behind the key that was used. */
  readonly sender: string;
}

/** A line typed at `moult chat` or at the prompt of `moult dev`. */
export interface TerminalUpdate {
  readonly session: string;
  readonly text: string;
  readonly user: string;
}

/** Updates by transport. A channel's `via` is one of these keys. */
export interface Updates {
  readonly http: HttpUpdate;
  readonly terminal: TerminalUpdate;
}
