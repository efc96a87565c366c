/** What of a model's options crosses to its host, and what the model is called until the host says it. */
import path from "node:path";
import { type EngineOptions, isScripted } from "./engine.ts";

/** The name by which a model is known before it is loaded. */
export function nameOf({ path: file, provider }: EngineOptions): string {
  if (provider !== undefined) return `${provider.name}/${provider.model}`;
  return isScripted(file) ? "scripted" : path.basename(file);
}

/** Only what the engine may know: the caller may have given more than its type says. */
export function engineOptions(options: EngineOptions): EngineOptions {
  const { path: file, embedded, slots, gpu, contextTokens, threads, copyArguments, kv } = options;
  const { provider, threadsFixed } = options;
  return {
    path: file,
    embedded,
    slots,
    gpu,
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(threads === undefined ? {} : { threads }),
    ...(threadsFixed === undefined ? {} : { threadsFixed }),
    ...(copyArguments === undefined ? {} : { copyArguments }),
    ...(kv === undefined ? {} : { kv }),
    ...(provider === undefined ? {} : { provider }),
  };
}
