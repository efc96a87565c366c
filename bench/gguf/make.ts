/**
 * Models with random weights, of any size: what an engine costs does not depend on what a model knows. The tokenizer and
 * the chat template are real. `bun bench/gguf/make.ts PRESET FORMAT OUT [key=value…]`.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { FORMATS, type FormatName, isFormat } from "./blocks.ts";
import { PRESETS, type Preset, type Shape, isPreset } from "./presets.ts";
import { CHAT_TEMPLATE } from "./template.ts";
import { PRETOKENIZER, type Tokenizer, benchTokenizer } from "./tokenizer.ts";
import { type Tensor, type Value, type Written, writeGguf } from "./writer.ts";

const FOLDER = join(import.meta.dir, "../../.cache/bench/models");
/** Changes when the same call would write other bytes. */
const VERSION = 1;

/** How a family of models is talked to. */
export interface Family {
  readonly template: string;
  /** Tokens with a meaning of their own. Their rows of the output matrix are zero: the model never says them by itself. */
  readonly special: Readonly<Record<string, "control" | "user defined">>;
  readonly bos: string;
  readonly eos: string;
  /** Every prompt begins with `bos`, whatever the template says. @default false */
  readonly addsBos?: boolean;
}

/** A tokenizer, and how one talks with it. @default ChatML */
type Words = Tokenizer & { readonly family?: Family };

/** ChatML with tools, as Qwen and Hermes models have it. */
const CHAT_ML: Family = {
  template: CHAT_TEMPLATE,
  special: {
    "<|endoftext|>": "control",
    "<|im_start|>": "control",
    "<|im_end|>": "control",
    "<tool_call>": "user defined",
    "</tool_call>": "user defined",
  },
  bos: "<|endoftext|>",
  eos: "<|im_end|>",
};
const SPECIAL_COUNT = Object.keys(CHAT_ML.special).length;
const TOKEN_TYPE = { normal: 1, control: 3, "user defined": 4 } as const;

/** Path of the model of the benches with this shape and format. It is made when it is not there. */
export function benchModel(preset: Preset, format: FormatName): string {
  const path = join(FOLDER, `${preset}-${format}-${VERSION}.gguf`.toLowerCase());
  if (!existsSync(path)) makeModel(PRESETS[preset], format, path);
  return path;
}

/** Writes a model. Rows of the matrices must be multiples of the format's block. */
export function makeModel(
  shape: Shape,
  format: FormatName,
  path: string,
  words: Words = benchTokenizer(Math.max(0, shape.vocabulary - 256 - SPECIAL_COUNT)),
): Written {
  const { family = CHAT_ML } = words;
  const specials = Object.keys(family.special).length;
  mkdirSync(dirname(path), { recursive: true });
  const metadata: Metadata = [
    ...about(shape, format),
    ...vocabulary(shape, words, family),
    ["tokenizer.chat_template", { text: family.template }],
  ];
  return writeGguf(path, metadata, tensors(shape, format, specials));
}

type Metadata = readonly (readonly [string, Value])[];

function about(shape: Shape, format: FormatName): Metadata {
  const width = headWidth(shape);
  const { experts, expertsUsed = 0 } = shape;
  const of = (key: string, value: Value) => [`${shape.architecture}.${key}`, value] as const;
  return [
    ["general.architecture", { text: shape.architecture }],
    ["general.name", { text: "random weights" }],
    ["general.file_type", { u32: FORMATS[format].fileType }],
    ["general.quantization_version", { u32: 2 }],
    of("vocab_size", { u32: shape.vocabulary }),
    of("context_length", { u32: shape.context }),
    of("embedding_length", { u32: shape.embedding }),
    of("block_count", { u32: shape.layers }),
    of("feed_forward_length", { u32: shape.feedForward }),
    of("attention.head_count", { u32: shape.heads }),
    of("attention.head_count_kv", { u32: shape.kvHeads }),
    of("attention.key_length", { u32: width }),
    of("attention.value_length", { u32: width }),
    of("attention.layer_norm_rms_epsilon", { f32: 1e-5 }),
    of("rope.freq_base", { f32: 1e6 }),
    of("rope.dimension_count", { u32: width }),
    ...(experts === undefined
      ? []
      : [
          of("expert_count", { u32: experts }),
          of("expert_used_count", { u32: expertsUsed }),
          of("expert_feed_forward_length", { u32: shape.feedForward }),
        ]),
  ];
}

/** Learnt tokens, then words that no text has until the vocabulary is full, then those with a meaning. */
function vocabulary(
  shape: Shape,
  { tokens: learnt, merges }: Tokenizer,
  { special, bos, eos, addsBos = false }: Family,
): Metadata {
  const names = Object.keys(special);
  const room = shape.vocabulary - learnt.length - names.length;
  if (room < 0) throw new RangeError(`A vocabulary of ${shape.vocabulary} tokens is too small`);
  // They are said like any other word. Tokens without a text would be missing from a stream, and so from its pace.
  const fillers = Array.from({ length: room }, (_, index) => `Ġqx${index.toString(36)}`);
  const tokens = [...learnt, ...fillers, ...names];
  const plain = Array.from<number>({ length: learnt.length + room }).fill(TOKEN_TYPE.normal);
  const types = [...plain, ...Object.values(special).map((kind) => TOKEN_TYPE[kind])];
  const id = (name: string): Value => ({ u32: tokens.lastIndexOf(name) });
  return [
    ["tokenizer.ggml.model", { text: "gpt2" }],
    ["tokenizer.ggml.pre", { text: PRETOKENIZER }],
    ["tokenizer.ggml.tokens", { texts: tokens }],
    ["tokenizer.ggml.token_type", { i32s: types }],
    ["tokenizer.ggml.merges", { texts: merges }],
    ["tokenizer.ggml.bos_token_id", id(bos)],
    ["tokenizer.ggml.eos_token_id", id(eos)],
    ["tokenizer.ggml.padding_token_id", id(bos)],
    ["tokenizer.ggml.add_bos_token", { bool: addsBos }],
  ];
}

function tensors(shape: Shape, format: FormatName, zeroRows: number): readonly Tensor[] {
  const { embedding, vocabulary: words, tied = false } = shape;
  const output = { format, fill: "random", zeroRows } as const;
  const all: Tensor[] = [
    {
      ...(tied ? output : { format, fill: "random" }),
      name: "token_embd.weight",
      dimensions: [embedding, words],
    },
    norm("output_norm", embedding),
  ];
  if (!tied) all.push({ ...output, name: "output.weight", dimensions: [embedding, words] });
  for (let layer = 0; layer < shape.layers; layer++) all.push(...layerOf(shape, format, layer));
  return all;
}

function layerOf(shape: Shape, format: FormatName, layer: number): readonly Tensor[] {
  const { embedding, heads, kvHeads, feedForward, experts } = shape;
  const width = headWidth(shape);
  const at = (name: string) => `blk.${layer}.${name}`;
  const matrix = (name: string, ...dimensions: readonly number[]): Tensor => ({
    name: `${at(name)}.weight`,
    dimensions,
    format,
    fill: "random",
  });
  const attention = [
    norm(at("attn_norm"), embedding),
    matrix("attn_q", embedding, heads * width),
    matrix("attn_k", embedding, kvHeads * width),
    matrix("attn_v", embedding, kvHeads * width),
    matrix("attn_output", heads * width, embedding),
    norm(at("ffn_norm"), embedding),
  ];
  if (experts === undefined) {
    return [
      ...attention,
      matrix("ffn_gate", embedding, feedForward),
      matrix("ffn_up", embedding, feedForward),
      matrix("ffn_down", feedForward, embedding),
    ];
  }
  return [
    ...attention,
    norm(at("attn_q_norm"), width),
    norm(at("attn_k_norm"), width),
    // Which experts a token goes to is never quantised.
    { ...matrix("ffn_gate_inp", embedding, experts), format: "F32" },
    matrix("ffn_gate_exps", embedding, feedForward, experts),
    matrix("ffn_down_exps", feedForward, embedding, experts),
    matrix("ffn_up_exps", embedding, feedForward, experts),
  ];
}

const norm = (name: string, width: number): Tensor => ({
  name: `${name}.weight`,
  dimensions: [width],
  format: "F32",
  fill: "ones",
});

const headWidth = ({ headWidth: own, embedding, heads }: Shape): number => own ?? embedding / heads;

/** `vocabulary=1024` and so on: whole numbers only. */
function overrides(words: readonly string[]): Partial<Shape> {
  const pairs = words.map((word) => word.split("=") as [string, string]);
  return Object.fromEntries(pairs.map(([key, value]) => [key, Number(value)]));
}

if (import.meta.main) {
  const [preset = "", format = "", out, ...changes] = Bun.argv.slice(2);
  if (!isPreset(preset) || !isFormat(format) || out === undefined) {
    console.error(
      `bun bench/gguf/make.ts PRESET FORMAT OUT [key=value…]\nPRESET: ${Object.keys(PRESETS).join(", ")}\nFORMAT: ${Object.keys(FORMATS).join(", ")}`,
    );
    process.exitCode = 2;
  } else {
    const { bytes, parameters } = makeModel(
      { ...PRESETS[preset], ...overrides(changes) },
      format,
      out,
    );
    console.log(
      `${out}: ${(parameters / 1e6).toFixed(1)} M parameters, ${(bytes / 1e6).toFixed(1)} MB`,
    );
  }
}
