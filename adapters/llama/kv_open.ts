/** Where conversations of a model are kept, and what makes a state of it unfit for all others. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Llama, LlamaContext } from "node-llama-cpp";
import { contentHash } from "../../runtime/content_hash.ts";
import type { EngineOptions } from "../../runtime/model/engine.ts";
import { dropStates } from "../../runtime/model/kv_files.ts";
import { KvStore } from "../../runtime/model/kv_store.ts";
import { partNamed, partOf } from "../../runtime/model/parts.ts";
import { messageOf } from "../../schemas/error.ts";

/** Header and names of all tensors of most models, and the last weights. */
const FIRST_BYTES = 1024 * 1024;
const LAST_BYTES = 64 * 1024;

/** Where conversations are kept; `undefined`: nowhere, and they are read again. */
export function openStore(
  { kv, path: file }: EngineOptions,
  llama: Llama,
  context: LlamaContext,
): KvStore | undefined {
  if (kv === undefined) return undefined;
  if (kv.ramMiB + kv.diskMiB === 0) {
    dropStates(kv.folder);
    return undefined;
  }
  const log = (text: string): void => void process.stderr.write(`${text}\n`);
  try {
    return new KvStore(kv, stateIdentity(file, llama, context), log);
  } catch (error) {
    log(`Conversations are not kept in "${kv.folder}": ${messageOf(error)}`);
    return undefined;
  }
}

/** Of the model's files, the library and the context. Reads little, however large the files are. */
function stateIdentity(file: string, llama: Llama, context: LlamaContext): string {
  const part = partOf(file);
  const files =
    part === undefined
      ? [file]
      : Array.from({ length: part.count }, (_, i) => partNamed(file, i + 1, part.count));
  return JSON.stringify([
    files.map(fileIdentity),
    llama.llamaCppRelease,
    llama.gpu,
    context.contextSize,
    context.totalSequences,
    context.flashAttention,
    context.kvCacheKeyType,
    context.kvCacheValueType,
  ]);
}

function fileIdentity(file: string): readonly (string | number)[] {
  const handle = openSync(file, "r");
  try {
    const { size, mtimeMs } = fstatSync(handle);
    const first = Buffer.alloc(Math.min(FIRST_BYTES, size));
    const last = Buffer.alloc(Math.min(LAST_BYTES, size));
    readSync(handle, first, 0, first.length, 0);
    readSync(handle, last, 0, last.length, size - last.length);
    return [size, mtimeMs, contentHash(first), contentHash(last)];
  } finally {
    closeSync(handle);
  }
}
