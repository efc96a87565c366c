/** Opens models for tests and reads their answers. */
import path from "node:path";
import { type ModelOptions, startModel } from "../../../runtime/model/client.ts";
import { isScripted } from "../../../runtime/model/engine.ts";
import type { Log, Meter, Model } from "../../../runtime/ports.ts";
import type { GenerateEvent, GenerateRequest, ToolCall } from "../../../schemas/model.ts";

const ROOT = path.join(import.meta.dir, "../../..");
/** The embedded model. */
export const EMBEDDED = path.join(ROOT, "models/moult-mini.gguf");
const SCRIPT = path.join(ROOT, "tests/fixtures/scripted/basics.jsonl");

const silent = (): void => {};
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** A meter that keeps what it is given. */
export function recordingMeter(): Meter & {
  readonly seen: Map<string, number>;
  collectNow: () => void;
} {
  const seen = new Map<string, number>();
  const collectors: (() => void)[] = [];
  const note = (name: string, value: number, labels: object = {}): void => {
    seen.set(`${name}${JSON.stringify(labels)}`, value);
  };
  return {
    seen,
    count: (name, labels, by = 1) => note(name, by, labels),
    gauge: note,
    observe: note,
    collect: (callback) => collectors.push(callback),
    collectNow: () => collectors.forEach((callback) => callback()),
    expose: () => "",
  };
}

/** Starts a model: the scripted one unless `path` says otherwise. */
export function openModel(options: Partial<ModelOptions> = {}): Model {
  const file = options.path ?? `scripted:${SCRIPT}`;
  const entry = isScripted(file) ? "adapters/scripted/host.ts" : "adapters/llama/host.ts";
  return startModel({
    path: file,
    embedded: file === EMBEDDED,
    slots: 2,
    gpu: false,
    hostEntry: path.join(ROOT, entry),
    log,
    meter: recordingMeter(),
    ...options,
  });
}

/** A request of one user message. */
export function requestOf(text: string, options: Partial<GenerateRequest> = {}): GenerateRequest {
  return { lane: "interactive", messages: [{ role: "user", content: text }], ...options };
}

export async function collect(answer: AsyncIterable<GenerateEvent>): Promise<GenerateEvent[]> {
  const events: GenerateEvent[] = [];
  for await (const event of answer) events.push(event);
  return events;
}

export function textOf(events: readonly GenerateEvent[]): string {
  return events.map((event) => (event.type === "token" ? event.text : "")).join("");
}

export function call(events: readonly GenerateEvent[]): ToolCall | undefined {
  for (const event of events) if (event.type === "tool_call") return event.call;
  return undefined;
}

export function finishOf(events: readonly GenerateEvent[]): string | undefined {
  const done = events.at(-1);
  return done?.type === "done" ? done.finish : undefined;
}

/** Waits until the model is in a state. */
export async function until(model: Model, state: string): Promise<void> {
  while (model.status().state !== state) {
    const changed = Promise.withResolvers<void>();
    const stop = model.watch(() => changed.resolve());
    await changed.promise;
    stop();
  }
}
