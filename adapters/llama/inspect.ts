/**
 * What a model file is and needs, from its header alone: nothing is loaded. Sizes are estimates that lean to the
 * large side; knows no command line.
 */
import { basename } from "node:path";
import { checkGguf, type GgufHeader, readGguf, type TensorShare } from "./gguf.ts";
import type { GgufValue } from "./gguf_values.ts";
import { fitIn, memoryNeed, type ModelShape } from "../../runtime/model/memory_fit.ts";
import { roomHere } from "../../runtime/model/room.ts";
import { partNamed, partOf } from "../../runtime/model/parts.ts";
import { MoultError } from "../../schemas/error.ts";
import type { ModelFacts } from "../../schemas/model_file.ts";

/** As moult would load it. */
export interface LoadPlan {
  /** @default the model's, at most 8192 */
  readonly contextTokens?: number | undefined;
  readonly slots: number;
}

/** Tokens of one conversation where nothing else is said, at most. */
export const CONTEXT_TOKENS_DEFAULT = 8_192;
const CONTEXTS_SHOWN = [2_048, 8_192, 32_768, 131_072];
/** Keys and values are kept as F16. */
const VALUE_BYTES = 2;
/** Tokens that are read in one step. */
export const BATCH_TOKENS = 512;
/** Types whose rows llama.cpp lays out anew for the processor, which a matrix that is looked up in cannot be. */
const REPACKED = new Set(["Q4_0", "Q4_K", "IQ4_NL", "Q2_K", "Q8_0"]);
/** Architectures that read text but write none, or are a part of another model. */
const NO_WRITERS = /^(?:clip|t5encoder|wavtokenizer-dec|gemma-embedding|llama-embed|.*bert.*)$/;

/** Names of `general.file_type`, as people know them. */
const FILE_TYPES: Readonly<Record<number, string>> = {
  0: "F32",
  1: "F16",
  2: "Q4_0",
  3: "Q4_1",
  7: "Q8_0",
  8: "Q5_0",
  9: "Q5_1",
  10: "Q2_K",
  11: "Q3_K_S",
  12: "Q3_K_M",
  13: "Q3_K_L",
  14: "Q4_K_S",
  15: "Q4_K_M",
  16: "Q5_K_S",
  17: "Q5_K_M",
  18: "Q6_K",
  19: "IQ2_XXS",
  20: "IQ2_XS",
  21: "Q2_K_S",
  22: "IQ3_XS",
  23: "IQ3_XXS",
  24: "IQ1_S",
  25: "IQ4_NL",
  26: "IQ3_S",
  27: "IQ3_M",
  28: "IQ2_S",
  29: "IQ2_M",
  30: "IQ4_XS",
  31: "IQ1_M",
  32: "BF16",
  36: "TQ1_0",
  37: "TQ2_0",
  38: "MXFP4",
  39: "NVFP4",
};

/**
 * Reads what a model is. Whether the installed library knows its architecture takes a moment: the library is asked.
 * @throws {MoultError} `model/unavailable` when the file is no model
 */
export async function inspectModel(path: string, plan: LoadPlan): Promise<ModelFacts> {
  const facts = readFacts(path, plan);
  const library: object = await import("node-llama-cpp");
  if (architecturesOf(library).includes(facts.architecture)) return facts;
  const problem = `its architecture "${facts.architecture}" is unknown to this version of llama.cpp`;
  return { ...facts, problems: [...facts.problems, problem] };
}

/**
 * The same, without asking the library: at once.
 * @throws {MoultError} `model/unavailable` when the file is no model
 */
export function readFacts(path: string, plan: LoadPlan): ModelFacts {
  const all = headersOf(path);
  const head = all[0] ?? checkGguf(path);
  const shares = mixOf(all);
  const bytes = all.reduce((sum, { fileBytes }) => sum + fileBytes, 0);
  const number = (key: string): number => largest(head.metadata.get(key));
  const trained = number(`${head.architecture}.context_length`);
  const shape = shapeOf(all);
  const needs = (contextTokens: number, slots: number): number =>
    memoryNeed(shape, { contextTokens, slots, batchTokens: BATCH_TOKENS });
  const contextTokens = Math.min(trained, plan.contextTokens ?? CONTEXT_TOKENS_DEFAULT);
  const template = chatTemplateOf(head);
  return {
    path,
    title: text(head.metadata.get("general.name")) ?? basename(path),
    bytes,
    files: all.length,
    architecture: head.architecture,
    parameters: shape.parameters,
    quantisation: FILE_TYPES[number("general.file_type")] ?? shares[0]?.type ?? "unknown",
    mix: shares.map(({ type, tensors, bytes: size }) => ({ type, tensors, bytes: size })),
    contextTokens: trained,
    layers: number(`${head.architecture}.block_count`),
    chatTemplate: template,
    tokenBytes: shape.tokenBytes,
    memory: contextsShown(trained).map((tokens) => ({
      contextTokens: tokens,
      bytes: needs(tokens, 1),
    })),
    here: fitOf(needs(contextTokens, plan.slots), { contextTokens, slots: plan.slots }),
    problems: problemsOf(head, shares),
    warnings: readsOnly(head) ? [] : warningsOf(template),
  };
}

/** The library's declaration is of a constant that it does not promise to have at run time; it has. */
function architecturesOf(library: object): readonly string[] {
  const { GgufArchitectureType: names } = library as { readonly GgufArchitectureType?: object };
  return Object.values(names ?? {}).filter((name): name is string => typeof name === "string");
}

/** The other files of a model in several, which llama.cpp looks for beside the first. */
function otherParts(path: string): readonly string[] {
  const { index = 1, count = 1 } = partOf(path) ?? {};
  if (index !== 1)
    throw new MoultError("input/invalid", `Name the first file of a model in several, not ${path}`);
  const others = Array.from({ length: Math.max(0, count - 1) }, (_, other) => other + 2);
  return others.map((other) => partNamed(path, other, count));
}

function mixOf(headers: readonly GgufHeader[]): readonly TensorShare[] {
  const byType = new Map<string, TensorShare>();
  for (const share of headers.flatMap(({ shares }) => shares)) {
    const before = byType.get(share.type);
    byType.set(share.type, {
      ...share,
      tensors: share.tensors + (before?.tensors ?? 0),
      elements: share.elements + (before?.elements ?? 0),
      bytes: share.bytes + (before?.bytes ?? 0),
    });
  }
  return [...byType.values()].toSorted((a, b) => b.bytes - a.bytes);
}

/** What of a model takes memory; of all its files. */
export function shapeOf(
  headers: readonly GgufHeader[],
): ModelShape & { readonly parameters: number } {
  const [head] = headers;
  if (head === undefined) throw new TypeError("A model has at least one file");
  const number = (name: string): number =>
    largest(head.metadata.get(`${head.architecture}.${name}`));
  const words = head.metadata.get("tokenizer.ggml.tokens");
  const { type = "", bytes = 0, isOutput = false } = head.embedding ?? {};
  // Of experts a token uses a few.
  const expert = number("expert_feed_forward_length") * Math.max(1, number("expert_used_count"));
  return {
    weightBytes: headers.reduce((sum, { fileBytes }) => sum + fileBytes, 0),
    repeatedBytes: isOutput && headers.length === 1 && REPACKED.has(type) ? bytes : 0,
    tokenBytes: tokenBytesOf(head),
    vocabulary: typeof words === "object" ? words.length : 0,
    embedding: number("embedding_length"),
    feedForward: expert > 0 ? expert : number("feed_forward_length"),
    parameters: mixOf(headers).reduce((sum, { elements }) => sum + elements, 0),
  };
}

/** The headers of all files of a model, the first one first. @throws {MoultError} as `checkGguf` */
export function headersOf(path: string): readonly GgufHeader[] {
  return [checkGguf(path), ...otherParts(path).map(readGguf)];
}

/** Keys and values of one token in all layers. Layers without attention have no heads. */
function tokenBytesOf({ architecture, metadata }: GgufHeader): number {
  const own = (name: string): GgufValue | undefined => metadata.get(`${architecture}.${name}`);
  const layers = largest(own("block_count"));
  const heads = own("attention.head_count") ?? 0;
  const kvHeads = perLayer(own("attention.head_count_kv") ?? heads, layers);
  const headSize = largest(own("embedding_length")) / Math.max(1, largest(heads));
  const keyLength = largest(own("attention.key_length")) || headSize;
  const valueLength = largest(own("attention.value_length")) || headSize;
  const values = kvHeads.reduce((sum, count) => sum + count * (keyLength + valueLength), 0);
  return Math.ceil(values * VALUE_BYTES);
}

function perLayer(value: GgufValue, layers: number): readonly number[] {
  if (typeof value === "object") return value.items ?? [];
  return Array.from({ length: Math.min(layers, 10_000) }, () => Number(value));
}

function fitOf(
  bytes: number,
  plan: { readonly contextTokens: number; readonly slots: number },
): ModelFacts["here"] {
  const room = roomHere();
  return { ...plan, bytes, ...room, fits: fitIn(bytes, room) };
}

function chatTemplateOf({ metadata }: GgufHeader): ModelFacts["chatTemplate"] {
  if (metadata.has("tokenizer.chat_template.tool_use")) return "tools";
  const template = text(metadata.get("tokenizer.chat_template"));
  if (template === undefined || template === "") return "none";
  return /\btools\b/.test(template) ? "tools" : "text";
}

/** Lengths of conversation for which memory is told: at least one. */
function contextsShown(trained: number): readonly number[] {
  const shown = CONTEXTS_SHOWN.filter((tokens) => tokens <= trained);
  return shown.length > 0 ? shown : [trained];
}

/** Whether a model was made for embeddings: it says how it makes one vector of all tokens. */
function readsOnly({ architecture, metadata }: GgufHeader): boolean {
  return largest(metadata.get(`${architecture}.pooling_type`)) > 0;
}

function problemsOf(head: GgufHeader, shares: readonly TensorShare[]): readonly string[] {
  const { architecture, metadata } = head;
  const problems: string[] = [];
  const type = text(metadata.get("general.type"));
  if (type !== undefined && type !== "model")
    problems.push(`it is no model of its own, but of type "${type}"`);
  if (readsOnly(head))
    problems.push(
      `it writes no text (architecture "${architecture}"), it can make embeddings only`,
    );
  else if (NO_WRITERS.test(architecture))
    problems.push(`its architecture "${architecture}" writes no text`);
  const strange = shares.find(({ known }) => !known);
  if (strange)
    problems.push(`it has tensors of ${strange.type}, which this version of llama.cpp cannot read`);
  return problems;
}

function warningsOf(template: ModelFacts["chatTemplate"]): readonly string[] {
  if (template === "tools") return [];
  const lacks =
    template === "none" ? "It has no chat template" : "Its chat template does not speak of tools";
  return [`${lacks}: it will call tools badly, if at all`];
}

function text(value: GgufValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function largest(value: GgufValue | undefined): number {
  if (typeof value === "number") return value;
  return typeof value === "object" ? Math.max(0, ...(value.items ?? [])) : 0;
}
