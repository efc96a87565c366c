/**
 * A context of llama.cpp without the addon between: whoever writes gets the next token in the same call that decodes the
 * last one, and threads stay between decodes. Knows sequences, positions and tokens.
 */
import { type Pointer, ptr } from "bun:ffi";
import type { LlamaContext, Token } from "node-llama-cpp";
import { type NativeLibrary, NativeLibrary as Library, SEQUENCES_MAX } from "./native_library.ts";
import type { Sampling } from "../sampling.ts";

/** As node-llama-cpp's own sampling has it. */
const TOP_K = 40;
const TOP_P = 0.95;
const KEEP_MIN = 1n;
/** `llama_sampler_chain_params.no_perf`. */
const UNTIMED = 1;

/** How the next tokens of one answer are chosen. */
export interface NativeSampler {
  readonly address: bigint;
  readonly free: () => void;
}

/** One token of a sequence, the next of which is wanted. */
export interface NativePart {
  readonly sequence: number;
  readonly position: number;
  readonly token: number;
  readonly sampler: NativeSampler;
}

/** One context. Nothing else may decode in it at the same time. */
export class NativeContext {
  readonly #library: NativeLibrary;
  readonly #context: LlamaContext;
  readonly #inside: number;
  readonly #threadsMax: number;
  #pool: Pointer | null = null;
  #attached = false;
  readonly #sequences = new Int32Array(SEQUENCES_MAX);
  readonly #positions = new Int32Array(SEQUENCES_MAX);
  readonly #tokens = new Int32Array(SEQUENCES_MAX);
  readonly #samplers = new BigUint64Array(SEQUENCES_MAX);

  private constructor(library: NativeLibrary, context: LlamaContext, threadsMax: number) {
    this.#library = library;
    this.#context = context;
    this.#inside = library.addressOf(context);
    this.#threadsMax = threadsMax;
  }

  /** The inside of a context on the CPU. `undefined`: it can not be reached, only the addon can. */
  static of(context: LlamaContext, threadsMax: number): NativeContext | undefined {
    if (process.platform !== "linux") return undefined;
    const library = Library.open();
    if (library === undefined) return undefined;
    const native = new NativeContext(library, context, threadsMax);
    return native.#inside === 0 ? undefined : native;
  }

  /** @throws when the context is gone: what was there is not to be touched */
  get #address(): number {
    if (this.#context.disposed) throw new Error("The context is closed");
    return this.#inside;
  }

  /** Several threads stay between decodes; one is whoever decodes. */
  keepThreads(threads: number): void {
    const wanted = threads > 1;
    if (wanted === this.#attached) return;
    const address = this.#address;
    if (wanted) {
      this.#pool ??= this.#library.newThreadPool(this.#threadsMax);
      this.#library.llama.llama_attach_threadpool(address, this.#pool, this.#pool);
    } else this.#library.llama.llama_detach_threadpool(address);
    this.#attached = wanted;
  }

  /** Whoever makes one frees it. */
  newSampler({ temperature, topP = TOP_P, seed = 0 }: Sampling): NativeSampler {
    const { llama } = this.#library;
    const chain = llama.llama_sampler_chain_init(UNTIMED);
    const parts =
      temperature <= 0
        ? [llama.llama_sampler_init_greedy()]
        : [
            llama.llama_sampler_init_top_k(TOP_K),
            llama.llama_sampler_init_top_p(topP, KEEP_MIN),
            llama.llama_sampler_init_temp(temperature),
            llama.llama_sampler_init_dist(seed),
          ];
    for (const part of parts) llama.llama_sampler_chain_add(chain, part);
    return { address: chain, free: () => llama.llama_sampler_free(chain) };
  }

  /** Chooses from the logits at `index` of the last decode, whoever did that. */
  sample(index: number, { address }: NativeSampler): Token {
    return this.#library.llama.llama_sampler_sample(address, this.#address, index) as Token;
  }

  /**
   * Decodes one token of each, and says what follows each; valid until the next call. It blocks.
   * @throws when there is no room, or the library fails
   */
  step(parts: readonly NativePart[]): Int32Array {
    let at = 0;
    for (const { sequence, position, token, sampler } of parts) {
      this.#sequences[at] = sequence;
      this.#positions[at] = position;
      this.#tokens[at] = token;
      this.#samplers[at++] = sampler.address;
    }
    const code = this.#library.glue.step(
      this.#address,
      at,
      ptr(this.#sequences),
      ptr(this.#positions),
      ptr(this.#tokens),
      ptr(this.#samplers),
    );
    if (code === 1) throw new Error("There is no room for another token in the context");
    if (code !== 0) throw new Error(`llama.cpp can not decode (${code})`);
    return this.#tokens;
  }

  /** Ends its threads. The context must be gone. */
  close(): void {
    if (this.#pool !== null) this.#library.freeThreadPool(this.#pool);
    this.#pool = null;
  }
}
