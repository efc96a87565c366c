/** Puts an answer together from its chunks: text as it comes, calls when they are whole. Knows no connection. */
import { Thoughts } from "./thoughts.ts";
import type { CallPiece, Chunk, Said, Usage } from "./wire.ts";
import type { Sink } from "../../runtime/model/engine.ts";
import type { Finish, ToolCall } from "../../schemas/model.ts";

/** Calls of one answer, and characters of the arguments of one; more is no answer. */
const CALLS_MAX = 64;
const ARGUMENTS_CHARS_MAX = 1_048_576;
/** Characters of text and thoughts together: more than any context holds. */
const TEXT_CHARS_MAX = 16_777_216;

/** A call while it comes. */
interface Joined {
  id: string;
  name: string;
  arguments: string;
  readonly index: number | undefined;
}

/** One answer. */
export class ComingAnswer {
  /** When its first token of any kind came, by `performance.now()`; 0 before. */
  firstAt = 0;
  /** Something of it was handed over: it cannot be asked for again. */
  delivered = false;
  /** What the provider counted. Absent: it did not say. */
  usage: Usage | undefined;
  readonly #sink: Sink;
  readonly #thoughts: Thoughts;
  readonly #calls: Joined[] = [];
  #finish: string | undefined;
  #pieces = 0;
  #chars = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
    this.#thoughts = new Thoughts((text) => this.#think(text));
  }

  /** Whether it is whole. Usage may follow. */
  get ended(): boolean {
    return this.#finish !== undefined;
  }

  /** Tokens that came, by what the provider says, else about. */
  get tokens(): number {
    return this.usage?.completion_tokens ?? this.#pieces;
  }

  /**
   * Takes the next chunk.
   * @throws {RangeError} when there is more text, or there are more calls or longer ones, than an answer has
   */
  push({ choices, usage }: Chunk): void {
    if (usage) this.usage = usage;
    const choice = choices?.[0];
    const said = choice?.delta ?? choice?.message;
    if (said) this.#take(said);
    this.#finish ??= choice?.finish_reason ?? undefined;
  }

  /** Hands over what is left, and says how it ended. Once, when nothing more comes. */
  end(): Finish {
    this.#say(this.#thoughts.end());
    // The last call of an answer that was cut is no call.
    const whole = this.#finish === "length" ? this.#calls.filter(isWhole) : this.#calls;
    for (const call of whole) {
      this.delivered = true;
      this.#sink.call(toCall(call));
    }
    if (this.#finish === "length") return "length";
    return whole.length > 0 ? "tool_calls" : "stop";
  }

  /** The provider held the answer back, and nothing of it came. */
  get withheld(): boolean {
    return this.#finish === "content_filter" && !this.delivered && this.#calls.length === 0;
  }

  #take(said: Said): void {
    const { content, refusal } = said;
    const pieces = said.tool_calls ?? [];
    const thought = thoughtIn(said);
    if (pieces.length > 0 || content || refusal || thought) {
      this.firstAt ||= performance.now();
      this.#pieces++;
    }
    this.#chars += [content, refusal, thought].join("").length;
    if (this.#chars > TEXT_CHARS_MAX) throw new RangeError("the answer has no end");
    if (thought) this.#think(thought);
    if (content) this.#say(this.#thoughts.push(content));
    if (refusal) this.#say(refusal);
    for (const piece of pieces) this.#join(piece);
  }

  #think(text: string): void {
    if (text !== "") this.#sink.thought?.(text);
  }

  #say(text: string): void {
    if (text === "") return;
    this.delivered = true;
    this.#sink.token(text);
  }

  /** Most providers count calls; some only give each an id of its own, or send it whole. */
  #join({ index, id, function: fn }: CallPiece): void {
    const given = fn?.arguments ?? "";
    const text = typeof given === "string" ? given : JSON.stringify(given);
    const joined = this.#callOf(index ?? undefined, id ?? "", fn?.name ?? "");
    if (joined.arguments.length + text.length > ARGUMENTS_CHARS_MAX)
      throw new RangeError("The arguments of a call have no end");
    joined.arguments += text;
  }

  #callOf(index: number | undefined, id: string, name: string): Joined {
    const last = this.#calls.at(-1);
    const begun =
      index === undefined
        ? (id === "" || last?.id === id) && (name === "" || id !== "") && last
        : this.#calls.find((call) => call.index === index);
    if (begun) {
      begun.id ||= id;
      begun.name ||= name;
      return begun;
    }
    if (this.#calls.length >= CALLS_MAX) throw new RangeError("The answer has too many calls");
    const fresh: Joined = { id, name, arguments: "", index };
    this.#calls.push(fresh);
    return fresh;
  }
}

/** Two names for it are in use. */
function thoughtIn({ reasoning_content, reasoning }: Said): string {
  return reasoning_content || (typeof reasoning === "string" ? reasoning : "");
}

function toCall({ id, name, arguments: text }: Joined): ToolCall {
  return { id: id || `call_${crypto.randomUUID().slice(0, 8)}`, name, arguments: parsed(text) };
}

/** Arguments that are no JSON stay a text: whoever checks them against the tool's schema says so to the model. */
function parsed(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isWhole({ arguments: text }: Joined): boolean {
  return typeof parsed(text) !== "string";
}
