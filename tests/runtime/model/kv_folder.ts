/** Folders and stores for tests of kept K/V. */
import { rmSync, mkdtempSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KvOptions } from "../../../runtime/model/engine.ts";
import { memoryFolder } from "../../../runtime/model/kv_files.ts";
import { KvStore } from "../../../runtime/model/kv_store.ts";

const folders: string[] = [];

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "moult-kv-"));
  folders.push(folder);
  return folder;
}

/** Removes the folders and what lies in memory for them. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) {
    const memory = memoryFolder(folder);
    for (const place of [folder, memory])
      if (place !== undefined) rmSync(place, { recursive: true, force: true });
  }
}

export function openStore(options: Partial<KvOptions> = {}, identity = "a model") {
  const said: string[] = [];
  const folder = options.folder ?? newFolder();
  const whole = { ramMiB: 0, diskMiB: 64, ...options, folder };
  const store = new KvStore(whole, identity, (text) => said.push(text));
  return { store, said, folder };
}

/** Names of the kept files in a folder. */
export function statesIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => /\.(state|sealed)$/.test(name));
}

/** Tokens that nobody else has. */
export function tokensOf(seed: number, count = 256): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => seed * 100_000 + i);
}

/** What an engine would write: bytes that begin with its tokens. */
export function stateOf(tokens: Uint32Array, bytes = 10_000): Buffer {
  const state = Buffer.alloc(bytes, tokens[0] ?? 0);
  Buffer.from(tokens.buffer).copy(state);
  return state;
}

/** Keeps a state of a session. */
export function keep(store: KvStore, session: string, tokens: Uint32Array, bytes?: number) {
  const state = stateOf(tokens, bytes);
  return store.keep({ session }, tokens.length, async (file) => {
    await writeFile(file, state);
    return { bytes: state.length, tokens };
  });
}

/** What the store gives back for a prompt; `undefined`: nothing. */
export async function restore(store: KvStore, session: string | undefined, tokens: Uint32Array) {
  const found = await store.find(session === undefined ? undefined : { session }, tokens);
  if (found === undefined) return undefined;
  return await store.restore(found, async (file, head) => ({
    shared: found.tokens,
    tokens: head.tokens,
    bytes: Buffer.from(await Bun.file(file).bytes()),
  }));
}
