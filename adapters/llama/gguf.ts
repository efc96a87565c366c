/**
 * Checks a GGUF file's header before native code sees it: a missing key aborts the process there.
 * Reads the header only, piece by piece; knows nothing of tensors but where they lie.
 */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { MoultError } from "../../schemas/error.ts";
import { tensorBytes, tensorTypeName } from "./ggml_types.ts";
import { type GgufValue, Reader, readValue } from "./gguf_values.ts";

const MAGIC = "GGUF";
const VERSIONS = new Set([2, 3]);
/** Bounds: far above any real model, far below what would hurt. */
const KEYS_MAX = 10_000;
const TENSORS_MAX = 200_000;
const DIMENSIONS_MAX = 4;

/** What one type of tensor makes up of a file. */
export interface TensorShare {
  /** Name of the type; `type 99` for one that the installed library cannot read. */
  readonly type: string;
  readonly known: boolean;
  readonly tensors: number;
  readonly elements: number;
  readonly bytes: number;
}

/** What the header says. */
export interface GgufHeader {
  readonly architecture: string;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: number;
  /** By type, the largest first. */
  readonly shares: readonly TensorShare[];
  readonly fileBytes: number;
  /** The embedding matrix, and whether it is the output matrix as well. Absent: it is in another file. */
  readonly embedding?: {
    readonly type: string;
    readonly bytes: number;
    readonly isOutput: boolean;
  };
}

interface Tensor {
  readonly name: string;
  readonly type: number;
  readonly elements: number;
  readonly offset: number;
  /** `undefined`: a type this version does not know. */
  readonly bytes: number | undefined;
}

/**
 * Reads and checks the header of a model file.
 * @throws {MoultError} `model/unavailable`: what is wrong with the file, and what to do.
 */
export function checkGguf(path: string): GgufHeader {
  const header = readGguf(path);
  if (header.tensors === 0) throw broken(path, "it has no tensors");
  checkMetadata(path, header);
  return header;
}

/**
 * Reads a header and checks that the file holds all it names. Says nothing about missing keys: the later files of a
 * model in several have none.
 *
 * @throws {MoultError} as `checkGguf`
 */
export function readGguf(path: string): GgufHeader {
  const file = openModel(path);
  try {
    const { size } = fstatSync(file);
    return readHeader(new Reader(file, size), size);
  } catch (error) {
    if (error instanceof MoultError) throw error;
    if (error instanceof RangeError) throw broken(path, error.message);
    throw new MoultError("model/unavailable", `Cannot read model "${path}"`, undefined, error);
  } finally {
    closeSync(file);
  }
}

function readHeader(reader: Reader, fileBytes: number): GgufHeader {
  const magic = reader.bytes(4).toString("latin1");
  if (magic !== MAGIC)
    throw new RangeError(`it is no GGUF file (it begins with ${JSON.stringify(magic)})`);
  const version = reader.u32();
  if (!VERSIONS.has(version)) throw new RangeError(`GGUF version ${version} is not 2 or 3`);
  const tensors = reader.count("tensors", TENSORS_MAX);
  const keys = reader.count("keys", KEYS_MAX);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keys; i++) metadata.set(reader.text(), readValue(reader));
  return {
    architecture: textOf(metadata.get("general.architecture")),
    metadata,
    tensors,
    ...checkTensors(reader, tensors, metadata),
    fileBytes,
  };
}

function checkMetadata(path: string, { architecture, metadata }: GgufHeader): void {
  for (const key of requiredKeys(architecture, metadata)) {
    const value = metadata.get(key);
    if (value === undefined) throw broken(path, `the key "${key}" is missing`);
    if (isCount(key) && !isPositive(value)) throw broken(path, `the key "${key}" must be above 0`);
  }
  const tokens = lengthOf(metadata.get("tokenizer.ggml.tokens"));
  const types = lengthOf(metadata.get("tokenizer.ggml.token_type"));
  if (tokens === 0 || types !== tokens)
    throw broken(path, `it has ${tokens} tokens but types for ${types} of them`);
}

function openModel(path: string): number {
  try {
    // A pipe has no end to wait for: it is opened like a file, and told from one.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(file).isFile()) return file;
    closeSync(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const why = code === "ENOENT" ? "there is no such file" : `it can not be opened (${code})`;
    const text = `Cannot load model "${path}": ${why}; check \`model.path\`, or choose another with \`moult model use\``;
    throw new MoultError("model/unavailable", text, undefined, error);
  }
  throw broken(path, "it is no file");
}

function broken(path: string, why: string): MoultError {
  return new MoultError(
    "model/unavailable",
    `Cannot load model "${path}": ${why}; use another GGUF file, or download this one again`,
  );
}

/** Keys without which loading fails, aborts the process, or gives a model that reads its own text wrongly. */
function requiredKeys(
  architecture: string,
  metadata: ReadonlyMap<string, GgufValue>,
): readonly string[] {
  const own = (name: string): string => `${architecture}.${name}`;
  const keys = [
    "general.architecture",
    own("context_length"),
    own("embedding_length"),
    own("block_count"),
  ];
  // State-space models have neither; everywhere else a missing one aborts the process.
  if (!/^(mamba|rwkv)/.test(architecture)) {
    keys.push(own("attention.head_count"));
    if (!metadata.has(own("expert_feed_forward_length"))) keys.push(own("feed_forward_length"));
  }
  if (architecture === "llama") keys.push(own("attention.layer_norm_rms_epsilon"));
  keys.push("tokenizer.ggml.model", "tokenizer.ggml.tokens", "tokenizer.ggml.token_type");
  if (metadata.get("tokenizer.ggml.model") === "gpt2") keys.push("tokenizer.ggml.merges");
  return keys;
}

function isCount(key: string): boolean {
  return /\.(context_length|embedding_length|block_count|head_count|feed_forward_length)$/.test(
    key,
  );
}

function isPositive(value: GgufValue): boolean {
  // Some architectures give one value per layer.
  if (typeof value === "object") return value.length > 0;
  return typeof value === "number" && value > 0;
}

function textOf(value: GgufValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function lengthOf(value: GgufValue | undefined): number {
  return typeof value === "object" ? value.length : 0;
}

function checkTensors(
  reader: Reader,
  count: number,
  metadata: ReadonlyMap<string, GgufValue>,
): Pick<GgufHeader, "shares" | "embedding"> {
  const alignment = Number(metadata.get("general.alignment") ?? 32);
  if (!(alignment > 0)) throw new RangeError("its alignment is not above 0");
  const last = { name: "", end: 0 };
  const shares = new Map<number, TensorShare>();
  let embedding: Tensor | undefined;
  let isOutput = true;
  for (let i = 0; i < count; i++) {
    const tensor = readTensor(reader);
    const { name, offset, bytes } = tensor;
    shares.set(tensor.type, withTensor(shares.get(tensor.type), tensor));
    if (name === "token_embd.weight") embedding = tensor;
    if (name === "output.weight") isOutput = false;
    if (offset % alignment !== 0) throw new RangeError(`tensor "${name}" is not aligned`);
    const end = offset + (bytes ?? 1);
    if (end > last.end) Object.assign(last, { name, end });
  }
  const dataAt = Math.ceil(reader.position / alignment) * alignment;
  const missing = dataAt + last.end - reader.size;
  if (missing > 0)
    throw new RangeError(`it is cut off: ${missing} bytes of tensor "${last.name}" are missing`);
  return {
    shares: [...shares.values()].toSorted((a, b) => b.bytes - a.bytes),
    ...(embedding && { embedding: { ...sizeOf(embedding), isOutput } }),
  };
}

function sizeOf({ type, bytes = 0 }: Tensor): { readonly type: string; readonly bytes: number } {
  return { type: tensorTypeName(type) ?? `type ${type}`, bytes };
}

function withTensor(share: TensorShare | undefined, tensor: Tensor): TensorShare {
  const name = tensorTypeName(tensor.type);
  return {
    type: name ?? `type ${tensor.type}`,
    known: name !== undefined,
    tensors: (share?.tensors ?? 0) + 1,
    elements: (share?.elements ?? 0) + tensor.elements,
    bytes: (share?.bytes ?? 0) + (tensor.bytes ?? 0),
  };
}

function readTensor(reader: Reader): Tensor {
  const name = reader.text();
  const dimensions = reader.u32();
  if (dimensions > DIMENSIONS_MAX)
    throw new RangeError(`tensor "${name}" has ${dimensions} dimensions`);
  let elements = 1;
  let rowLength = 1;
  for (let i = 0; i < dimensions; i++) {
    const length = reader.u64();
    if (i === 0) rowLength = length;
    elements *= length;
  }
  if (!Number.isSafeInteger(elements) || elements === 0)
    throw new RangeError(`tensor "${name}" has an impossible shape`);
  const type = reader.u32();
  const bytes = tensorBytes(type, elements, rowLength);
  return { name, type, elements, offset: reader.u64(), bytes };
}
