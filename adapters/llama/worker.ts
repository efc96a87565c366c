/**
 * The one Bun Worker that owns node-llama-cpp. It never dies by an exception and is never terminated while it works:
 * either would take the whole process along.
 */
import { Inference } from "./inference.ts";
import type { FromWorker, ToWorker } from "./worker_frames.ts";
import type { Sink } from "../../runtime/model/engine.ts";
import { isMoultError, MoultError, toWire, messageOf } from "../../schemas/error.ts";

/** After the first token, text is sent at most this often: each message costs more than a small model's token. */
const TEXT_INTERVAL_MS = 8;

/** Garbage of a burst of requests is collected after this pause: it is most of what the process would hold idle. */
const TIDY_MS = 1_000;

declare const self: Worker;

let model: Inference | undefined;
const running = new Map<number, AbortController>();
let tidying: NodeJS.Timeout | undefined;

function send(frame: FromWorker): void {
  postMessage(frame, []);
}

async function load(options: Extract<ToWorker, { type: "load" }>["options"]): Promise<void> {
  try {
    model = await Inference.load(options);
    // What loading left behind would stay for as long as nothing else is allocated.
    Bun.gc(true);
    send({ type: "loaded", info: model.info });
  } catch (error) {
    send({
      type: "unloadable",
      error: toWire(isMoultError(error) ? error : unloadable(options.path, error)),
    });
  }
}

function unloadable(path: string, error: unknown): MoultError {
  const why = messageOf(error);
  return new MoultError(
    "model/unavailable",
    `Cannot load model "${path}": ${why}; use another GGUF file, or free memory`,
  );
}

async function generate({ id, request }: Extract<ToWorker, { type: "generate" }>): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  clearTimeout(tidying);
  const text = new Coalescer((joined, type) => send({ type, id, text: joined }));
  try {
    if (model === undefined) throw new MoultError("model/unavailable", "The model is not loaded");
    const sink: Sink = {
      token: (chunk) => text.push(chunk, "token"),
      thought: (chunk) => text.push(chunk, "thought"),
      call: (call) => {
        text.flush();
        send({ type: "call", id, call });
      },
    };
    const answer = await model.generate(request, sink, abort.signal);
    text.flush();
    send({ type: "stats", stats: model.stats() });
    send({ type: "answer", id, answer });
  } catch (error) {
    text.flush();
    if (!isMoultError(error)) report(error);
    send({ type: "error", id, error: toWire(error) });
  } finally {
    running.delete(id);
    if (running.size === 0) tidying = setTimeout(tidy, TIDY_MS);
  }
}

async function embed({ id, texts }: Extract<ToWorker, { type: "embed" }>): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  try {
    if (model === undefined) throw new MoultError("model/unavailable", "The model is not loaded");
    send({ type: "embedded", id, embedded: await model.embed(texts, abort.signal) });
  } catch (error) {
    if (!isMoultError(error) && !abort.signal.aborted) report(error);
    send({ type: "error", id, error: toWire(error) });
  } finally {
    running.delete(id);
  }
}

function tidy(): void {
  Bun.gc(true);
  if (model !== undefined) send({ type: "stats", stats: model.stats() });
}

/** What a text is. */
type Kind = "token" | "thought";

/** Joins text of one kind that comes in small pieces. The first piece goes at once. */
class Coalescer {
  readonly #pass: (text: string, kind: Kind) => void;
  #text = "";
  #kind: Kind = "token";
  #timer: NodeJS.Timeout | undefined;

  constructor(pass: (text: string, kind: Kind) => void) {
    this.#pass = pass;
  }

  push(chunk: string, kind: Kind): void {
    if (kind !== this.#kind) this.flush();
    this.#kind = kind;
    this.#text += chunk;
    if (this.#timer !== undefined) return;
    this.#emit();
    this.#timer = setTimeout(() => this.flush(), TEXT_INTERVAL_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#emit();
  }

  #emit(): void {
    const text = this.#text;
    this.#text = "";
    if (text !== "") this.#pass(text, this.#kind);
  }
}

async function close(): Promise<void> {
  try {
    await model?.close();
  } catch (error) {
    report(error);
  }
  send({ type: "closed" });
}

function report(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`model worker: ${text}\n`);
}

process.on("unhandledRejection", report);
process.on("uncaughtException", report);

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "load":
      return void load(data.options);
    case "generate":
      return void generate(data);
    case "embed":
      return void embed(data);
    case "cancel":
      return running.get(data.id)?.abort();
    case "limit":
      return model?.limit(data.limits);
    case "forget":
      return model?.forget(data.session);
    case "ping":
      return send({ type: "pong" });
    case "close":
      return void close();
  }
});

send({ type: "listening" });
