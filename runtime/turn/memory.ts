/** What is remembered of a session between its turns, so that nothing is read twice and prompts stay the same. */
import { dropOldest } from "../drop_oldest.ts";
import type { HistoryItem } from "../ports.ts";

/** Sessions remembered; the one not used for longest goes first. All of it can be read or chosen again. */
const SESSIONS_MAX = 64;

interface Remembered {
  /** Oldest first. */
  items: HistoryItem[];
  /** Characters of items that are kept. */
  charsMax: number;
  /** Turn the last window began with. */
  anchor: string | undefined;
  /** Tools that were offered last, by name. */
  tools: readonly string[];
}

/** One entry per session in use. Turns of one session never overlap, so an entry has one user at a time. */
export class SessionMemory {
  readonly #sessions = new Map<string, Remembered>();

  /** The entry of a session; its history is loaded when it is not there. */
  async of(
    session: string,
    charsMax: number,
    load: () => Promise<readonly HistoryItem[]>,
  ): Promise<Remembered> {
    const entry = this.#sessions.get(session) ?? {
      items: [...(await load())],
      charsMax,
      anchor: undefined,
      tools: [],
    };
    // Inserted anew: the map's order is the order of use.
    this.#sessions.delete(session);
    this.#sessions.set(session, entry);
    dropOldest(this.#sessions, SESSIONS_MAX);
    return entry;
  }

  /** Adds what a turn left behind, and drops the oldest items. */
  append(session: string, items: readonly HistoryItem[]): void {
    const entry = this.#sessions.get(session);
    if (entry === undefined) return;
    entry.items.push(...items);
    let chars = entry.items.reduce((sum, { content }) => sum + content.length, 0);
    const keptFrom = entry.items.findIndex(({ content }) => {
      if (chars <= entry.charsMax) return true;
      chars -= content.length;
      return false;
    });
    if (keptFrom > 0) entry.items.splice(0, keptFrom);
  }

  /** Forgets a session; its next turn reads and chooses anew. */
  forget(session: string): void {
    this.#sessions.delete(session);
  }
}
