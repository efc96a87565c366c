/** Shapes of models to measure with. They are those of models that people run, so the numbers mean something. */

/** A decoder-only transformer. */
export interface Shape {
  readonly architecture: "llama" | "qwen3moe";
  readonly embedding: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values. */
  readonly kvHeads: number;
  /** Width of a head. @default embedding / heads */
  readonly headWidth?: number;
  /** Width of the feed-forward part; of one expert, where there are experts. */
  readonly feedForward: number;
  readonly vocabulary: number;
  /** Tokens it says it was trained with. */
  readonly context: number;
  readonly experts?: number;
  /** Experts that a token uses. */
  readonly expertsUsed?: number;
  /** The output matrix is that of the embedding. */
  readonly tied?: boolean;
}

const CONTEXT = 32_768;
const MOE = {
  embedding: 2_048,
  layers: 16,
  heads: 16,
  kvHeads: 4,
  headWidth: 128,
  vocabulary: 32_768,
  context: CONTEXT,
} as const;

/** Names and shapes. Rows are multiples of 256, which Q4_K needs. */
export const PRESETS = {
  /** 7 million parameters. */
  tiny: {
    architecture: "llama",
    embedding: 256,
    layers: 4,
    heads: 4,
    kvHeads: 2,
    feedForward: 768,
    vocabulary: 8_192,
    context: CONTEXT,
  },
  /** The least that generates: half of it, and few words, so that a grammar has few to look through. */
  mini: {
    architecture: "llama",
    embedding: 256,
    layers: 2,
    heads: 4,
    kvHeads: 2,
    feedForward: 768,
    vocabulary: 1_024,
    context: CONTEXT,
  },
  /** 571 million: Qwen2.5-0.5B, a little wider. */
  "0.5b": {
    architecture: "llama",
    embedding: 1_024,
    layers: 24,
    heads: 16,
    kvHeads: 2,
    feedForward: 4_864,
    vocabulary: 151_936,
    context: CONTEXT,
    tied: true,
  },
  /** 7.25 billion: Mistral-7B. */
  "7b": {
    architecture: "llama",
    embedding: 4_096,
    layers: 32,
    heads: 32,
    kvHeads: 8,
    feedForward: 14_336,
    vocabulary: 32_768,
    context: CONTEXT,
  },
  /** 6.75 billion, of which a token uses one: 8 of 64 experts. */
  moe7b: { ...MOE, architecture: "qwen3moe", feedForward: 1_024, experts: 64, expertsUsed: 8 },
  /** All of `moe7b` in one piece: as many parameters in the same layers, and every token uses all. */
  dense7b: { ...MOE, architecture: "llama", feedForward: 65_536 },
} as const satisfies Readonly<Record<string, Shape>>;

/** A name of a shape. */
export type Preset = keyof typeof PRESETS;

/** Whether there is a shape of this name. */
export const isPreset = (name: string): name is Preset => Object.hasOwn(PRESETS, name);
