/** The llama.cpp engine as the model host sees it: requests go to one Worker, answers come back. */
import type { FromWorker, ToWorker } from "./worker_frames.ts";
import type {
  Engine,
  EngineAnswer,
  EngineInfo,
  EngineLimits,
  EngineOptions,
  EngineStats,
  Sink,
} from "../../runtime/model/engine.ts";
import type { Embedded } from "../../runtime/ports.ts";
import { fromWire, MoultError } from "../../schemas/error.ts";
import type { GenerateRequest } from "../../schemas/model.ts";

/** While the Worker has work it must answer at least this often; native work does not keep it from that. */
const PING_MS = 5_000;
const SILENT_MS_MAX = 60_000;

/** What the Worker works on: an answer, or vectors. */
interface Running {
  readonly sink: Sink;
  readonly answered: (answer: EngineAnswer) => void;
  readonly embedded: (embedded: Embedded) => void;
  readonly reject: (error: Error) => void;
}

/** What comes although it was not asked for goes nowhere. */
const NOBODY = { sink: { token() {}, call() {} }, answered() {}, embedded() {} };

/** Loads a GGUF model in a Worker. */
export async function startLlama(options: EngineOptions): Promise<Engine> {
  const engine = new LlamaEngine();
  await engine.load(options);
  return engine;
}

class LlamaEngine implements Engine {
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url).href, {
    smol: true,
    preload: [new URL("./unneeded.ts", import.meta.url).href],
  });
  readonly #running = new Map<number, Running>();
  readonly #listening = Promise.withResolvers<void>();
  readonly #loaded = Promise.withResolvers<EngineInfo>();
  readonly #closed = Promise.withResolvers<void>();
  #info: EngineInfo | undefined;
  #stats: EngineStats | undefined;
  #lastId = 0;
  #heardAt = 0;
  #pings: NodeJS.Timeout | undefined;

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<readonly FromWorker[]>) => {
      for (const frame of data) this.#receive(frame);
    });
    this.#worker.addEventListener("error", (event) =>
      die(`the model worker died: ${event.message}`),
    );
  }

  get info(): EngineInfo {
    if (this.#info === undefined) throw new TypeError("The model is not loaded");
    return this.#info;
  }

  async load(options: EngineOptions): Promise<void> {
    await this.#listening.promise;
    this.#send({ type: "load", options });
    this.#info = await this.#loaded.promise;
  }

  generate(request: GenerateRequest, sink: Sink, signal: AbortSignal): Promise<EngineAnswer> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<EngineAnswer>();
    const release = this.#begin({ type: "generate", id, request }, signal, {
      ...NOBODY,
      sink,
      answered: resolve,
      reject,
    });
    return promise.finally(release);
  }

  embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Embedded>();
    const release = this.#begin({ type: "embed", id, texts }, signal, {
      ...NOBODY,
      embedded: resolve,
      reject,
    });
    return promise.finally(release);
  }

  limit(limits: Partial<EngineLimits>): void {
    this.#send({ type: "limit", limits });
  }

  stats(): EngineStats | undefined {
    return this.#stats;
  }

  forget(session: string): void {
    this.#send({ type: "forget", session });
  }

  async close(): Promise<void> {
    this.#send({ type: "close" });
    await this.#closed.promise;
  }

  /** Has the Worker begin. Returns what is to be done when it has ended. */
  #begin(
    frame: Extract<ToWorker, { type: "generate" | "embed" }>,
    signal: AbortSignal,
    running: Running,
  ): () => void {
    const onAbort = (): void => this.#send({ type: "cancel", id: frame.id });
    this.#running.set(frame.id, running);
    this.#send(frame);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    this.#heardAt = performance.now();
    this.#pings ??= setInterval(() => this.#ping(), PING_MS);
    return () => signal.removeEventListener("abort", onAbort);
  }

  #send(frame: ToWorker): void {
    this.#worker.postMessage(frame, []);
  }

  #receive(frame: FromWorker): void {
    this.#heardAt = performance.now();
    if ("id" in frame) return this.#progress(frame, this.#running.get(frame.id));
    switch (frame.type) {
      case "listening":
        return this.#listening.resolve();
      case "loaded":
        return this.#loaded.resolve(frame.info);
      case "unloadable":
        return this.#loaded.reject(fromWire(frame.error));
      case "stats":
        this.#stats = frame.stats;
        return;
      case "pong":
        return;
      case "closed":
        return this.#closed.resolve();
    }
  }

  #progress(frame: Extract<FromWorker, { id: number }>, running: Running | undefined): void {
    if (running === undefined) return;
    switch (frame.type) {
      case "thought":
        return running?.sink?.thought?.(frame.text);
      case "token":
        return running.sink.token(frame.text);
      case "call":
        return running.sink.call(frame.call);
      case "answer":
        running.answered(frame.answer);
        return this.#ended(frame.id);
      case "embedded":
        running.embedded(frame.embedded);
        return this.#ended(frame.id);
      case "error":
        running.reject(fromWire(frame.error));
        return this.#ended(frame.id);
    }
  }

  #ended(id: number): void {
    this.#running.delete(id);
    if (this.#running.size > 0) return;
    clearInterval(this.#pings);
    this.#pings = undefined;
  }

  #ping(): void {
    if (performance.now() - this.#heardAt > SILENT_MS_MAX) die("the model worker hangs");
    this.#send({ type: "ping" });
  }
}

/** A Worker with native code can be neither ended nor replaced safely; the process can. */
function die(why: string): never {
  process.stderr.write(`${why}\n`);
  process.kill(process.pid, "SIGKILL");
  throw new MoultError("model/unavailable", why);
}
