/**
 * Texts as vectors, by a context of its own beside the answers: it is made when somebody asks, as large as the text needs,
 * and freed when nobody does any more. Knows one model; whose turn it is was decided before.
 */
import {
  type LlamaContext,
  type LlamaEmbeddingContext,
  type LlamaModel,
  LlamaVocabularyType,
  type Token,
} from "node-llama-cpp";
import { type Addon, insideContext } from "./loop/addon.ts";
import { Crowd } from "./loop/crowd.ts";
import { TextSize } from "./prompt_size.ts";
import type { Embedded } from "../../runtime/ports.ts";
import { MoultError } from "../../schemas/error.ts";

/** Characters by which a text is told from others. */
const SHOWN_CHARS = 30;

/** The context is freed after this long without a text. */
const IDLE_MS = 30_000;
/** The least that is made; twice as much where a text needs it, and so on. */
const CONTEXT_TOKENS_MIN = 512;
/** Tokens that are read in one step where a text may be read in pieces. */
const BATCH_TOKENS = 512;
/** More digits than this of a 32-bit number say nothing, and every one crosses two processes as text. */
const DIGITS = 1e8;

/** What of `<architecture>.pooling_type` in a GGUF looks at the last token alone; absent means that as well. */
const LAST_TOKEN = new Set([undefined, 0, 3]);
/** The number of what compares two texts instead of describing one. */
const RANK = 4;

/** The native context, with the one method that only contexts for embeddings have a use for. */
type EmbeddingAddon = Addon & { readonly getEmbedding: (tokens: number) => ArrayLike<number> };

/** `LlamaEmbeddingContext` inside. A test pins it. */
interface Inside {
  readonly _llamaContext: LlamaContext;
}

/** A context, and how much it holds. */
interface Room {
  readonly context: LlamaEmbeddingContext;
  readonly addon: EmbeddingAddon;
  readonly tokensMax: number;
}

/** How texts are read. */
export interface EmbeddingOptions {
  /** The longest text, in tokens. */
  readonly contextTokens: number;
  /** Threads that may be used now, at most; 1 while answers are written. */
  readonly threads: () => number;
  /** The context is made new, and freed, after so long. @default 30_000 */
  readonly idleMs?: number;
}

/** The embeddings of one model. */
export class Embeddings {
  /** The model was made for them, and writes no text. */
  readonly isAll: boolean;
  readonly #model: LlamaModel;
  readonly #options: EmbeddingOptions;
  readonly #crowd = new Crowd();
  readonly #pooling: Pooling;
  readonly #size: TextSize;
  #room: Room | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** One text after the other, whoever asks. */
  #working: Promise<unknown> = Promise.resolve();

  constructor(model: LlamaModel, options: EmbeddingOptions) {
    this.#model = model;
    this.#options = options;
    this.#pooling = poolingOf(model);
    this.#size = new TextSize(model.tokenizer);
    const { hasEncoder, hasDecoder } = model.fileInsights;
    this.isAll = (hasEncoder && !hasDecoder) || !!insideFile(model).pooling_type;
  }

  /**
   * Vectors of length 1, in the order of the texts.
   * @throws {MoultError} `input/invalid` when a text is empty or too long, or when the model compares texts only
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded> {
    const working = this.#working.then(() => this.#embed(texts, signal));
    this.#working = working.catch(() => {});
    return working;
  }

  /** Frees the context, after the text that is being read. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const freed = this.#working.then(() => this.#free());
    this.#working = freed.catch(() => {});
    await freed;
  }

  async #embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded> {
    if (this.#pooling === "rank")
      throw new MoultError(
        "input/invalid",
        "This model ranks texts and makes no embeddings of them; ask another one",
      );
    clearTimeout(this.#idle);
    try {
      const vectors: (readonly number[])[] = [];
      let tokens = 0;
      for (const text of texts) {
        const read = await this.#read(text, signal);
        vectors.push(read.vector);
        tokens += read.tokens;
      }
      return { vectors, tokens };
    } finally {
      this.#idle = setTimeout(() => void this.close(), this.#options.idleMs ?? IDLE_MS);
      this.#idle.unref();
    }
  }

  async #read(text: string, signal: AbortSignal) {
    signal.throwIfAborted();
    if (text === "") throw new MoultError("input/invalid", "A text is empty; write something");
    const { contextTokens } = this.#options;
    const least = await this.#size.atLeast(text, contextTokens);
    if (least > contextTokens) throw tooLong(text, least, contextTokens);
    const tokens = inputOf(this.#model, text);
    if (tokens.length > contextTokens) throw tooLong(text, tokens.length, contextTokens);
    const room = await this.#roomFor(tokens.length);
    const vector = await this.#decode(room, tokens, signal);
    return { vector: normalised(vector), tokens: tokens.length };
  }

  async #decode(room: Room, tokens: readonly Token[], signal: AbortSignal) {
    const { addon } = room;
    const step = this.#pooling === "last" ? BATCH_TOKENS : tokens.length;
    const last = tokens.length - 1;
    addon.disposeSequence(0);
    for (let at = 0; at < tokens.length; at += step) {
      signal.throwIfAborted();
      const piece = Uint32Array.from(tokens.slice(at, at + step));
      const wanted = at + piece.length > last ? [last - at] : [];
      addon.initBatch(piece.length);
      addon.addToBatch(0, at, piece, Uint32Array.from(wanted));
      // Threads wait for each other busily: more than there are free processors make everything slow.
      addon.setThreads(Math.max(1, Math.min(this.#options.threads(), this.#crowd.free())));
      await addon.decodeBatch();
    }
    return addon.getEmbedding(tokens.length);
  }

  /** A context that holds so many tokens. */
  async #roomFor(tokens: number): Promise<Room> {
    if (this.#room !== undefined && this.#room.tokensMax >= tokens) return this.#room;
    let size = CONTEXT_TOKENS_MIN;
    while (size < tokens) size *= 2;
    await this.#free();
    this.#room = await this.#open(Math.min(size, this.#options.contextTokens));
    return this.#room;
  }

  async #open(tokensMax: number): Promise<Room> {
    const batchSize = this.#pooling === "last" ? Math.min(BATCH_TOKENS, tokensMax) : tokensMax;
    const context = await this.#model
      .createEmbeddingContext({ contextSize: tokensMax, batchSize })
      .catch((error: unknown) => {
        const text = `There is no memory to read ${tokensMax} tokens at once; free some, or ask for shorter texts`;
        throw new MoultError("model/unavailable", text, { tokens: tokensMax }, error);
      });
    const { _llamaContext: inside } = context as unknown as Inside;
    return { context, addon: insideContext(inside)._ctx as EmbeddingAddon, tokensMax };
  }

  async #free(): Promise<void> {
    const room = this.#room;
    this.#room = undefined;
    await room?.context.dispose();
  }
}

/** `last`: a text may be read in pieces; `whole`: at once, because all of its tokens count. */
type Pooling = "last" | "whole" | "rank";

function poolingOf(model: LlamaModel): Pooling {
  const own = insideFile(model);
  if (own.pooling_type === RANK) return "rank";
  const isCausal = own.attention?.causal !== false && !model.fileInsights.hasEncoder;
  return isCausal && LAST_TOKEN.has(own.pooling_type) ? "last" : "whole";
}

/** What the file says of how it reads. The library promises nothing of an architecture's metadata. */
function insideFile({ fileInfo }: LlamaModel) {
  return fileInfo.architectureMetadata as {
    readonly pooling_type?: number;
    readonly attention?: { readonly causal?: boolean };
  };
}

/** A text's tokens, with what texts of this model begin and end with. */
function inputOf({ tokenizer, tokens, vocabularyType }: LlamaModel, text: string): Token[] {
  const [isWords, isPieces] = [
    vocabularyType === LlamaVocabularyType.wpm,
    vocabularyType === LlamaVocabularyType.ugm,
  ];
  const begin = isWords || (tokens.shouldPrependBosToken && !isPieces) ? tokens.bos : null;
  const end = isPieces || tokens.shouldAppendEosToken ? tokens.eos : null;
  return [begin, ...tokenizer(text), isWords ? tokens.sep : end].filter((token) => token !== null);
}

/** By its words: it is read apart from those that it came with. */
function tooLong(text: string, tokens: number, contextTokens: number): MoultError {
  const beginning = text.slice(0, SHOWN_CHARS).trim();
  return new MoultError(
    "input/invalid",
    `The text that begins with ${JSON.stringify(beginning)} has at least ${tokens} tokens and the model reads ${contextTokens} at most; shorten it, or cut it in parts`,
    { tokens, contextTokens },
  );
}

function normalised(vector: ArrayLike<number>): readonly number[] {
  const values = Array.from(vector);
  const length = Math.hypot(...values);
  if (!Number.isFinite(length))
    throw new MoultError(
      "model/unavailable",
      "The model makes no vector of this text: its weights give no numbers; use another file",
    );
  if (length === 0) return values;
  return values.map((value) => Math.round((value / length) * DIGITS) / DIGITS);
}
