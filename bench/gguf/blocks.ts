/** Random weights in the formats of ggml: values around 0 whose spread is that of an untrained model. */
import { seeded } from "../harness.ts";

/** Spread of the weights. */
const DEVIATION = 0.02;
/** Of one kind so many blocks are made and repeated from random places on: enough that no row is another's copy. */
const POOL_BYTES = 4 << 20;

/** A format of ggml. */
export interface Format {
  /** Number of the type in a GGUF. */
  readonly id: number;
  /** Number of the kind of file in its metadata. */
  readonly fileType: number;
  /** Weights in one block. */
  readonly weights: number;
  /** Bytes of one block. */
  readonly bytes: number;
}

/** Formats that can be made. */
export const FORMATS = {
  F32: { id: 0, fileType: 0, weights: 1, bytes: 4 },
  F16: { id: 1, fileType: 1, weights: 1, bytes: 2 },
  Q4_0: { id: 2, fileType: 2, weights: 32, bytes: 18 },
  Q8_0: { id: 8, fileType: 7, weights: 32, bytes: 34 },
  Q4_K: { id: 12, fileType: 15, weights: 256, bytes: 144 },
} as const satisfies Readonly<Record<string, Format>>;

/** A name of a format. */
export type FormatName = keyof typeof FORMATS;

/** Whether there is a format of this name. */
export const isFormat = (name: string): name is FormatName => Object.hasOwn(FORMATS, name);

/** A pool of random blocks of a format. The same seed gives the same bytes. */
export function randomBlocks(format: FormatName, seed: number): Buffer {
  const random = seeded(seed);
  const { bytes } = FORMATS[format];
  // An odd number of blocks: rows, whose number of blocks is even, do not fall on the same place again.
  const count = Math.ceil(POOL_BYTES / bytes) | 1;
  const pool = Buffer.alloc(count * bytes);
  const isPlain = format === "F16" || format === "F32";
  if (!isPlain) for (let at = 0; at < pool.length; at++) pool[at] = random() * 256;
  for (let at = 0; at < pool.length; at += bytes) FILLERS[format](pool, at, random);
  return pool;
}

/** Sets what is not random in a block: its scale. In the plain formats, the weight. */
type Filler = (pool: Buffer, at: number, random: () => number) => void;

const FILLERS: Readonly<Record<FormatName, Filler>> = {
  F32: (pool, at, random) => pool.writeFloatLE(normal(random) * DEVIATION, at),
  F16: (pool, at, random) => writeHalf(pool, at, normal(random) * DEVIATION),
  // weight = scale * (nibble - 8); nibbles of 0 to 15 deviate by 4.6.
  Q4_0: (pool, at, random) => writeHalf(pool, at, (DEVIATION / 4.6) * (random() < 0.5 ? -1 : 1)),
  // weight = scale * byte; bytes deviate by 74.
  Q8_0: (pool, at) => writeHalf(pool, at, DEVIATION / 74),
  // weight = scale * 32 * nibble - minimum * 32: eight groups, all with the 6-bit factor 32.
  Q4_K: (pool, at) => {
    const scale = DEVIATION / 4.6 / 32;
    writeHalf(pool, at, scale);
    writeHalf(pool, at + 2, scale * 7.5);
    pool.fill(0xa0, at + 4, at + 12).fill(0, at + 12, at + 16);
  },
};

/** A normally distributed number (Box-Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** Writes a half-precision number, rounded. Those too small for it become 0; none here is too large. */
function writeHalf(buffer: Buffer, at: number, value: number): void {
  single[0] = value;
  // Half a unit of the last place that stays is added: carries go up into the exponent, as they should.
  const rounded = (bits[0] ?? 0) + 0x1000;
  const sign = (rounded >>> 16) & 0x8000;
  const exponent = ((rounded >>> 23) & 0xff) - 112;
  buffer.writeUInt16LE(
    exponent <= 0 ? sign : sign | (exponent << 10) | ((rounded >>> 13) & 0x3ff),
    at,
  );
}
