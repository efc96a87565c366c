/**
 * The main thread of the model host: it queues, starts, cancels and counts, and never blocks.
 * What generates is an engine; what asks is the daemon on the other end of the IPC channel.
 */
import { type Engine, type EngineAnswer, NO_USAGE, type Sink, type StartEngine } from "./engine.ts";
import { BEAT_MS, type FromHost, isToHost, type ToHost } from "./frames.ts";
import { LaneQueue } from "./queue.ts";
import { isMoultError, MoultError, toWire } from "../../schemas/error.ts";
import type { GenerateRequest } from "../../schemas/model.ts";

/** Requests near the head are told their position again whenever it changes. */
const POSITIONS_TOLD = 8;
/** A cancelled request is answered after this long even if native work still holds its slot. */
const CANCEL_MS_MAX = 250;
/** Running requests get this long to stop, and then the engine this long to free its memory, before the hard exit. */
const DRAIN_MS_MAX = 1_500;
const DISPOSE_MS_MAX = 2_000;
/** Last frames need a moment to leave the process. */
const FLUSH_MS = 50;

/** How a host ends. */
type Ending = typeof CLEAN | typeof FAILED | typeof STUCK;
const CLEAN = 0;
const FAILED = 1;
const STUCK = 2;

/** One request inside the host. */
interface Job {
  readonly id: number;
  readonly request: GenerateRequest;
  readonly abort: AbortController;
  readonly receivedAt: number;
  /** Last position told; 0 = none. */
  position: number;
  /** Nothing may be sent for it any more. */
  ended: boolean;
}

/** The queue and the engine of one model host. */
export class ModelHost {
  readonly #startEngine: StartEngine;
  readonly #send: (frame: FromHost) => void;
  readonly #exit: (ending: Ending) => void;
  readonly #queue = new LaneQueue<Job>();
  readonly #jobs = new Map<number, Job>();
  readonly #running = new Set<Promise<void>>();
  #engine: Engine | undefined;
  #beat: NodeJS.Timeout | undefined;
  #loadTold = true;
  #closing = false;

  constructor(
    startEngine: StartEngine,
    send: (frame: FromHost) => void,
    exit: (ending: Ending) => void,
  ) {
    this.#startEngine = startEngine;
    this.#send = send;
    this.#exit = exit;
  }

  /** Takes one frame of the daemon. */
  receive(frame: ToHost): void {
    switch (frame.type) {
      case "start":
        return void this.#start(frame.options);
      case "generate":
        return this.#enqueue(frame.id, frame.request);
      case "cancel":
        return this.#cancel(frame.id);
      case "close":
        return void this.#close();
    }
  }

  async #start(options: Extract<ToHost, { type: "start" }>["options"]): Promise<void> {
    const startedAt = performance.now();
    try {
      this.#engine = await this.#startEngine(options);
    } catch (error) {
      const reason = isMoultError(error)
        ? error.message
        : `The model does not load: ${String(error)}`;
      this.#send({ type: "failed", reason });
      return this.#exit(FAILED);
    }
    const loadMs = Math.round(performance.now() - startedAt);
    this.#send({ type: "ready", info: this.#engine.info, loadMs });
    this.#pump();
    this.#tellPositions();
  }

  #enqueue(id: number, request: GenerateRequest): void {
    const job: Job = {
      id,
      request,
      abort: new AbortController(),
      receivedAt: performance.now(),
      position: 0,
      ended: false,
    };
    if (this.#closing) return this.#fail(job, new MoultError("model/unavailable", "Shutting down"));
    if (!this.#queue.push(request.lane, job)) {
      const text = `The ${request.lane} lane of the model is full; try again later`;
      return this.#fail(job, new MoultError("queue/full", text, { lane: request.lane }));
    }
    this.#jobs.set(id, job);
    this.#pump();
    this.#tellPositions();
  }

  /** Starts as many waiting requests as there are free slots. */
  #pump(): void {
    const engine = this.#engine;
    for (;;) {
      if (engine === undefined || this.#running.size >= engine.info.slots) break;
      const job = this.#queue.take();
      if (job === undefined) break;
      const run: Promise<void> = this.#run(engine, job).finally(() => {
        this.#running.delete(run);
        this.#pump();
        this.#tellPositions();
      });
      this.#running.add(run);
    }
    this.#tellLoad();
  }

  async #run(engine: Engine, job: Job): Promise<void> {
    const queueMs = performance.now() - job.receivedAt;
    const sink: Sink = {
      token: (text) => this.#emit(job, { type: "token", text }),
      call: (call) => this.#emit(job, { type: "tool_call", call }),
    };
    try {
      this.#done(job, await engine.generate(job.request, sink, job.abort.signal), queueMs);
    } catch (error) {
      if (!isMoultError(error)) process.stderr.write(`model request failed: ${describe(error)}\n`);
      this.#fail(job, error);
    }
  }

  #done(job: Job, answer: EngineAnswer, queueMs: number): void {
    const { promptHash, usage } = answer;
    const finish = job.abort.signal.aborted ? "cancelled" : answer.finish;
    const firstTokenMs = usage.completionTokens > 0 ? queueMs + usage.prefillMs : 0;
    this.#emit(job, {
      type: "done",
      finish,
      promptHash,
      usage: {
        ...usage,
        queueMs: tenths(queueMs),
        prefillMs: tenths(usage.prefillMs),
        decodeMs: tenths(usage.decodeMs),
        firstTokenMs: tenths(firstTokenMs),
      },
    });
  }

  #emit(job: Job, event: Extract<FromHost, { type: "event" }>["event"]): void {
    if (job.ended) return;
    if (event.type === "done") this.#end(job);
    this.#send({ type: "event", id: job.id, event });
  }

  #fail(job: Job, error: unknown): void {
    if (job.ended) return;
    this.#end(job);
    this.#send({ type: "error", id: job.id, error: toWire(error) });
  }

  #end(job: Job): void {
    job.ended = true;
    this.#jobs.delete(job.id);
  }

  #cancel(id: number): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    job.abort.abort();
    const cancelled = {
      type: "done",
      finish: "cancelled",
      promptHash: "",
      usage: NO_USAGE,
    } as const;
    if (this.#queue.remove(job.request.lane, job)) {
      this.#emit(job, cancelled);
      this.#tellPositions();
      return this.#tellLoad();
    }
    // A long prefill can not be interrupted; whoever cancelled need not wait for it.
    setTimeout(() => this.#emit(job, cancelled), CANCEL_MS_MAX).unref();
  }

  #tellPositions(): void {
    for (const [index, job] of this.#queue.waiting().entries()) {
      const position = index + 1;
      if (position > POSITIONS_TOLD && job.position > 0) continue;
      if (job.position === position) continue;
      job.position = position;
      this.#emit(job, { type: "queued", position });
    }
  }

  /** Tells the daemon how many wait and run, once per tick, and beats while there are any. */
  #tellLoad(): void {
    if (!this.#loadTold) return;
    this.#loadTold = false;
    setImmediate(() => {
      this.#loadTold = true;
      this.#send({ type: "load", queued: this.#queue.lengths(), running: this.#running.size });
      const busy = this.#jobs.size > 0 || this.#running.size > 0;
      if (busy) this.#beat ??= setInterval(() => this.#send({ type: "beat" }), BEAT_MS);
      else {
        clearInterval(this.#beat);
        this.#beat = undefined;
      }
    });
  }

  async #close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    for (const job of this.#queue.waiting()) this.#cancel(job.id);
    for (const job of this.#jobs.values()) job.abort.abort();
    await Promise.race([Promise.allSettled(this.#running), Bun.sleep(DRAIN_MS_MAX)]);
    // Disposing while native work still runs is what crashes; then the exit alone frees the memory.
    const drained = this.#running.size === 0;
    if (!drained) return this.#exit(STUCK);
    const closed = Promise.resolve(this.#engine?.close()).then((): Ending => CLEAN);
    const stuck = Bun.sleep(DISPOSE_MS_MAX).then((): Ending => STUCK);
    this.#exit(await Promise.race([closed, stuck]));
  }
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Makes this process a model host: takes frames from its parent, and ends with it. */
export function runModelHost(startEngine: StartEngine): void {
  const exit = (ending: Ending): void => {
    // SIGKILL to oneself where native threads may be busy: their teardown at a normal exit can hang or abort.
    const end =
      ending === STUCK ? () => process.kill(process.pid, "SIGKILL") : () => process.exit(ending);
    setTimeout(end, FLUSH_MS);
  };
  const host = new ModelHost(startEngine, (frame) => process.send?.(frame), exit);
  process.on("message", (frame: unknown) => {
    if (isToHost(frame)) host.receive(frame);
  });
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  // The daemon decides when the host ends; a Ctrl-C in the terminal reaches both.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => host.receive({ type: "close" }));
}
