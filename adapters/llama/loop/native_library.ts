/**
 * llama.cpp's own functions in the library that node-llama-cpp has loaded, and where its contexts are: the addon gives
 * only promises, each of which costs two changes of threads. Whatever is not as expected here means `undefined`: then
 * everything is done by the addon.
 */
import { cc, CFunction, dlopen, FFIType, type Pointer, ptr, read } from "bun:ffi";
import { closeSync, openSync, readSync } from "node:fs";
import path from "node:path";
import type { LlamaContext } from "node-llama-cpp";
import { installedFolder, libraryIn } from "../installed.ts";

/** Sequences that one step may have, as in native.c. */
export const SEQUENCES_MAX = 256;
/** How far into the addon's objects is looked, in words of eight bytes. Both are larger. */
const WORDS_MAX = 40;
/** Where pointers of a process lie. */
const ADDRESS_MIN = 2n ** 16n;
const ADDRESS_MAX = 2n ** 47n;
const { cstring, i32, ptr: pointer, u32, u64, u8, f32 } = FFIType;
const nothing = FFIType.void;

/** `ggml_backend_dev_type` of the processor. */
const CPU = 0;
/** `ggml_threadpool_params`: a mask of 512 bytes, then the number of threads, their priority and how long they wait busily. */
const POOL_BYTES = 1_024;
const POLL_AT = 520;

const GLUE = {
  bind: { args: [cstring], returns: i32 },
  inside: { args: ["napi_env", "napi_value"], returns: u64 },
  step: { args: [u64, i32, pointer, pointer, pointer, pointer], returns: i32 },
} as const;
const LLAMA = {
  llama_model_get_vocab: { args: [u64], returns: u64 },
  llama_attach_threadpool: { args: [u64, pointer, pointer], returns: nothing },
  llama_detach_threadpool: { args: [u64], returns: nothing },
  llama_sampler_chain_init: { args: [u8], returns: u64 },
  llama_sampler_chain_add: { args: [u64, u64], returns: nothing },
  llama_sampler_init_greedy: { args: [], returns: u64 },
  llama_sampler_init_top_k: { args: [i32], returns: u64 },
  llama_sampler_init_top_p: { args: [f32, u64], returns: u64 },
  llama_sampler_init_temp: { args: [f32], returns: u64 },
  llama_sampler_init_dist: { args: [u32], returns: u64 },
  llama_sampler_sample: { args: [u64, u64, i32], returns: i32 },
  llama_sampler_free: { args: [u64], returns: nothing },
} as const;
const GGML = { ggml_backend_dev_by_type: { args: [i32], returns: pointer } } as const;
const GGML_BASE = {
  ggml_backend_dev_backend_reg: { args: [pointer], returns: pointer },
  ggml_backend_reg_get_proc_address: { args: [pointer, pointer], returns: pointer },
  ggml_threadpool_params_init: { args: [pointer, i32], returns: nothing },
} as const;

type Glue = ReturnType<typeof cc<typeof GLUE>>["symbols"];
type Llama = ReturnType<typeof dlopen<typeof LLAMA>>["symbols"];
type Ggml = ReturnType<typeof dlopen<typeof GGML>>["symbols"];
type GgmlBase = ReturnType<typeof dlopen<typeof GGML_BASE>>["symbols"];

/** The functions. */
export class NativeLibrary {
  readonly glue: Glue;
  readonly llama: Llama;
  readonly #ggml: Ggml & GgmlBase;

  private constructor(folder: string) {
    const file = libraryIn(folder, "llama");
    this.glue = cc({ source: path.join(import.meta.dir, "native.c"), symbols: GLUE }).symbols;
    // Before anything else opens it: a second library beside the addon's would know nothing of its contexts.
    if (this.glue.bind(ptr(text(file))) === 0) throw new Error(`${file} is not what is loaded`);
    this.llama = dlopen(file, LLAMA).symbols;
    const { symbols: ggml } = dlopen(libraryIn(folder, "ggml"), GGML);
    this.#ggml = { ...ggml, ...dlopen(libraryIn(folder, "ggml-base"), GGML_BASE).symbols };
  }

  /** Opens it, once. */
  static readonly open = once(() => new NativeLibrary(installedFolder()));

  /** The address of `llama_context`. 0: it is not where it is expected, or this process may not look. */
  addressOf(context: LlamaContext): number {
    const parts = context as unknown as { readonly _ctx: unknown };
    const { _model } = context.model as unknown as { readonly _model: unknown };
    const model = this.#modelIn(this.#words(_model));
    if (model === undefined) return 0;
    // The first thing in a context is its model. What is no address is only read by the kernel, which says so.
    const memory = ownMemory();
    if (memory === undefined) return 0;
    try {
      const found = this.#words(parts._ctx).find((word) => firstOf(memory, word) === model);
      return Number(found ?? 0n);
    } finally {
      closeSync(memory);
    }
  }

  /** Threads that stay. They sleep while there is nothing to do. */
  newThreadPool(threads: number): Pointer | null {
    const params = new Uint8Array(POOL_BYTES);
    this.#ggml.ggml_threadpool_params_init(ptr(params), threads);
    new DataView(params.buffer).setUint32(POLL_AT, 0, true);
    return this.#ofProcessor("ggml_threadpool_new")(ptr(params));
  }

  freeThreadPool(pool: Pointer): void {
    this.#ofProcessor("ggml_threadpool_free")(pool);
  }

  /** A function of the library that was chosen for this processor. */
  #ofProcessor(name: string): (argument: Pointer) => Pointer | null {
    const device = this.#ggml.ggml_backend_dev_by_type(CPU);
    const registry = device && this.#ggml.ggml_backend_dev_backend_reg(device);
    const found =
      registry && this.#ggml.ggml_backend_reg_get_proc_address(registry, ptr(text(name)));
    if (!found) throw new Error(`There is no ${name}`);
    const call: CallableFunction = CFunction({ ptr: found, args: [pointer], returns: pointer });
    return call as (argument: Pointer) => Pointer | null;
  }

  /** `llama_model`: what its vocabulary lies in, and the vocabulary's address follows. */
  #modelIn(words: readonly bigint[]): bigint | undefined {
    return words.find(
      (word, at) => isAddress(word) && this.llama.llama_model_get_vocab(word) === words[at + 1],
    );
  }

  #words(object: unknown): readonly bigint[] {
    const at = Number(this.glue.inside(undefined, object)) as Pointer;
    if (!at) return [];
    return Array.from({ length: WORDS_MAX }, (_, word) => read.u64(at, word * 8));
  }
}

function isAddress(word: bigint): boolean {
  return word >= ADDRESS_MIN && word < ADDRESS_MAX && word % 8n === 0n;
}

/** The memory of this process. `undefined`: one that may not be looked into, or there is no `/proc`. */
function ownMemory(): number | undefined {
  try {
    return openSync("/proc/self/mem", "r");
  } catch {
    return undefined;
  }
}

/** The first word at an address. */
function firstOf(memory: number, address: bigint): bigint | undefined {
  if (!isAddress(address)) return undefined;
  const word = new BigUint64Array(1);
  try {
    readSync(memory, new Uint8Array(word.buffer), 0, 8, address);
    return word[0];
  } catch {
    return undefined;
  }
}

function text(value: string): Uint8Array {
  return Buffer.from(`${value}\0`);
}

/** What is made is made once; what can not be made is not tried again. */
function once<T>(make: () => T): () => T | undefined {
  let made: { readonly value: T | undefined } | undefined;
  return () => {
    if (made === undefined) {
      made = { value: undefined };
      try {
        made = { value: make() };
      } catch {
        // Another build of the library: the addon can all of it, only slower.
      }
    }
    return made.value;
  };
}
