/** What is remembered of a session between its turns, so that nothing is read twice and prompts stay the same. */
import { dropOldest } from "../drop_oldest.ts";
import type { HistoryItem } from "../ports.ts";
import type { SessionContext } from "../../schemas/session.ts";

/** Sessions remembered; the one not used for longest goes first. All of it can be read or chosen again. */
const SESSIONS_MAX = 64;

/** What is remembered of one session. */
export interface Remembered extends Loaded {
  /** Oldest first. */
  items: HistoryItem[];
  context: SessionContext;
  /** Characters of items that are kept. */
  charsMax: number;
  /** Turn the last window began with. */
  anchor: string | undefined;
  /** Tokens that the last window might have had, with its head. */
  tokensMax: number;
  /** Tools that were offered last, by name. */
  tools: readonly string[];
}

/** What is read of a session. */
interface Loaded {
  readonly items: readonly HistoryItem[];
  readonly context: SessionContext;
}

/** One entry per session in use. Turns of one session never overlap, so an entry has one user at a time. */
export class SessionMemory {
  readonly #sessions = new Map<string, Remembered>();

  /** The entry of a session; its history is loaded when it is not there. */
  async of(session: string, charsMax: number, load: () => Promise<Loaded>): Promise<Remembered> {
    const entry = this.#sessions.get(session) ?? (await loaded(charsMax, load));
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

  /** The entry of a session, if it is there. That is no use of it. */
  peek(session: string): Readonly<Remembered> | undefined {
    return this.#sessions.get(session);
  }

  /** Sets what is given of what stands beside a session's messages. It is written down already. */
  keep(session: string, context: Partial<SessionContext>): void {
    const entry = this.#sessions.get(session);
    if (entry !== undefined) entry.context = { ...entry.context, ...context };
  }

  /** Forgets a session; its next turn reads and chooses anew. */
  forget(session: string): void {
    this.#sessions.delete(session);
  }
}

async function loaded(charsMax: number, load: () => Promise<Loaded>): Promise<Remembered> {
  const { items, context } = await load();
  return { items: [...items], context, charsMax, anchor: undefined, tokensMax: 0, tools: [] };
}
