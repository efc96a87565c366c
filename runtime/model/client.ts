/**
 * The daemon's side of the model host: keeps it running, hands it requests and hands back their events.
 * Knows processes and frames; knows no engine.
 */
import { refusalOf } from "./admission.ts";
import { Answer } from "./answer.ts";
import type { Device } from "./device.ts";
import { Embedding, textsRefusal } from "./embedding.ts";
import type { EngineOptions } from "./engine.ts";
import { BEAT_MS, type FromHost } from "./frames.ts";
import { engineOptions, nameOf } from "./engine_options.ts";
import { DeviceWatch } from "./governing.ts";
import type { Governing, GovernorOptions } from "./governor.ts";
import { type Pending, pendingAnswer, pendingVectors, type Wanted } from "./pending.ts";
import { type HostProcess, spawnHost } from "./process.ts";
import { noLanes } from "./queue.ts";
import { forgetStates } from "./kv_files.ts";
import { KvCounts, recordDone, watchLoad } from "./metrics.ts";
import { backOffMs } from "../back_off.ts";
import type { Embedded, Exit, Log, Meter, Model } from "../ports.ts";
import { fromWire, MoultError, type WireError } from "../../schemas/error.ts";
import type { GenerateEvent, GenerateRequest, Lane, ModelStatus } from "../../schemas/model.ts";

/** Pause before a restart: doubles with each crash in a row. */
const RESTART = { firstMs: 100, maxMs: 30_000 };
/** A host that lived this long has recovered: the next crash counts as the first. */
const HEALTHY_MS = 60_000;
/** After this many crashes in a row while loading, requests no longer wait for the next try. */
const LOAD_CRASHES_MAX = 3;
/** A busy host that says nothing for this long hangs. */
const SILENT_MS_MAX = 15 * BEAT_MS;
/** `close()` kills the host after this long; it has its own shorter limits for draining and disposing. */
const CLOSE_MS_MAX = 5_000;
/** Silent second try of a request whose host died before it answered anything. */
const TRIES_MAX = 2;

/** What the model needs. */
export interface ModelOptions extends EngineOptions {
  /** Absolute path of the host's entry file, which names the engine. */
  readonly hostEntry: string;
  readonly log: Log;
  readonly meter: Meter;
  readonly onState?: (status: ModelStatus) => void;
  /** Share of slots and queue that only interactive requests may use. @default 0.3 */
  readonly headroom?: number;
  /** The machine it works on. @default nobody looks how that is */
  readonly device?: Device;
  /** When the machine is spared. */
  readonly governor?: GovernorOptions;
  /** Told when it is slowed down to spare the machine, or no longer. */
  readonly onGoverned?: (governing: Governing) => void;
}

/** Starts the model host, in the background, and returns at once. The model loads while requests wait. */
export function startModel(options: ModelOptions): Model {
  const client = new ModelClient(options);
  // A process takes its time to start: whoever starts the model, and is to listen next, goes first.
  setImmediate(() => client.start());
  return client;
}

class ModelClient implements Model {
  readonly #options: ModelOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(status: ModelStatus) => void>();
  readonly #kv: KvCounts;
  readonly #device: DeviceWatch | undefined;
  #host: HostProcess | undefined;
  #status: ModelStatus;
  #lastId = 0;
  #crashes = 0;
  #loadCrashes = 0;
  #spawnedAt = 0;
  #heardAt = 0;
  #restart: NodeJS.Timeout | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ModelOptions) {
    this.#options = options;
    if (options.onState !== undefined) this.#listeners.add(options.onState);
    this.#status = {
      state: "loading",
      name: nameOf(options),
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
    watchLoad(options.meter, () => this.#status);
    const { governor = {}, meter, provider } = options;
    // What works elsewhere does not warm this machine.
    const device = provider === undefined ? options.device : undefined;
    const onChange = (governing: Governing): void => this.#governed(governing);
    this.#device = device && new DeviceWatch({ device, options: governor, meter, onChange });
    this.#kv = new KvCounts(options.meter);
  }

  start(): void {
    if (this.#closing !== undefined) return;
    const { hostEntry, log } = this.#options;
    this.#spawnedAt = this.#heardAt = performance.now();
    let failed = false;
    const host = spawnHost(
      hostEntry,
      (frame) => {
        this.#heardAt = performance.now();
        failed ||= frame.type === "failed";
        this.#receive(frame);
      },
      log,
    );
    this.#host = host;
    this.#update({ pid: host.pid });
    void host.exited.then((exit) => this.#exited(exit, failed));
    host.send({ type: "start", options: engineOptions(this.#options) });
    for (const pending of this.#pending.values()) this.#submit(pending);
  }

  generate(request: GenerateRequest, signal?: AbortSignal): Answer {
    const id = ++this.#lastId;
    const answer = new Answer(() => this.#cancel(id));
    this.#begin(pendingAnswer(this.#wanted(id, signal), request, answer), signal);
    return answer;
  }

  embed(texts: readonly string[], signal?: AbortSignal, lane: Lane = "api"): Promise<Embedded> {
    const refusal = textsRefusal(texts);
    if (refusal !== undefined) return Promise.reject(refusal);
    const embedding = new Embedding(texts);
    const wanted = this.#wanted(++this.#lastId, signal);
    if (texts.length > 0) this.#begin(pendingVectors(wanted, lane, embedding), signal);
    return embedding.promise;
  }

  status(): ModelStatus {
    const governed = this.#device?.governed();
    return governed === undefined ? this.#status : { ...this.#status, governed };
  }

  watch(listener: (status: ModelStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  forget(session: string): void {
    this.#host?.send({ type: "forget", session });
    // A host that just starts, or restarts, hears nothing.
    if (this.#options.kv !== undefined) forgetStates(this.#options.kv.folder, session);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#restart);
    this.#rest();
    this.#failAll(new MoultError("model/unavailable", "moult is shutting down"));
    this.#update({ state: "stopped", reason: "moult is shutting down" });
    const host = this.#host;
    if (host === undefined) return;
    host.send({ type: "close" });
    const timer = setTimeout(() => host.kill(), CLOSE_MS_MAX);
    await host.exited;
    clearTimeout(timer);
  }

  /** Why a request can not even wait. */
  #refusal(lane: Lane): MoultError | undefined {
    const { state, reason } = this.#status;
    if (state === "failed" || state === "stopped")
      return new MoultError("model/unavailable", reason ?? "There is no model");
    const asked = Array.from(this.#pending.values(), (pending) => pending.lane);
    return refusalOf(lane, asked, this.#status, this.#options.headroom);
  }

  #governed(governing: Governing): void {
    this.#host?.send({ type: "limit", limits: governing.limits });
    this.#options.onGoverned?.(governing);
  }

  #wanted(id: number, signal: AbortSignal | undefined): Wanted {
    return { id, signal, onAbort: () => this.#cancel(id) };
  }

  #begin(pending: Pending, signal: AbortSignal | undefined): void {
    const refusal = this.#refusal(pending.lane);
    if (refusal !== undefined) {
      pending.release();
      return pending.fail(refusal);
    }
    this.#pending.set(pending.id, pending);
    if (signal?.aborted === true) this.#endCancelled(pending);
    else this.#submit(pending);
  }

  #submit(pending: Pending): void {
    if (this.#host === undefined) return;
    pending.tries++;
    this.#host.send(pending.frame());
    this.#watch();
  }

  #cancel(id: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined || pending.cancelled) return;
    pending.cancelled = true;
    this.#host?.send({ type: "cancel", id });
    // An answer says how it ended; vectors that nobody wants need not.
    if (this.#host === undefined || pending.embedding !== undefined) this.#endCancelled(pending);
  }

  #endCancelled(pending: Pending): void {
    this.#settle(pending);
    pending.endCancelled();
  }

  #receive(frame: FromHost): void {
    switch (frame.type) {
      case "ready":
        return this.#ready(frame);
      case "waiting":
        return this.#waits(frame.reason);
      case "failed":
        return this.#giveUp(frame.reason);
      case "event":
        return this.#event(this.#pending.get(frame.id), frame.event);
      case "error":
        return this.#refused(this.#pending.get(frame.id), frame.error);
      case "vector": {
        const pending = this.#pending.get(frame.id);
        if (pending?.embedding?.push(frame.vector, frame.tokens) !== true) return;
        return this.#settle(pending);
      }
      case "load":
        return this.#loaded(frame);
      case "beat":
        return;
    }
  }

  #refused(pending: Pending | undefined, error: WireError): void {
    if (pending === undefined) return;
    this.#settle(pending);
    pending.fail(fromWire(error));
  }

  #ready({ info, loadMs }: Extract<FromHost, { type: "ready" }>): void {
    this.#loadCrashes = 0;
    this.#device?.loaded(info);
    const limits = this.#device?.governing?.limits;
    if (limits !== undefined) this.#host?.send({ type: "limit", limits });
    this.#update({ ...info, loadMs, state: "ready" });
  }

  #loaded({ queued, running, waitMs, stats }: Extract<FromHost, { type: "load" }>): void {
    this.#status = { ...this.#status, queued, running, ...(waitMs !== undefined && { waitMs }) };
    if (stats !== undefined) this.#kv.take(stats);
  }

  #event(pending: Pending | undefined, event: GenerateEvent): void {
    if (pending === undefined) return;
    if (event.type !== "queued") pending.delivered = true;
    if (event.type === "done") {
      this.#settle(pending);
      const seconds = (performance.now() - pending.startedAt) / 1_000;
      recordDone(this.#options.meter, event, seconds);
    }
    pending.answer?.push(event);
  }

  #settle(pending: Pending): void {
    pending.release();
    this.#pending.delete(pending.id);
  }

  #failAll(error: MoultError): void {
    for (const pending of this.#pending.values()) {
      this.#settle(pending);
      pending.fail(error);
    }
  }

  #exited(exit: Exit & { readonly stderr: string }, failed: boolean): void {
    this.#host = undefined;
    this.#kv.reset();
    this.#rest();
    const idle = { queued: noLanes(), running: 0, pid: 0 };
    if (this.#closing !== undefined || failed) return this.#update(idle);
    const loading = this.#status.state === "loading";
    if (performance.now() - this.#spawnedAt >= HEALTHY_MS) this.#crashes = 0;
    this.#crashes++;
    if (loading) this.#loadCrashes++;
    const how = exit.signal ?? `exit code ${exit.code}`;
    this.#options.log.error({ ...exit, crashes: this.#crashes }, `The model host ended by ${how}`);
    this.#endCrashed(loading);
    this.#restart = setTimeout(() => this.start(), backOffMs(this.#crashes, RESTART));
    const restarts = this.#status.restarts + 1;
    if (this.#loadCrashes < LOAD_CRASHES_MAX) {
      const reason = `The model host ended by ${how} and restarts`;
      return this.#update({ ...idle, restarts, state: "loading", reason });
    }
    this.#update({ ...idle, restarts });
    this.#giveUp(
      `The model host crashes while it loads "${this.#status.name}" (${how}); try another model file or more memory`,
    );
  }

  /** Ends what can not be tried again; the rest waits for the next host. */
  #endCrashed(loading: boolean): void {
    for (const pending of this.#pending.values()) {
      // A host that died before it was ready never began the request.
      if (loading) pending.tries--;
      if (pending.cancelled) this.#endCancelled(pending);
      else if (pending.delivered || pending.tries >= TRIES_MAX) {
        this.#settle(pending);
        pending.fail(
          new MoultError("model/unavailable", "The model host crashed and restarts; try again", {
            restarting: true,
          }),
        );
      }
    }
  }

  /** Nobody is kept waiting for what may take for ever. */
  #waits(reason: string): void {
    const error = new MoultError("model/unavailable", reason, { restarting: false });
    for (const pending of this.#pending.values()) {
      // An answer that comes may well come to its end.
      if (pending.delivered) continue;
      this.#host?.send({ type: "cancel", id: pending.id });
      this.#settle(pending);
      pending.fail(error);
    }
    this.#update({ state: "failed", reason });
  }

  #giveUp(reason: string): void {
    this.#failAll(new MoultError("model/unavailable", reason, { restarting: false }));
    this.#update({ state: "failed", reason });
  }

  /** Kills a host that is busy and silent. Runs only while something is asked of it. */
  #watch(): void {
    this.#device?.work();
    this.#watchdog ??= setInterval(() => {
      if (this.#pending.size === 0) {
        this.#rest();
      } else if (performance.now() - this.#heardAt > SILENT_MS_MAX) {
        this.#options.log.error({ pid: this.#status.pid }, "The model host hangs and is killed");
        this.#host?.kill();
      }
    }, BEAT_MS);
  }

  #rest(): void {
    clearInterval(this.#watchdog);
    this.#watchdog = undefined;
    this.#device?.rest();
  }

  #update(change: Partial<ModelStatus>): void {
    const { reason, ...before } = this.#status;
    // A reason belongs to its state; a new state brings its own or has none.
    const kept = change.state === undefined && reason !== undefined ? { reason } : {};
    const status: ModelStatus = { ...before, ...kept, ...change };
    const changed = status.state !== this.#status.state || status.reason !== this.#status.reason;
    this.#status = status;
    if (changed) for (const listener of this.#listeners) listener(status);
  }
}
