/**
 * The one Bun Worker that owns node-llama-cpp. It never dies by an exception and is never terminated while it works:
 * either would take the whole process along.
 */
import { Inference } from "./inference.ts";
import { KnownTools } from "./known_tools.ts";
import { Outbox } from "./outbox.ts";
import type { FromWorker, ToWorker } from "./worker_frames.ts";
import type { Sink } from "../../runtime/model/engine.ts";
import { isMoultError, MoultError, toWire, messageOf } from "../../schemas/error.ts";

/** Garbage of a burst of requests is collected after this pause: it is most of what the process would hold idle. */
const TIDY_MS = 1_000;

declare const self: Worker;

let model: Inference | undefined;
const running = new Map<number, AbortController>();
/** What is being done for somebody. */
const tasks = new Set<Promise<void>>();
let tidying: NodeJS.Timeout | undefined;
const known = new KnownTools();

const outbox = new Outbox((frames) => postMessage(frames, []));

function send(frame: FromWorker): void {
  outbox.send(frame);
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
  try {
    if (model === undefined) throw new MoultError("model/unavailable", "The model is not loaded");
    const sink: Sink = {
      token: (text) => outbox.text(id, "token", text),
      thought: (text) => outbox.text(id, "thought", text),
      call: (call) => send({ type: "call", id, call }),
    };
    const { tools } = request;
    const asked = tools === undefined ? request : { ...request, tools: known.of(tools) };
    const answer = await model.generate(asked, sink, abort.signal);
    outbox.end(id, { type: "answer", id, answer }, model.stats());
  } catch (error) {
    if (!isMoultError(error)) report(error);
    outbox.end(id, { type: "error", id, error: toWire(error) });
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

/** What works on a model must have ended before the model goes. */
function track(task: Promise<void>): void {
  tasks.add(task);
  void task.finally(() => tasks.delete(task));
}

async function close(): Promise<void> {
  try {
    for (const abort of running.values()) abort.abort();
    await Promise.all(tasks);
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
      return track(generate(data));
    case "embed":
      return track(embed(data));
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
