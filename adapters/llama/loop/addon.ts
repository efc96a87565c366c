/**
 * The parts of node-llama-cpp that are not public and that decoding needs: its native context. A test pins them, so that
 * another version of the library is noticed before a request is.
 */
import type { LlamaContext, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { MoultError } from "../../../schemas/error.ts";

/** A native sampler; one per answer. */
export interface AddonSampler {
  readonly applyConfig: (config: object) => unknown;
  readonly dispose: () => void;
}

/** A native context: `LlamaContext._ctx`. Positions and tokens are numbers of the model. */
export interface Addon {
  readonly initBatch: (size: number) => void;
  /** Returns where the logits of the wanted tokens will be; they live until the next decode. */
  readonly addToBatch: (
    sequence: number,
    position: number,
    tokens: Uint32Array,
    wanted: Uint32Array,
  ) => ArrayLike<number>;
  readonly decodeBatch: () => Promise<void>;
  readonly sampleToken: (index: number, sampler: AddonSampler) => Promise<Token | -1>;
  readonly setThreads: (threads: number) => void;
  readonly removeTokenCellsFromSequence: (sequence: number, start: number, end: number) => boolean;
  readonly disposeSequence: (sequence: number) => void;
  /** Resolves with the last position. The copy itself is done by the next decode, before all else. */
  readonly copySequenceStateFromOtherSequence: (target: number, source: number) => Promise<number>;
  /** Resolves with the bytes that the file should have. */
  readonly saveSequenceStateToFile: (
    file: string,
    sequence: number,
    tokens: Uint32Array,
  ) => Promise<number>;
  /** Resolves with the tokens that the file says it holds. */
  readonly loadSequenceStateFromFile: (
    file: string,
    sequence: number,
    tokensMax: number,
  ) => Promise<Uint32Array>;
}

const METHODS = [
  "initBatch",
  "addToBatch",
  "decodeBatch",
  "sampleToken",
  "setThreads",
  "removeTokenCellsFromSequence",
  "disposeSequence",
  "copySequenceStateFromOtherSequence",
  "saveSequenceStateToFile",
  "loadSequenceStateFromFile",
] as const satisfies readonly (keyof Addon)[];

/** What somebody else of the library's wants decoded: the argument of `LlamaContext._decodeTokens`. */
export interface DecodeRequest {
  readonly sequenceId: number;
  readonly firstTokenSequenceIndex: number;
  readonly tokens: readonly Token[];
  /** `true` where logits are wanted. */
  readonly logits: readonly (true | undefined)[];
}

/** Is called while the logits live; its results are returned with the positions of their tokens. */
export type LogitMapper = (index: number, position: number) => unknown;

/** `LlamaContext` inside. */
export interface ContextInside {
  readonly _ctx: Addon;
  _decodeTokens: (
    request: DecodeRequest,
    mapper: LogitMapper,
  ) => Promise<readonly (readonly [position: number, value: unknown])[]>;
}

/** `LlamaContextSequence` inside: what it believes to be in the context. */
export interface SequenceInside {
  readonly _sequenceId: number;
  _nextTokenIndex: number;
  _contextTokens: Token[];
  readonly _resolveSamplerConfig: (options: object) => object;
}

/** The inside of a context. @throws {MoultError} `model/unavailable` when the library is another one */
export function insideContext(context: LlamaContext): ContextInside {
  const inside = context as unknown as Partial<ContextInside>;
  const addon = inside._ctx as Partial<Addon> | undefined;
  const missing = METHODS.filter((name) => typeof addon?.[name] !== "function");
  if (missing.length > 0 || typeof inside._decodeTokens !== "function") throw other(missing);
  return inside as ContextInside;
}

/** The inside of a sequence. @throws {MoultError} `model/unavailable` when the library is another one */
export function insideSequence(sequence: LlamaContextSequence): SequenceInside {
  const inside = sequence as unknown as Partial<SequenceInside>;
  const isKnown =
    typeof inside._sequenceId === "number" &&
    typeof inside._nextTokenIndex === "number" &&
    Array.isArray(inside._contextTokens) &&
    typeof inside._resolveSamplerConfig === "function";
  if (!isKnown) throw other(["LlamaContextSequence"]);
  return inside as SequenceInside;
}

/** A new sampler. */
export function newSampler(model: LlamaModel): AddonSampler {
  const { _llama, _model } = model as unknown as {
    readonly _llama: { readonly _bindings: { AddonSampler: new (model: unknown) => AddonSampler } };
    readonly _model: unknown;
  };
  return new _llama._bindings.AddonSampler(_model);
}

function other(missing: readonly string[]): MoultError {
  return new MoultError(
    "model/unavailable",
    `This version of node-llama-cpp is not the one that moult was made for (${missing.join(", ")}); run \`bun install\``,
  );
}
