/**
 * The main thread of the model host: it queues, starts, cancels and counts, and never blocks.
 * What generates is an engine; what asks is the daemon on the other end of the IPC channel.
 */
import {
  Durations,
  isPatient,
  laneFull,
  makesWay,
  mayStart,
  noRoomNow,
  PEOPLE_MS,
  type Room,
} from "./admission.ts";
import {
  type Engine,
  type EngineAnswer,
  type EngineLimits,
  NO_USAGE,
  type Sink,
  type StartEngine,
} from "./engine.ts";
import { nameOf } from "./engine_options.ts";
import { BEAT_MS, type FromHost, type ToHost } from "./frames.ts";
import { type Job, newJob } from "./job.ts";
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

/** How a host ends; stuck = native work still runs. */
export type Ending = typeof CLEAN | typeof FAILED | typeof STUCK;
const CLEAN = 0;
const FAILED = 1;
export const STUCK = 2;

/** The queue and the engine of one model host. */
export class ModelHost {
  readonly #startEngine: StartEngine;
  readonly #send: (frame: FromHost) => void;
  readonly #exit: (ending: Ending) => void;
  readonly #queue = new LaneQueue<Job>();
  readonly #jobs = new Map<number, Job>();
  readonly #running = new Map<Job, Promise<void>>();
  readonly #durations = new Durations();
  /** What the model is called. */
  #name = "";
  #limits: Partial<EngineLimits> = {};
  /** When somebody asked last. */
  #personAt = -Infinity;
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
        return this.#generate(frame.id, frame.request);
      case "embed":
        return this.#embed(frame);
      case "cancel":
        return this.#cancel(frame.id);
      case "limit":
        return this.#limit(frame.limits);
      case "forget":
        return this.#engine?.forget?.(frame.session);
      case "close":
        return void this.#close();
    }
  }

  #limit(limits: Partial<EngineLimits>): void {
    this.#limits = limits;
    this.#engine?.limit?.(limits);
    this.#pump();
    this.#tellPositions();
  }

  async #start(options: Extract<ToHost, { type: "start" }>["options"]): Promise<void> {
    const startedAt = performance.now();
    this.#name = nameOf(options);
    let loadMs = 0;
    const tell = (reason: string | undefined): void => {
      if (reason !== undefined) this.#send({ type: "waiting", reason });
      else if (this.#engine) this.#send({ type: "ready", info: this.#engine.info, loadMs });
    };
    try {
      this.#engine = await this.#startEngine(options, tell);
    } catch (error) {
      const reason = isMoultError(error)
        ? error.message
        : `The model does not load: ${String(error)}`;
      this.#send({ type: "failed", reason });
      return this.#exit(FAILED);
    }
    this.#engine.limit?.(this.#limits);
    loadMs = Math.round(performance.now() - startedAt);
    tell(undefined);
    this.#pump();
    this.#tellPositions();
  }

  #generate(id: number, request: GenerateRequest): void {
    const { lane, waitMsMax } = request;
    const job: Job = {
      ...newJob(id, lane, true),
      run: (engine) => this.#answer(engine, job, request),
    };
    if (!this.#enqueue(job)) return;
    if (waitMsMax !== undefined && job.startedAt === 0)
      job.giveUp = setTimeout(() => this.#giveUp(job), waitMsMax);
  }

  #embed({ id, lane, texts }: Extract<ToHost, { type: "embed" }>): void {
    const left = [...texts];
    const job: Job = {
      ...newJob(id, lane, false),
      run: (engine) => this.#embedNext(engine, job, left),
    };
    this.#enqueue(job);
  }

  /** `false`: it cannot wait, and was told so. */
  #enqueue(job: Job): boolean {
    const { id, lane } = job;
    if (this.#closing) {
      this.#fail(job, new MoultError("model/unavailable", "Shutting down"));
      return false;
    }
    if (!this.#queue.push(lane, job)) {
      const etaMs = this.#etaMs(this.#queue.waiting().length);
      this.#fail(job, noRoomNow(laneFull(this.#name, lane), etaMs, { lane }));
      return false;
    }
    this.#jobs.set(id, job);
    if (lane === "interactive") this.#personAt = performance.now();
    this.#pump();
    this.#tellPositions();
    return true;
  }

  /** It waits no longer. What has begun goes on. */
  #giveUp(job: Job): void {
    if (!this.#queue.remove(job.lane, job)) return;
    const waitedMs = Math.round(performance.now() - job.receivedAt);
    const text = `The request has waited ${seconds(waitedMs)} for the model "${this.#name}", which is as long as it may`;
    this.#fail(job, noRoomNow(text, this.#etaMs(1), { waitedMs }));
    this.#tellPositions();
    this.#tellLoad();
  }

  /** Starts as many waiting requests as there are free slots. */
  #pump(): void {
    const engine = this.#engine;
    for (;;) {
      if (engine === undefined) break;
      const room = this.#room(engine.info.slots);
      const job = this.#queue.take((lane, due) => mayStart(lane, due, room));
      if (job === undefined) break;
      clearTimeout(job.giveUp);
      job.startedAt = performance.now();
      const run: Promise<void> = this.#run(engine, job).finally(() => {
        // What is left of it may run again already.
        if (this.#running.get(job) === run) this.#running.delete(job);
        this.#pump();
        this.#tellPositions();
      });
      this.#running.set(job, run);
    }
    if (engine !== undefined) this.#makeWay(engine.info.slots);
    this.#tellLoad();
  }

  /** Ends what nobody reads along for those that would have to wait for it. Vectors take turns anyway. */
  #makeWay(slots: number): void {
    const waiting = this.#queue.lengths();
    for (const job of this.#running.keys()) {
      if (!job.isTold || !makesWay(job.lane, waiting, slots)) continue;
      job.madeWay = true;
      job.abort.abort();
    }
  }

  #room(slots: number): Room {
    const jobs = [...this.#running.keys()];
    return {
      slots,
      limit: this.#slotsNow(slots),
      running: jobs.length,
      patient: jobs.filter(({ lane }) => isPatient(lane)).length,
      people: performance.now() - this.#personAt < PEOPLE_MS,
    };
  }

  #slotsNow(slots: number): number {
    return Math.max(1, Math.min(slots, this.#limits.slots ?? slots));
  }

  /** Milliseconds until the request at this position of the queue starts; `undefined`: nothing was measured yet. */
  #etaMs(position: number): number | undefined {
    if (this.#engine === undefined) return undefined;
    const now = performance.now();
    const ran = Array.from(this.#running.keys(), ({ startedAt }) => now - startedAt);
    return this.#durations.etaMs(position, ran, this.#slotsNow(this.#engine.info.slots));
  }

  async #answer(engine: Engine, job: Job, request: GenerateRequest): Promise<void> {
    const queueMs = performance.now() - job.receivedAt;
    const sink: Sink = {
      token: (text) => this.#emit(job, { type: "token", text }),
      thought: (text) => this.#emit(job, { type: "thought", text }),
      call: (call) => this.#emit(job, { type: "tool_call", call }),
    };
    this.#done(job, await engine.generate(request, sink, job.abort.signal), queueMs);
  }

  /** One text after the other; while somebody else waits, only one of them. */
  async #embedNext(engine: Engine, job: Job, left: string[]): Promise<void> {
    if (engine.embed === undefined)
      throw new MoultError("input/invalid", `The model "${engine.info.name}" makes no embeddings`);
    while (left.length > 0 && !job.abort.signal.aborted) {
      const texts = left.splice(0, engine.embedsAtOnce ?? 1);
      const { vectors, tokens } = await engine.embed(texts, job.abort.signal);
      if (job.ended) return;
      for (const [at, vector] of vectors.entries())
        this.#send({ type: "vector", id: job.id, vector, tokens: at === 0 ? tokens : 0 });
      const isTurn = left.length > 0 && this.#queue.waiting().length > 0;
      if (isTurn && this.#queue.push(job.lane, job)) return;
    }
    this.#end(job);
  }

  async #run(engine: Engine, job: Job): Promise<void> {
    try {
      await job.run(engine);
    } catch (error) {
      if (!isMoultError(error) && !job.abort.signal.aborted)
        process.stderr.write(`model request failed: ${describe(error)}\n`);
      this.#fail(job, error);
    }
  }

  #done(job: Job, answer: EngineAnswer, queueMs: number): void {
    const { promptHash, usage } = answer;
    if (job.madeWay) {
      const text = `The request made way at the model "${this.#name}" for one that somebody waits for`;
      return this.#fail(job, noRoomNow(text));
    }
    const finish = job.abort.signal.aborted ? "cancelled" : answer.finish;
    if (finish !== "cancelled") this.#durations.learn(performance.now() - job.startedAt);
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
    clearTimeout(job.giveUp);
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
    if (this.#queue.remove(job.lane, job)) {
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
      if (job.position === position || !job.isTold) continue;
      job.position = position;
      const etaMs = this.#etaMs(position);
      this.#emit(job, { type: "queued", position, ...(etaMs !== undefined && { etaMs }) });
    }
  }

  /** Tells the daemon how many wait and run, once per tick, and beats while there are any. */
  #tellLoad(): void {
    if (!this.#loadTold) return;
    this.#loadTold = false;
    setImmediate(() => {
      this.#loadTold = true;
      const queued = this.#queue.lengths();
      const waitMs = this.#etaMs(this.#queue.waiting().length + 1);
      const running = this.#running.size;
      const stats = this.#engine?.stats?.();
      const known = { ...(waitMs !== undefined && { waitMs }), ...(stats && { stats }) };
      this.#send({ type: "load", queued, running, ...known });
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
    await Promise.race([Promise.allSettled(this.#running.values()), Bun.sleep(DRAIN_MS_MAX)]);
    // Disposing while native work still runs is what crashes; then the exit alone frees the memory.
    const drained = this.#running.size === 0;
    if (!drained) return this.#exit(STUCK);
    const closed = Promise.resolve(this.#engine?.close()).then((): Ending => CLEAN);
    const stuck = Bun.sleep(DISPOSE_MS_MAX).then((): Ending => STUCK);
    this.#exit(await Promise.race([closed, stuck]));
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
