/**
 * A model whose file has to be brought first, from wherever. Until it is there it says how far that is, and refuses
 * requests: nobody waits an hour for an answer. Knows neither files nor the network.
 */
import { Answer } from "./answer.ts";
import { type ModelOptions, startModel } from "./client.ts";
import { noLanes } from "./queue.ts";
import type { Embedded, Model } from "../ports.ts";
import { isMoultError, MoultError, messageOf } from "../../schemas/error.ts";
import type { GenerateRequest, ModelStatus } from "../../schemas/model.ts";

/**
 * Brings the model's file; resolves with its path. `tell` takes what it is doing, for people. A rejection whose
 * `details.retry` is true is tried again later.
 */
export type PrepareModel = (tell: (doing: string) => void, signal: AbortSignal) => Promise<string>;

/** Between two tries when the network is down. */
const AGAIN_MS = 60_000;
/** Listeners hear that it goes on this often; `status()` always knows. */
const TELL_MS = 10_000;

/** Starts a model as `startModel` does, after `prepare` when there is one. Returns at once. */
export function startPrepared(options: ModelOptions, prepare: PrepareModel | undefined): Model {
  if (prepare === undefined) return startModel(options);
  const model = new PreparedModel(options, prepare);
  model.start();
  return model;
}

class PreparedModel implements Model {
  readonly #options: ModelOptions;
  readonly #prepare: PrepareModel;
  readonly #listeners = new Set<(status: ModelStatus) => void>();
  readonly #abort = new AbortController();
  /** The model itself, once its file is there. */
  #model: Model | undefined;
  #status: ModelStatus;
  #again: NodeJS.Timeout | undefined;
  #told = { doing: "", at: 0 };

  constructor(options: ModelOptions, prepare: PrepareModel) {
    this.#options = options;
    this.#prepare = prepare;
    if (options.onState !== undefined) this.#listeners.add(options.onState);
    this.#status = {
      state: "loading",
      reason: "its file is not here yet",
      coming: true,
      name: options.path,
      contextTokens: options.contextTokens ?? 0,
      slots: options.slots,
      threads: options.threads ?? 0,
      embedded: options.embedded,
      loadMs: 0,
      queued: noLanes(),
      running: 0,
      restarts: 0,
      pid: 0,
    };
  }

  start(): void {
    const { signal } = this.#abort;
    this.#prepare((doing) => this.#update("loading", doing), signal).then(
      (path) => this.#ready(path),
      (error: unknown) => this.#failed(error),
    );
  }

  generate(request: GenerateRequest, signal?: AbortSignal): ReturnType<Model["generate"]> {
    if (this.#model !== undefined) return this.#model.generate(request, signal);
    const answer = new Answer(() => {});
    answer.fail(this.#refusal());
    return answer;
  }

  async embed(...asked: Parameters<NonNullable<Model["embed"]>>): Promise<Embedded> {
    if (this.#model?.embed === undefined) throw this.#refusal();
    return await this.#model.embed(...asked);
  }

  status(): ModelStatus {
    return this.#model?.status() ?? this.#status;
  }

  watch(listener: (status: ModelStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  forget(session: string): void {
    this.#model?.forget?.(session);
  }

  async close(): Promise<void> {
    clearTimeout(this.#again);
    this.#abort.abort(new MoultError("model/unavailable", "moult is shutting down"));
    if (this.#model !== undefined) return await this.#model.close();
    this.#update("stopped", "moult is shutting down");
  }

  #refusal(): MoultError {
    const { state, reason } = this.#status;
    const text =
      state === "loading" ? `The model is not here yet: ${reason}; ask again later` : reason;
    return new MoultError("model/unavailable", text ?? "There is no model");
  }

  #ready(path: string): void {
    if (this.#abort.signal.aborted) return;
    this.#model = startModel({ ...this.#options, path, onState: (status) => this.#tell(status) });
    this.#tell(this.#model.status());
  }

  #failed(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    const reason = messageOf(error);
    this.#options.log.error({ error }, "The model's file cannot be brought");
    const later = isMoultError(error) && error.details?.["retry"] === true;
    if (later) this.#again = setTimeout(() => this.start(), AGAIN_MS);
    this.#update("failed", later ? `${reason}. It is tried again every minute` : reason);
  }

  #update(state: ModelStatus["state"], reason: string): void {
    if (this.#status.state === state && this.#status.reason === reason) return;
    this.#status = { ...this.#status, state, reason };
    const doing = `${state} ${reason.replaceAll(/\d+/g, "")}`;
    const now = performance.now();
    if (doing === this.#told.doing && now - this.#told.at < TELL_MS) return;
    this.#told = { doing, at: now };
    this.#tell(this.#status);
  }

  #tell(status: ModelStatus): void {
    for (const listener of this.#listeners) listener(status);
  }
}
