/** What stands in a GGUF file's header, one value after another. Knows no key. */
import { readSync } from "node:fs";

const CHUNK_BYTES = 256 * 1024;
/** Bounds: far above any real model, far below what would hurt. */
const ITEMS_MAX = 20_000_000;
const TEXT_BYTES_MAX = 16 * 1024 * 1024;
/** All texts together: the largest templates have some hundred kilobytes. */
const TEXTS_BYTES_MAX = 64 * 1024 * 1024;

/** Arrays of numbers up to this length are kept: values per layer, not tokens. */
const KEPT_ITEMS_MAX = 1_024;

/** A key's value: scalars as they are, arrays as their length, and short arrays of numbers with their items. */
export type GgufValue =
  string | number | boolean | { readonly length: number; readonly items?: readonly number[] };

/** Sizes of the scalar types, by their number in the file; 8 is text, 9 an array. */
const SCALAR_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const TEXT = 8;
const ARRAY = 9;

/** Reads the value of a key. Throws `RangeError` with what is wrong with it. */
export function readValue(reader: Reader): GgufValue {
  const type = reader.u32();
  if (type === TEXT) return reader.text();
  if (type !== ARRAY) return readScalar(reader, type);
  const itemType = reader.u32();
  const length = reader.count("items", ITEMS_MAX);
  if (itemType === TEXT) for (let i = 0; i < length; i++) reader.skip(reader.u64());
  else if (length <= KEPT_ITEMS_MAX) {
    const items = Array.from({ length }, () => Number(readScalar(reader, itemType)));
    return { length, items };
  } else reader.skip(length * scalarBytes(itemType));
  return { length };
}

function scalarBytes(type: number): number {
  const bytes = SCALAR_BYTES[type];
  if (bytes === undefined) throw new RangeError(`it has a value of unknown type ${type}`);
  return bytes;
}

function readScalar(reader: Reader, type: number): GgufValue {
  const bytes = reader.bytes(scalarBytes(type));
  switch (type) {
    case 1:
      return bytes.readInt8();
    case 2:
      return bytes.readUInt16LE();
    case 3:
      return bytes.readInt16LE();
    case 4:
      return bytes.readUInt32LE();
    case 5:
      return bytes.readInt32LE();
    case 6:
      return bytes.readFloatLE();
    case 7:
      return bytes.readUInt8() !== 0;
    case 10:
      return Number(bytes.readBigUInt64LE());
    case 11:
      return Number(bytes.readBigInt64LE());
    case 12:
      return bytes.readDoubleLE();
    default:
      return bytes.readUInt8();
  }
}

/** Reads a file forward in chunks, never past its end. Throws `RangeError` with what is wrong with the file. */
export class Reader {
  readonly #file: number;
  /** Bytes of the file. */
  readonly size: number;
  #chunk = Buffer.alloc(0);
  #chunkAt = 0;
  /** Bytes of the texts that were read. */
  #textBytes = 0;
  /** Bytes before what is read next. */
  position = 0;

  constructor(file: number, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** The next bytes. */
  bytes(length: number): Buffer {
    const at = this.position - this.#chunkAt;
    if (at < 0 || at + length > this.#chunk.length) this.#fill(length);
    const from = this.position - this.#chunkAt;
    this.position += length;
    return this.#chunk.subarray(from, from + length);
  }

  /** The next 4 bytes as a whole number. */
  u32(): number {
    return this.bytes(4).readUInt32LE();
  }

  /** The next 8 bytes as a number; above 2^53 not an exact one. */
  u64(): number {
    return Number(this.bytes(8).readBigUInt64LE());
  }

  /** How many there are of something that the file may have `max` of. */
  count(what: string, max: number): number {
    const count = this.u64();
    if (count > max) throw new RangeError(`it claims to have ${count} ${what}`);
    return count;
  }

  /** The next text, with its length before it. */
  text(): string {
    const length = this.u64();
    if (length > TEXT_BYTES_MAX) throw new RangeError(`it has a text of ${length} bytes`);
    this.#textBytes += length;
    if (this.#textBytes > TEXTS_BYTES_MAX)
      throw new RangeError(`its header has more than ${TEXTS_BYTES_MAX} bytes of texts`);
    return this.bytes(length).toString("utf8");
  }

  /** Passes over bytes. */
  skip(length: number): void {
    this.position += length;
    if (!(this.position <= this.size)) throw new RangeError("it is cut off inside its header");
  }

  #fill(length: number): void {
    if (this.position + length > this.size) throw new RangeError("it is cut off inside its header");
    const wanted = Math.min(Math.max(length, CHUNK_BYTES), this.size - this.position);
    const chunk = Buffer.alloc(wanted);
    const bytesRead = readSync(this.#file, chunk, 0, wanted, this.position);
    if (bytesRead < length) throw new RangeError("it is cut off inside its header");
    this.#chunk = chunk.subarray(0, bytesRead);
    this.#chunkAt = this.position;
  }
}
