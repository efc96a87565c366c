/** Writes a GGUF (version 3) piece by piece: no more of it than a few MB is ever in memory. */
import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { FORMATS, type FormatName, randomBlocks } from "./blocks.ts";
import { seeded } from "../harness.ts";

const VERSION = 3;
const ALIGNMENT = 32;
/** Of what is written in one call. */
const CHUNK_BYTES = 1 << 20;

/** A value of the metadata: its type in the file is its type here. */
export type Value =
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly i32s: readonly number[] }
  | { readonly texts: readonly string[] };

/** A tensor: random, or all ones. */
export interface Tensor {
  readonly name: string;
  /** Length of a row first. */
  readonly dimensions: readonly number[];
  readonly format: FormatName;
  readonly fill: "random" | "ones";
  /** So many rows at the end are zero. @default 0 */
  readonly zeroRows?: number;
}

/** What was written. */
export interface Written {
  readonly bytes: number;
  readonly parameters: number;
}

const TYPE = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, array: 9 } as const;

/** Writes the file beside its name and renames it when it is whole. The same seed gives the same bytes. */
export function writeGguf(
  path: string,
  metadata: readonly (readonly [key: string, value: Value])[],
  tensors: readonly Tensor[],
  seed = 1,
): Written {
  const part = `${path}.${process.pid}.part`;
  const out = new Out(part);
  try {
    out.text("GGUF");
    out.u32(VERSION);
    out.u64(tensors.length);
    out.u64(metadata.length);
    for (const [key, value] of metadata) {
      out.string(key);
      writeValue(out, value);
    }
    writeDirectory(out, tensors);
    out.pad();
    const weights = new Weights(seed);
    for (const tensor of tensors) {
      weights.write(out, tensor);
      out.pad();
    }
    const bytes = out.close();
    renameSync(part, path);
    return { bytes, parameters: tensors.reduce((sum, tensor) => sum + countOf(tensor), 0) };
  } catch (error) {
    out.close();
    rmSync(part, { force: true });
    throw error;
  }
}

function writeDirectory(out: Out, tensors: readonly Tensor[]): void {
  let offset = 0;
  for (const tensor of tensors) {
    const { weights, id } = FORMATS[tensor.format];
    const row = tensor.dimensions[0] ?? 0;
    if (row % weights !== 0)
      throw new RangeError(`${tensor.name}: rows of ${row} are no multiple of ${weights}`);
    out.string(tensor.name);
    out.u32(tensor.dimensions.length);
    for (const dimension of tensor.dimensions) out.u64(dimension);
    out.u32(id);
    out.u64(offset);
    offset += Math.ceil(bytesOf(tensor, countOf(tensor)) / ALIGNMENT) * ALIGNMENT;
  }
}

const countOf = ({ dimensions }: Tensor): number => dimensions.reduce((a, b) => a * b, 1);

function bytesOf({ format }: Tensor, count: number): number {
  const { weights, bytes } = FORMATS[format];
  return (count / weights) * bytes;
}

/** Writes the data of tensors from pools of random blocks. */
class Weights {
  readonly #seed: number;
  readonly #random: () => number;
  readonly #pools = new Map<FormatName, Buffer>();

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seeded(seed);
  }

  write(out: Out, tensor: Tensor): void {
    const zeros = bytesOf(tensor, (tensor.zeroRows ?? 0) * (tensor.dimensions[0] ?? 0));
    const filled = bytesOf(tensor, countOf(tensor)) - zeros;
    if (tensor.fill === "ones") return out.write(ones(filled));
    const pool = this.#pool(tensor.format);
    const block = FORMATS[tensor.format].bytes;
    let from = Math.floor(this.#random() * (pool.length / block)) * block;
    for (let left = filled; left > 0; from = 0) {
      const piece = pool.subarray(from, from + left);
      out.write(piece);
      left -= piece.length;
    }
    out.write(Buffer.alloc(zeros));
  }

  #pool(format: FormatName): Buffer {
    const known = this.#pools.get(format) ?? randomBlocks(format, this.#seed);
    this.#pools.set(format, known);
    return known;
  }
}

function ones(bytes: number): Buffer {
  return Buffer.from(new Float32Array(bytes / 4).fill(1).buffer);
}

function writeValue(out: Out, value: Value): void {
  if ("u32" in value) {
    out.u32(TYPE.u32);
    out.u32(value.u32);
  } else if ("f32" in value) {
    out.u32(TYPE.f32);
    out.f32(value.f32);
  } else if ("bool" in value) {
    out.u32(TYPE.bool);
    out.write(Buffer.of(value.bool ? 1 : 0));
  } else if ("text" in value) {
    out.u32(TYPE.text);
    out.string(value.text);
  } else {
    const isText = "texts" in value;
    out.u32(TYPE.array);
    out.u32(isText ? TYPE.text : TYPE.i32);
    out.u64(isText ? value.texts.length : value.i32s.length);
    if (isText) for (const text of value.texts) out.string(text);
    else out.write(Buffer.from(Int32Array.from(value.i32s).buffer));
  }
}

/** A file that grows; small writes are collected. */
class Out {
  readonly #fd: number;
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  #used = 0;
  #bytes = 0;
  #open = true;

  constructor(path: string) {
    this.#fd = openSync(path, "w");
  }

  write(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#used + bytes.length > CHUNK_BYTES) this.#flush();
    if (bytes.length > CHUNK_BYTES) return this.#all(bytes);
    this.#chunk.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  text(text: string): void {
    this.write(Buffer.from(text, "utf8"));
  }

  /** Its length in bytes first. */
  string(text: string): void {
    this.u64(Buffer.byteLength(text));
    this.text(text);
  }

  u32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.write(bytes);
  }

  u64(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    this.write(bytes);
  }

  f32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.write(bytes);
  }

  pad(): void {
    this.write(Buffer.alloc((ALIGNMENT - (this.#bytes % ALIGNMENT)) % ALIGNMENT));
  }

  /** Bytes of the whole file. */
  close(): number {
    if (this.#open) {
      this.#open = false;
      this.#flush();
      closeSync(this.#fd);
    }
    return this.#bytes;
  }

  #flush(): void {
    this.#all(this.#chunk.subarray(0, this.#used));
    this.#used = 0;
  }

  #all(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
  }
}
