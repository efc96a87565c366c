/**
 * One file of kept K/V: the engine's own bytes, then what they are of, then a seal. llama.cpp does not notice when bytes
 * of a state were changed, so nothing is given to it that has not been checked whole. Knows bytes, no engine.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { StateKeys } from "./kv_files.ts";

const MAGIC = "MOULTKV1";
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Magic, length of the head, flags, nonce, tag. */
const TRAILER_BYTES = 16 + NONCE_BYTES + TAG_BYTES;
const ENCRYPTED = 1;
/** A context of a million tokens, and some. */
const HEAD_BYTES_MAX = 8 * 1024 * 1024;
/** Read and checked in pieces of this size: others have their turn in between. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** What a state is of. */
export interface StateHead {
  /** As in the file's name; a file that was renamed is noticed. */
  readonly model: string;
  readonly session: string;
  readonly tokens: Uint32Array;
}

interface WholeHead extends StateHead {
  readonly bytes: number;
  readonly nonce: Buffer;
  readonly tag: Buffer;
}

/** Seals a file of `bytes` bytes. With a key to encrypt, a new file is written at `target`. @throws when the disk is full */
export async function sealState(
  source: string,
  target: string,
  head: StateHead & { readonly bytes: number },
  keys: StateKeys,
): Promise<number> {
  const from = await open(source, source === target ? "r+" : "r");
  const to = source === target ? from : await open(target, "wx", 0o600);
  try {
    const { size } = await from.stat();
    // The engine does not look whether its last bytes were taken.
    if (size !== head.bytes) throw new Error(`The state has ${size} bytes of ${head.bytes}`);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, keys.encrypt ?? keys.seal, nonce);
    for await (const [piece, at] of piecesOf(from, size)) {
      if (keys.encrypt === undefined) cipher.setAAD(piece);
      else await writeAll(to, cipher.update(piece), at);
    }
    cipher.final();
    const end = headBytes({ ...head, nonce, tag: cipher.getAuthTag() }, keys);
    await writeAll(to, end, size);
    return size + end.length;
  } finally {
    await from.close();
    if (to !== from) await to.close();
  }
}

/** What a file is of, checked by its own seal. `undefined`: it is damaged, or none of ours. */
export async function readHead(file: string, keys: StateKeys): Promise<StateHead | undefined> {
  const handle = await open(file, "r");
  try {
    return await headOf(handle, keys);
  } finally {
    await handle.close();
  }
}

/**
 * Checks all bytes of a file. Resolves with the file that the engine may read: itself, or `plain`, which is written
 * when it is encrypted. `undefined`: it is damaged, or none of ours.
 */
export async function checkState(
  file: string,
  plain: string,
  keys: StateKeys,
): Promise<{ readonly file: string; readonly head: StateHead } | undefined> {
  const from = await open(file, "r");
  let to: FileHandle | undefined;
  try {
    const head = await headOf(from, keys);
    if (head === undefined) return undefined;
    const decipher = createDecipheriv(CIPHER, keys.encrypt ?? keys.seal, head.nonce);
    decipher.setAuthTag(head.tag);
    if (keys.encrypt !== undefined) to = await open(plain, "wx", 0o600);
    for await (const [piece, at] of piecesOf(from, head.bytes)) {
      if (to === undefined) decipher.setAAD(piece);
      else await writeAll(to, decipher.update(piece), at);
    }
    if (!isFinal(decipher)) return undefined;
    return { file: to === undefined ? file : plain, head };
  } finally {
    await from.close();
    await to?.close();
  }
}

function isFinal(decipher: { readonly final: () => Buffer }): boolean {
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}

async function* piecesOf(handle: FileHandle, bytes: number): AsyncGenerator<[Buffer, number]> {
  const buffer = Buffer.allocUnsafe(Math.min(bytes, PIECE_BYTES));
  for (let at = 0; at < bytes;) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, bytes - at), at);
    if (bytesRead === 0) throw new Error("The file ended early");
    yield [buffer.subarray(0, bytesRead), at];
    at += bytesRead;
  }
}

async function writeAll(handle: FileHandle, data: Buffer, position: number): Promise<void> {
  for (let done = 0; done < data.length;) {
    const { bytesWritten } = await handle.write(data, done, data.length - done, position + done);
    if (bytesWritten === 0) throw new Error("The disk takes no more");
    done += bytesWritten;
  }
}

/** The head and the trailer behind it. */
function headBytes(head: WholeHead, keys: StateKeys): Buffer {
  const { model, session, tokens, bytes, nonce, tag } = head;
  const facts = { model, session, bytes, nonce: nonce.toString("hex"), tag: tag.toString("hex") };
  const text = Buffer.concat([
    Buffer.from(`${JSON.stringify(facts)}\n`),
    Buffer.from(tokens.buffer, tokens.byteOffset, tokens.byteLength),
  ]);
  const start = Buffer.alloc(16);
  start.write(MAGIC, 0, "latin1");
  start.writeUInt32LE(text.length, 8);
  start.writeUInt32LE(keys.encrypt === undefined ? 0 : ENCRYPTED, 12);
  const own = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keys.encrypt ?? keys.seal, own);
  cipher.setAAD(keys.encrypt === undefined ? Buffer.concat([start, text]) : start);
  const shown = keys.encrypt === undefined ? text : cipher.update(text);
  cipher.final();
  return Buffer.concat([shown, start, own, cipher.getAuthTag()]);
}

async function headOf(handle: FileHandle, keys: StateKeys): Promise<WholeHead | undefined> {
  const { size } = await handle.stat();
  if (size < TRAILER_BYTES) return undefined;
  const trailer = await readAt(handle, size - TRAILER_BYTES, TRAILER_BYTES);
  const start = trailer.subarray(0, 16);
  const length = start.readUInt32LE(8);
  const flags = keys.encrypt === undefined ? 0 : ENCRYPTED;
  if (start.toString("latin1", 0, 8) !== MAGIC || start.readUInt32LE(12) !== flags)
    return undefined;
  const bytes = size - TRAILER_BYTES - length;
  if (length > HEAD_BYTES_MAX || bytes < 0) return undefined;
  const shown = await readAt(handle, bytes, length);
  const text = openHead(start, shown, trailer.subarray(16), keys);
  const head = text === undefined ? undefined : parseHead(text);
  return head?.bytes === bytes ? head : undefined;
}

function openHead(start: Buffer, shown: Buffer, seal: Buffer, keys: StateKeys): Buffer | undefined {
  const nonce = seal.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, keys.encrypt ?? keys.seal, nonce);
  decipher.setAuthTag(seal.subarray(NONCE_BYTES));
  decipher.setAAD(keys.encrypt === undefined ? Buffer.concat([start, shown]) : start);
  const text = keys.encrypt === undefined ? shown : decipher.update(shown);
  return isFinal(decipher) ? text : undefined;
}

/** What is sealed is ours, so it has the form that we gave it. */
function parseHead(text: Buffer): WholeHead {
  const end = text.indexOf("\n");
  const { model, session, bytes, nonce, tag } = JSON.parse(text.toString("utf8", 0, end)) as Record<
    "model" | "session" | "nonce" | "tag",
    string
  > & { bytes: number };
  const tokens = new Uint32Array(new Uint8Array(text.subarray(end + 1)).buffer);
  return {
    model,
    session,
    bytes,
    tokens,
    nonce: Buffer.from(nonce, "hex"),
    tag: Buffer.from(tag, "hex"),
  };
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
