/**
 * Writes functions/builtin.lock and functions/builtin.manifests anew: `bun tests/builtin_lock.ts`, after a built-in function
 * was changed on purpose.
 */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import * as v from "valibot";
import { describe, readDefinition } from "../runtime/isolate/describe.ts";
import { contentHash } from "../runtime/content_hash.ts";
import { BUILTIN_LOCK, BUILTIN_MANIFESTS, builtinLock } from "../runtime/load/builtin_lock.ts";
import { scanRoot } from "../runtime/load/scan.ts";
import { Manifest } from "../schemas/function.ts";

/** The manifests of the shipped functions as they say themselves, by content hash, as the text of the file. */
export async function builtinManifests(): Promise<string> {
  const manifests: Record<string, Manifest> = {};
  for (const { path } of scanRoot(dirname(BUILTIN_LOCK)).found) {
    const module = (await import(path)) as { readonly default: unknown };
    const reported = JSON.parse(
      JSON.stringify(describe(readDefinition(module.default))),
    ) as unknown;
    manifests[contentHash(readFileSync(path))] = v.parse(Manifest, reported);
  }
  return `${JSON.stringify(manifests, undefined, 1)}\n`;
}

if (import.meta.main) {
  await Bun.write(BUILTIN_LOCK, builtinLock(dirname(BUILTIN_LOCK)));
  await Bun.write(BUILTIN_MANIFESTS, await builtinManifests());
}
