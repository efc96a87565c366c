/** Reads learned numbers one after the other out of the bytes of a file, as the recipes write them. Knows no network. */

/** Layers are kept as 16 bits, vectors of names as 8. */
const LAYER_MAX = 32_767;
const VECTOR_MAX = 127;
const FLOAT_BYTES = 4;
const SHORT_BYTES = 2;

/** Vectors of so many names, one after the other. */
export interface NameVectors {
  /** What 1 of a name's numbers counts. */
  readonly scales: Float32Array;
  readonly values: Int8Array;
}

/** A place in the bytes, which moves on with what is read. */
export class LearnedNumbers {
  readonly #buffer: ArrayBuffer;
  readonly #end: number;
  #from: number;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>) {
    this.#buffer = buffer;
    this.#from = byteOffset;
    this.#end = byteOffset + byteLength;
  }

  /** What is read again and again until the end: several networks of the same make. */
  each<T>(read: () => T): readonly T[] {
    const all: T[] = [];
    while (this.#from < this.#end) all.push(read());
    return all;
  }

  /** The next matrix, or what is added to its rows. */
  matrix(count: number): Float32Array {
    const [scale = 0] = this.#floats(1);
    const own = new Int16Array(this.#buffer, this.#from, count);
    this.#from += whole(count * SHORT_BYTES);
    return Float32Array.from(own, (value) => (value * scale) / LAYER_MAX);
  }

  /** The next vectors. @param width Numbers of each */
  vectors(count: number, width: number): NameVectors {
    const scales = this.#floats(count).map((scale) => scale / VECTOR_MAX);
    const values = new Int8Array(this.#buffer, this.#from, count * width);
    this.#from += whole(values.length);
    return { scales, values };
  }

  #floats(count: number): Float32Array {
    const own = new Float32Array(this.#buffer, this.#from, count);
    this.#from += count * FLOAT_BYTES;
    return own;
  }
}

/** What follows begins where a number of 32 bits may. */
function whole(bytes: number): number {
  return Math.ceil(bytes / FLOAT_BYTES) * FLOAT_BYTES;
}
