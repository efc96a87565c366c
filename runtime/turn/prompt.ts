/**
 * The prompt of a turn as it grows: prefix, head, window, the message, then calls and results.
 *
 * The head is what stands for older turns; what the message asks of them again stands right before it. It keeps within the model's context: earlier exchanges go first, then the results of this turn are shortened.
 */
import type { HistoryItem, InboxRow } from "../ports.ts";
import { MoultError } from "../../schemas/error.ts";
import type { ChatMessage, ToolCall, ToolSpec } from "../../schemas/model.ts";
import type { SessionContext, Summary } from "../../schemas/session.ts";
import type { ToolCallRecord } from "../../schemas/turn.ts";
import { opened } from "./catalogue.ts";
import { fitted, headLimits, itemsAfter, tokensOf } from "./compaction.ts";
import type { Shown } from "./live.ts";
import type { Remembered } from "./memory.ts";
import { pinnedBy } from "./pinned.ts";
import { type Prefix, isInstructionsOnly, prefixFor } from "./prefix.ts";
import { NOTHING_RECALLED, type Recalled, quoted, recalled } from "./recall.ts";
import { shortText } from "../short_text.ts";
import { cut, readable } from "./tool_step.ts";
import type { TurnParts } from "./parts.ts";
import { messageTokens, toMessage, windowOf } from "./window.ts";

/** Tokens of an answer, where the context allows it. */
const REPLY_TOKENS_MAX = 1_024;

/** Share of the context that an answer gets at most; results of this turn get the same share in reserve. */
const REPLY_SHARE = 1 / 4;

/** Characters of one tool result for the embedded model: it says a sentence about it, and reading costs time. */
const RESULT_CHARS_EMBEDDED = { output: 1_000, error: 250 } as const;

/** Exchanges the embedded model is given. It was trained with at most 4, and routes best with few. */
const EXCHANGES_EMBEDDED = 2;

/** Characters of what was said and came out in earlier turns that the embedded model is shown: reading takes it time. */
const EARLIER_CHARS_EMBEDDED = { user: 600, assistant: 160, tool: 160 } as const;

/** Exchanges that a message brings back at most, and the share of the context and the tokens they get. */
const RECALLED_MAX = 3;
const RECALLED_SHARE = 1 / 12;
const RECALLED_TOKENS_MAX = 800;

/** The embedded model is given one, short, as if it had just been said: it knows exchanges, and no quotations. */
const RECALLED_EMBEDDED = 1;
const RECALLED_TOKENS_EMBEDDED = 120;

/** Characters that may make one token, at most. */
const CHARS_PER_TOKEN = 4;

/** What is left of a result of an earlier step when the context is full. */
const SHORTENED_CHARS = 200;

/** What the model is asked with. */
export interface Asked {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSpec[];
  readonly prefixTokens: number;
  readonly windowItems: number;
}

/** What clients and the trace are told of the window. */
export type Told = Extract<Shown, { type: "compacted" | "recalled" | "pinned" }>;

/** Stands for the context of a model that never said how long it is. */
const CONTEXT_UNKNOWN = 8_192;

/** The prompt of one turn. */
export class Prompt {
  readonly replyTokens: number;
  readonly #parts: TurnParts;
  readonly #row: InboxRow;
  readonly #contextTokens: number;
  readonly #active: string[] = [];
  readonly #given: string[] = [];
  /** This turn's messages: the user's first. */
  readonly #own: ChatMessage[];
  #window: readonly HistoryItem[] = [];
  #head: readonly ChatMessage[] = [];
  #recalled: Recalled = NOTHING_RECALLED;
  #prefix: Prefix = { system: "", tools: [], tokens: 0, listed: new Set() };
  #lastTools: readonly string[] = [];

  constructor(parts: TurnParts, row: InboxRow) {
    this.#parts = parts;
    this.#row = row;
    const { contextTokens } = parts.model.status();
    // 0: it could not be loaded. Then it is to say why, not the window that nothing fits.
    this.#contextTokens = contextTokens === 0 ? CONTEXT_UNKNOWN : Math.max(contextTokens, 512);
    this.replyTokens = Math.min(REPLY_TOKENS_MAX, Math.floor(this.#contextTokens * REPLY_SHARE));
    this.#own = [{ role: "user", content: row.text }];
  }

  /** Names of the tools that may be called. */
  get offered(): ReadonlySet<string> {
    const { tools, listed } = this.#prefix;
    return new Set([...tools.map(({ name }) => name), ...listed, ...this.#given]);
  }

  /** What the user has told earlier that answers the message by its words, if anything. */
  get told(): string | undefined {
    return this.#recalled.told;
  }

  /** A call as it is meant: opening the catalogue of skills is calling one. */
  meant(call: ToolCall): ToolCall {
    return opened(call, this.#prefix.listed);
  }

  /** Lets a tool be called that the model was not given. */
  offer(name: string): void {
    this.#given.push(name);
  }

  /** Chooses tools and window. Once, before the first `next()`. @returns What is to be told of it. */
  async load(): Promise<readonly Told[]> {
    const { store, memory } = this.#parts;
    const { session } = this.#row;
    // More history than this never fits.
    const charsMax = this.#contextTokens * CHARS_PER_TOKEN;
    const remembered = await memory.of(session, charsMax, async () => ({
      items: await store.history(session, charsMax),
      context: await store.context(session),
    }));
    this.#lastTools = remembered.tools;
    this.#choose();
    remembered.tools = this.#prefix.tools.map(({ name }) => name);
    const reserve = Math.floor(this.#contextTokens * REPLY_SHARE);
    const tokensMax = Math.max(this.#free() - reserve, 0);
    remembered.tokensMax = tokensMax + tokensOf(this.#own);
    const told = [...(await this.#pin(remembered)), ...(await this.#fit(remembered, tokensMax))];
    return [...told, ...(await this.#recall())];
  }

  /**
   * What to ask next, within the context.
   *
   * @throws {MoultError} `body/too-large` when the message alone does not fit
   */
  next(): Asked {
    this.#shrink();
    const { system, tools, tokens } = this.#prefix;
    return {
      messages: [
        { role: "system", content: system },
        ...this.#head,
        ...this.#brought(),
        ...this.#window.map(toMessage),
        ...this.#spoken(),
      ],
      tools,
      prefixTokens: tokens,
      windowItems: this.#window.length,
    };
  }

  /** Adds what the model said and called. */
  addCalls(content: string, toolCalls: readonly ToolCall[]): void {
    this.#own.push({ role: "assistant", content, toolCalls });
  }

  /** Adds what came of a call. A skill's instructions bring its tools with them. */
  addResult(record: ToolCallRecord): void {
    const share = Math.floor(this.#contextTokens * REPLY_SHARE * CHARS_PER_TOKEN);
    const { embedded } = this.#parts.model.status();
    const kind = record.error === undefined ? "output" : "error";
    const charsMax = embedded ? Math.min(share, RESULT_CHARS_EMBEDDED[kind]) : share;
    const { id, name } = record;
    this.#own.push({ role: "tool", id, name, content: readable(record, charsMax) });
    const manifest = this.#parts.functions.get(name)?.manifest;
    if (manifest === undefined || record.error !== undefined) return;
    if (!isInstructionsOnly(manifest) || this.#active.includes(name)) return;
    this.#active.push(name);
    this.#lastTools = this.#prefix.tools.map((tool) => tool.name);
    this.#choose();
  }

  /** What the session keeps, word for word as the model saw it. Remembered for the next turn. */
  history(reply: string): readonly Omit<HistoryItem, "turn" | "at">[] {
    return [...this.#own, { role: "assistant" as const, content: reply }].flatMap((message) =>
      message.role === "system" ? [] : [message],
    );
  }

  /** Pins what the message asks to be kept in sight. */
  async #pin({ context }: Remembered): Promise<readonly Told[]> {
    const { turn, text, work, acceptedAt: at } = this.#row;
    if (work !== undefined) return [];
    const pinned = pinnedBy({ text, turn, at }, context.pinned);
    if (pinned === undefined) return [];
    await this.#keep({ pinned });
    return [{ type: "pinned", pinned: pinned.map((one) => one.text) }];
  }

  /** Chooses the window; when it moves on, so does the summary of what it leaves behind. */
  async #fit(remembered: Remembered, tokensMax: number): Promise<readonly Told[]> {
    const { store, model } = this.#parts;
    const { items, context } = remembered;
    if (model.status().embedded) {
      const exchangesMax = EXCHANGES_EMBEDDED;
      const window = windowOf(items.map(glimpsed), {
        tokensMax,
        anchor: remembered.anchor,
        exchangesMax,
      });
      this.#window = window.items;
      remembered.anchor = window.anchor;
      return [];
    }
    const head = headLimits(this.#contextTokens);
    const { window, head: shown, movedTo } = fitted(items, context, { tokensMax, head });
    this.#window = window;
    this.#head = shown;
    if (movedTo === undefined) return [];
    const turns = await store.turnsUntil(this.#row.session, movedTo.reaches);
    const summary: Summary = { ...movedTo, turns };
    await this.#keep({ summary });
    remembered.items = [...itemsAfter(items, summary)];
    return [{ type: "compacted", turns, by: summary.by }];
  }

  /** Brings back what the message asks for and the window does not hold. */
  async #recall(): Promise<readonly Told[]> {
    const { store, model, log } = this.#parts;
    const { session, turn, text } = this.#row;
    const { embedded } = model.status();
    const share = Math.floor(this.#contextTokens * RECALLED_SHARE);
    this.#recalled = await recalled(store, {
      session,
      text,
      window: this.#window,
      tokensMax: embedded ? RECALLED_TOKENS_EMBEDDED : Math.min(share, RECALLED_TOKENS_MAX),
      exchangesMax: embedded ? RECALLED_EMBEDDED : RECALLED_MAX,
    }).catch((error: unknown) => {
      // An answer without it is better than none.
      log.warn({ session, turn, error }, "A session could not be searched");
      return NOTHING_RECALLED;
    });
    const { exchanges } = this.#recalled;
    if (exchanges.length === 0) return [];
    return [{ type: "recalled", turns: exchanges.map((one) => one.turn) }];
  }

  async #keep(context: Partial<SessionContext>): Promise<void> {
    const { store, memory } = this.#parts;
    await store.keepContext(this.#row.session, context);
    memory.keep(this.#row.session, context);
  }

  /** What was brought back, as the embedded model is shown it. */
  #brought(): readonly ChatMessage[] {
    if (!this.#parts.model.status().embedded) return [];
    return this.#recalled.exchanges.flatMap(({ asked, said }): readonly ChatMessage[] => [
      { role: "user", content: asked },
      { role: "assistant", content: said },
    ]);
  }

  /** This turn's messages. The session keeps them without what was brought back. */
  #spoken(): readonly ChatMessage[] {
    const [first, ...rest] = this.#own;
    const { exchanges } = this.#recalled;
    if (first === undefined || exchanges.length === 0) return this.#own;
    if (this.#parts.model.status().embedded) return this.#own;
    return [{ role: "user", content: quoted(exchanges) + first.content }, ...rest];
  }

  #choose(): void {
    const { functions, model } = this.#parts;
    this.#prefix = prefixFor(functions, model.status(), {
      text: this.#row.text,
      last: this.#lastTools,
      active: this.#active,
    });
  }

  /** Tokens left beside prefix, head, reply and this turn. */
  #free(): number {
    const own = tokensOf([...this.#head, ...this.#brought(), ...this.#spoken()]);
    return this.#contextTokens - this.replyTokens - this.#prefix.tokens - own;
  }

  #shrink(): void {
    const free = this.#free();
    if (tokensOf(this.#window) > free)
      this.#window = windowOf(this.#window, { tokensMax: free }).items;
    if (this.#free() < 0) this.#recalled = NOTHING_RECALLED;
    if (this.#free() < 0) this.#head = [];
    for (let at = 0; at < this.#own.length && this.#free() < 0; at++) {
      const message = this.#own[at];
      if (message?.role !== "tool") continue;
      this.#own[at] = { ...message, content: cut(message.content, SHORTENED_CHARS) };
    }
    const over = -this.#free();
    if (over <= 0) return;
    const fits = Math.max(messageTokens({ role: "user", content: this.#row.text }) - over, 0);
    throw new MoultError(
      "body/too-large",
      `The message is too long for the model, about ${fits} tokens would fit; shorten it or send it in parts`,
    );
  }
}

/** An item of an earlier turn as the embedded model is shown it. */
function glimpsed(item: HistoryItem): HistoryItem {
  const content = shortText(item.content, EARLIER_CHARS_EMBEDDED[item.role]);
  return content === item.content ? item : { ...item, content };
}
