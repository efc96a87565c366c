/** A small model that reads text and writes none (BERT), with random weights: what embeddings are made with. */
import { type Tensor, type Value, writeGguf } from "../../../bench/gguf/writer.ts";

const WIDTH = 64;
const LAYERS = 2;
const HEADS = 4;
/** Tokens of a text, `[CLS]` and `[SEP]` included. */
export const READS_TOKENS = 128;

const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const LETTERS = Array.from("abcdefghijklmnopqrstuvwxyz0123456789.,!?");
/** Words begin with a mark; pieces within words do not. */
const TOKENS = [...SPECIAL, ...LETTERS.map((letter) => `▁${letter}`), ...LETTERS];

/** Pooling as a GGUF names it: what of the tokens becomes the vector of a text. */
export const POOLING = { mean: 1, first: 2, rank: 4 } as const;

/** Writes the model. The same call writes the same bytes. */
export function makeReadingModel(path: string, pooling: keyof typeof POOLING = "mean"): string {
  const own = (key: string, value: Value) => [`bert.${key}`, value] as const;
  const id = (name: string): Value => ({ u32: TOKENS.indexOf(name) });
  writeGguf(
    path,
    [
      ["general.architecture", { text: "bert" }],
      ["general.name", { text: "random reader" }],
      ["general.file_type", { u32: 0 }],
      own("context_length", { u32: READS_TOKENS }),
      own("embedding_length", { u32: WIDTH }),
      own("block_count", { u32: LAYERS }),
      own("feed_forward_length", { u32: 2 * WIDTH }),
      own("attention.head_count", { u32: HEADS }),
      own("attention.layer_norm_epsilon", { f32: 1e-12 }),
      own("attention.causal", { bool: false }),
      own("pooling_type", { u32: POOLING[pooling] }),
      ["tokenizer.ggml.model", { text: "bert" }],
      ["tokenizer.ggml.pre", { text: "default" }],
      ["tokenizer.ggml.tokens", { texts: TOKENS }],
      ["tokenizer.ggml.token_type", { i32s: TOKENS.map((_, i) => (i < SPECIAL.length ? 3 : 1)) }],
      ["tokenizer.ggml.token_type_count", { u32: 2 }],
      ["tokenizer.ggml.padding_token_id", id("[PAD]")],
      ["tokenizer.ggml.unknown_token_id", id("[UNK]")],
      ["tokenizer.ggml.bos_token_id", id("[CLS]")],
      ["tokenizer.ggml.seperator_token_id", id("[SEP]")],
      ["tokenizer.ggml.mask_token_id", id("[MASK]")],
    ],
    tensors(),
  );
  return path;
}

function tensors(): readonly Tensor[] {
  const matrix = (name: string, ...dimensions: readonly number[]): Tensor => ({
    name: `${name}.weight`,
    dimensions,
    format: "F32",
    fill: "random",
  });
  const bias = (name: string, width = WIDTH): Tensor => ({
    name: `${name}.bias`,
    dimensions: [width],
    format: "F32",
    fill: "random",
  });
  const norm = (name: string): readonly Tensor[] => [
    { name: `${name}.weight`, dimensions: [WIDTH], format: "F32", fill: "ones" },
    bias(name),
  ];
  const layer = (at: string): readonly Tensor[] => [
    ...["attn_q", "attn_k", "attn_v", "attn_output"].flatMap((name) => [
      matrix(`${at}.${name}`, WIDTH, WIDTH),
      bias(`${at}.${name}`),
    ]),
    ...norm(`${at}.attn_output_norm`),
    matrix(`${at}.ffn_up`, WIDTH, 2 * WIDTH),
    bias(`${at}.ffn_up`, 2 * WIDTH),
    matrix(`${at}.ffn_down`, 2 * WIDTH, WIDTH),
    bias(`${at}.ffn_down`),
    ...norm(`${at}.layer_output_norm`),
  ];
  return [
    matrix("token_embd", WIDTH, TOKENS.length),
    matrix("token_types", WIDTH, 2),
    matrix("position_embd", WIDTH, READS_TOKENS),
    ...norm("token_embd_norm"),
    ...Array.from({ length: LAYERS }, (_, index) => layer(`blk.${index}`)).flat(),
  ];
}
