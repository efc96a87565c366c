/**
 * One model that is loaded when somebody asks it, in a host process of its own, and ended when nobody has for a while.
 * Whether there is room for it is asked of the pool.
 */
import { basename } from "node:path";
import type { ModelOptions } from "./client.ts";
import { forgetStates } from "./kv_files.ts";
import { type PrepareModel, startPrepared } from "./prepared.ts";
import { noLanes } from "./queue.ts";
import type { Embedded, Model } from "../ports.ts";
import { MoultError } from "../../schemas/error.ts";
import type { GenerateEvent, GenerateRequest, ModelStatus } from "../../schemas/model.ts";

/** A model that could not be loaded is tried again when somebody asks this long after. */
const AGAIN_MS = 10_000;

/** How a model is loaded, without what all models share. */
export type PooledOptions = Omit<
  ModelOptions,
  "log" | "meter" | "device" | "onState" | "onGoverned"
>;

/** A model that may be asked beside the resident one. */
export interface PoolSource {
  /** What requests name. */
  readonly id: string;
  /** Unix seconds: its file's last change, or when it was configured. */
  readonly created: number;
  /** `moult` for files of this machine, else the provider's name. */
  readonly ownedBy: string;
  readonly options: PooledOptions;
  /** Brings its file before it loads. Absent: it is there. */
  readonly prepare?: PrepareModel;
  /** Milliseconds without a request after which it is ended. */
  readonly keepAliveMs: number;
  /** Bytes of memory that it takes here, about; 0 = none to speak of. Throws what is wrong with its file. */
  readonly needBytes: () => number;
}

/** What a pooled model needs of the pool. */
export interface PooledParts extends Pick<ModelOptions, "log" | "meter" | "device"> {
  /** Resolves when there is room for it; rejects, with what to do, when there is none. */
  readonly admit: (model: PooledModel) => Promise<void>;
  /** Told when it was loaded, could not be, or was ended. */
  readonly onChange: (model: PooledModel, change: "loaded" | "failed" | "ended") => void;
  /** @default 10_000 */
  readonly againMs?: number;
}

/** One of the models of the pool. */
export class PooledModel implements Model {
  /** How it is loaded the next time. */
  source: PoolSource;
  /** When it was last asked, or had answered, by `performance.now()`. */
  usedAt = 0;
  readonly #parts: PooledParts;
  readonly #listeners = new Set<(status: ModelStatus) => void>();
  /** Requests that are not answered. */
  #asked = 0;
  #model: Model | undefined;
  /** Concurrent first requests share one load. */
  #starting: Promise<Model> | undefined;
  #ending: Promise<void> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #failure: { readonly reason: string; readonly at: number } | undefined;
  #isClosed = false;

  constructor(source: PoolSource, parts: PooledParts) {
    this.source = source;
    this.#parts = parts;
  }

  /** It has a process, or is about to. */
  get isLoaded(): boolean {
    return this.#model !== undefined;
  }

  /** Nobody waits for anything of it. */
  get isIdle(): boolean {
    return this.#asked === 0;
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent> {
    const release = this.#use();
    try {
      const model = await this.#loaded();
      for await (const event of model.generate(request, signal)) {
        // Not everybody asks what comes after the end.
        if (event.type === "done") release();
        yield event;
      }
    } finally {
      release();
    }
  }

  async embed(...asked: Parameters<NonNullable<Model["embed"]>>): Promise<Embedded> {
    const release = this.#use();
    try {
      const { embed, status } = await this.#loaded().then(bound);
      if (embed !== undefined) return await embed(...asked);
      throw new MoultError("input/invalid", `The model "${status().name}" makes no embeddings`);
    } finally {
      release();
    }
  }

  status(): ModelStatus {
    if (this.#model !== undefined) return this.#model.status();
    const { path, contextTokens = 0, slots, threads = 0, embedded } = this.source.options;
    return {
      state: this.#failure === undefined ? "stopped" : "failed",
      reason: this.#failure?.reason ?? "it is loaded when somebody asks it",
      name: basename(path),
      contextTokens,
      slots,
      threads,
      embedded,
      loadMs: 0,
      queued: noLanes(),
      running: 0,
      restarts: 0,
      pid: 0,
    };
  }

  watch(listener: (status: ModelStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  forget(session: string): void {
    this.#model?.forget?.(session);
    const { kv } = this.source.options;
    if (kv !== undefined) forgetStates(kv.folder, session);
  }

  /** It is the same model, perhaps with another file or in another way. */
  renew(source: PoolSource): void {
    const { created, options } = this.source;
    const isOther = source.created !== created || source.options.path !== options.path;
    this.source = source;
    if (!isOther) return;
    this.#failure = undefined;
    if (this.isIdle) void this.unload();
  }

  /** Ends its process; the next request starts another one. */
  unload(): Promise<void> {
    clearTimeout(this.#idle);
    const model = this.#model;
    this.#model = this.#starting = undefined;
    if (model === undefined) return this.#ending;
    this.#ending = model.close().finally(() => this.#parts.onChange(this, "ended"));
    return this.#ending;
  }

  /** Ends its process for good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#starting?.catch(() => {});
    await this.unload();
  }

  /** Somebody asks. Returns what is to be called when that has ended. */
  #use(): () => void {
    clearTimeout(this.#idle);
    this.#asked++;
    this.usedAt = performance.now();
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#asked--;
      this.usedAt = performance.now();
      if (this.#asked === 0 && !this.#isClosed) this.#rest();
    };
  }

  /** Nobody asks. What is still on its way, perhaps over a network, is waited for. */
  #rest(): void {
    this.#idle = setTimeout(() => {
      if (this.#model?.status().state === "loading") this.#rest();
      else void this.unload();
    }, this.source.keepAliveMs);
  }

  #loaded(): Promise<Model> {
    const failedMs = this.#failure && performance.now() - this.#failure.at;
    const againMs = this.#parts.againMs ?? AGAIN_MS;
    if (this.#failure !== undefined && failedMs !== undefined && failedMs < againMs)
      return Promise.reject(againLater(this.#failure.reason, againMs - failedMs));
    if (this.#failure !== undefined) {
      this.#failure = undefined;
      void this.unload();
    }
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async #start(): Promise<Model> {
    await this.#ending;
    await this.#parts.admit(this);
    if (this.#isClosed) throw new MoultError("model/unavailable", "moult is shutting down");
    const { log, meter, device } = this.#parts;
    const { options, prepare } = this.source;
    const onState = (status: ModelStatus): void => this.#changed(status);
    const around = { log, meter, onState, ...(device && { device }) };
    this.#model = startPrepared({ ...options, ...around }, prepare);
    return this.#model;
  }

  #changed(status: ModelStatus): void {
    const { state, reason } = status;
    if (state === "ready") {
      this.#failure = undefined;
      this.#parts.onChange(this, "loaded");
    }
    if (state === "failed") {
      this.#failure = { reason: reason ?? "It cannot be loaded", at: performance.now() };
      this.#parts.onChange(this, "failed");
    }
    for (const listener of this.#listeners) listener(status);
  }
}

/** Methods that are called without their object. */
function bound(model: Model): Pick<Model, "embed" | "status"> {
  const status = () => model.status();
  if (model.embed === undefined) return { status };
  return { status, embed: model.embed.bind(model) };
}

function againLater(reason: string, ms: number): MoultError {
  const seconds = Math.ceil(ms / 1_000);
  return new MoultError(
    "model/unavailable",
    `${reason}. Whoever asks in ${seconds} s has it tried again`,
    { retryAfterMs: Math.ceil(ms) },
  );
}
