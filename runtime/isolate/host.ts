/**
 * The inside of a function host: serves calls of one function over HTTP on a unix socket and talks to the daemon
 * over a control channel. It knows no operating system: whoever starts it gives it the channel and the lock.
 */
import * as moult from "../define.ts";
import { ERROR_STATUS, isMoultError, MoultError, toWire } from "../../schemas/error.ts";
import { Questions } from "./asking.ts";
import { describe, readDefinition } from "./describe.ts";
import { describeThrown, explainThrown, refusedProgram } from "./thrown.ts";
import { Reaching } from "./reaching.ts";
import { replaceGlobalFetch } from "./global_fetch.ts";
import { handle, type Handled, type Loaded } from "./handle.ts";
import {
  ANSWER_CHARS_MAX,
  type Answered,
  CALL_HEADER,
  type CallFacts,
  type DaemonFrame,
  type HostChannel,
  STREAM_HEADER,
  WRITES_HEADER,
} from "./protocol.ts";
import { wireStream } from "./stream.ts";
import type { KvWrite } from "../ports.ts";

/** Bytes of one call's body. */
const BODY_BYTES_MAX = 16 * 1_048_576;
/** An answer that nobody fetches goes. */
const KEPT_MS_MAX = 10_000;
/** JSON characters of the writes in one frame, well below what a frame may have. */
const WRITES_FRAME_CHARS = 512 * 1_024;

const JSON_HEADERS = new Headers({ "content-type": "application/json" });
const STREAM_HEADERS = new Headers({ [STREAM_HEADER]: "1" });

/** What a host is started with. */
export interface HostOptions {
  readonly channel: HostChannel;
  /** Path of the unix socket to serve on; nothing is there yet. */
  readonly socket: string;
  /** The last trusted act, once everything is open. Throws when it fails; then the host must not go on. */
  readonly lock: () => void;
}

/** Opens everything, locks, and waits for a function. */
export async function runHost({ channel, socket, lock }: HostOptions): Promise<void> {
  Bun.plugin({
    name: "moult",
    setup: (build) => {
      build.module("moult", () => ({ exports: { ...moult }, loader: "object" }));
    },
  });
  const reaching = new Reaching(({ text, wanted = "" }) =>
    channel.send({
      type: "denied",
      kind: "net",
      text: text.slice(0, 1_000),
      wanted: wanted.slice(0, 200),
    }),
  );
  replaceGlobalFetch((url, error) => reaching.fetchFailed(url, error));
  const host = new Host(channel, reaching);
  channel.receive((frame) => host.hear(frame));
  Bun.serve({
    unix: socket,
    // Calls and streams may be silent for long; the daemon bounds them.
    idleTimeout: 0,
    maxRequestBodySize: BODY_BYTES_MAX,
    development: false,
    fetch: (request: Request) => host.serve(request),
  } as unknown as Bun.Serve.Options<undefined>);
  // The first import opens files that the lock may close.
  const nothing = "data:text/javascript,export default 1";
  await import(nothing);
  lock();
  channel.send({ type: "up" });
}

/** A caller who may leave. The signal is made when somebody looks at it: most functions never do. */
class Leaving {
  #controller: AbortController | undefined;
  #left = false;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#left) this.#controller.abort();
    return this.#controller.signal;
  }

  leave(): void {
    this.#left = true;
    this.#controller?.abort();
  }
}

class Host {
  readonly #channel: HostChannel;
  readonly #reaching: Reaching;
  readonly #questions: Questions;
  readonly #secrets = new Map<string, string>();
  #revision = 0;
  #onRevision: (() => void)[] = [];
  #loaded: Loaded | undefined;
  #described = Promise.resolve();
  /** Calls that came as frames, until they are answered. */
  readonly #leaving = new Map<number, Leaving>();
  /** Answers that wait to be fetched. */
  readonly #kept = new Map<number, { readonly answer: Response; readonly timer: NodeJS.Timeout }>();

  constructor(channel: HostChannel, reaching: Reaching) {
    this.#channel = channel;
    this.#reaching = reaching;
    this.#questions = new Questions(channel.send);
  }

  hear(frame: DaemonFrame): void {
    if (frame.type === "call") void this.#call(frame);
    else if (frame.type === "abort") this.#leaving.get(frame.call)?.leave();
    else if (frame.type === "ping") this.#channel.send({ type: "pong" });
    else if (frame.type === "load") void this.#load(frame.path, frame.name);
    else if (frame.type === "describe") this.#describe(frame.id, frame.text);
    else if (frame.type === "secrets") this.#setSecrets(frame.revision, frame.values);
    else this.#questions.hear(frame);
  }

  async #load(path: string, name: string): Promise<void> {
    try {
      this.#reaching.watch(await Bun.file(path).text());
      const module = (await import(path)) as { default?: unknown };
      const definition = readDefinition(module.default);
      this.#reaching.declare(definition);
      const manifest = describe(definition);
      this.#loaded = { name, definition };
      this.#channel.send({ type: "ready", manifest });
    } catch (error) {
      const known = isMoultError(error)
        ? error
        : new MoultError("function/invalid", explainLoad(error));
      this.#channel.send({ type: "failed", error: toWire(known) });
    }
  }

  /** One file after another: they share this process, and the daemon wants to know which one ends it. */
  #describe(id: number, text: string): void {
    this.#described = this.#described.then(async () => {
      let manifest: object | undefined;
      try {
        // Not from a file: of a thousand, writing and removing them is most of the work.
        const url = `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
        const module = (await import(url)) as { default?: unknown };
        manifest = describe(readDefinition(module.default));
      } catch {
        // Alone it may load, or say better why not.
      }
      this.#channel.send({ type: "described", id, manifest });
    });
  }

  #setSecrets(revision: number, values: Readonly<Record<string, string>>): void {
    this.#secrets.clear();
    for (const [name, value] of Object.entries(values)) this.#secrets.set(name, value);
    this.#revision = revision;
    for (const wake of this.#onRevision.splice(0)) wake();
  }

  /** A call with a long body, or the answer to one that came as a frame. */
  async serve(request: Request): Promise<Response> {
    const handler = request.url.slice(request.url.lastIndexOf("/") + 1);
    if (request.method === "GET") return this.#handOver(Number(handler), request.signal);
    try {
      const facts = JSON.parse(request.headers.get(CALL_HEADER) ?? "") as CallFacts;
      const asked = { handler, text: await request.text(), facts };
      const { output, writes } = await this.#run(asked, () => request.signal);
      const headers = new Headers(typeof output === "string" ? JSON_HEADERS : STREAM_HEADERS);
      if (writes.length > 0) {
        headers.set(WRITES_HEADER, String(writes.length));
        this.#sendWrites(facts.id, writes);
      }
      return new Response(this.#wire(output, facts.id), { headers });
    } catch (error) {
      const known = this.#known(error);
      return Response.json({ error: toWire(known) }, { status: ERROR_STATUS[known.code] });
    }
  }

  /** A call that came as a frame. Never rejects. */
  async #call(asked: DaemonFrame & { type: "call" }): Promise<void> {
    const call = asked.facts.id;
    const leaving = new Leaving();
    this.#leaving.set(call, leaving);
    let answer: Omit<Answered, "type" | "call">;
    try {
      const { output, writes } = await this.#run(asked, () => leaving.signal);
      if (writes.length > 0) this.#sendWrites(call, writes);
      answer = { ok: true, writes: writes.length };
      if (typeof output === "string" && output.length <= ANSWER_CHARS_MAX) {
        answer = { ...answer, text: output };
      } else {
        const headers = typeof output === "string" ? JSON_HEADERS : STREAM_HEADERS;
        this.#keep(call, new Response(this.#wire(output, call), { headers }));
      }
    } catch (error) {
      answer = { ok: false, writes: 0, text: errorText(this.#known(error)) };
    }
    if (answer.text !== undefined) this.#leaving.delete(call);
    this.#channel.send({ type: "answered", call, ...answer });
  }

  async #run(
    asked: { readonly handler: string; readonly text: string; readonly facts: CallFacts },
    signal: () => AbortSignal,
  ): Promise<Handled> {
    if (this.#loaded === undefined) throw new MoultError("internal", "No function is loaded");
    const { facts } = asked;
    while ((facts.secrets ?? 0) > this.#revision)
      await new Promise<void>((resolve) => this.#onRevision.push(resolve));
    return await handle(this.#loaded, asked, {
      facts,
      signal,
      questions: this.#questions,
      channel: this.#channel,
      secrets: this.#secrets,
    });
  }

  /** Keeps an answer that is too long for a frame, until it is fetched. */
  #keep(call: number, answer: Response): void {
    const timer = setTimeout(() => {
      this.#kept.delete(call);
      this.#leaving.delete(call);
      void answer.body?.cancel();
    }, KEPT_MS_MAX);
    this.#kept.set(call, { answer, timer });
  }

  #handOver(call: number, signal: AbortSignal): Response {
    const kept = this.#kept.get(call);
    if (kept === undefined) return new Response(null, { status: 404 });
    clearTimeout(kept.timer);
    this.#kept.delete(call);
    // From here on the connection tells when nobody wants it any more.
    const leaving = this.#leaving.get(call);
    this.#leaving.delete(call);
    signal.addEventListener("abort", () => leaving?.leave(), { once: true });
    return kept.answer;
  }

  #wire(output: string | ReadableStream, call: number): string | ReadableStream {
    if (typeof output === "string") return output;
    return wireStream(output, (error) =>
      this.#channel.send({ type: "broke", call, error: toWire(error) }),
    );
  }

  /** What the caller is told of an error; what was not foreseen goes to the function's log as well. */
  #known(error: unknown): MoultError {
    if (!isMoultError(error)) {
      // The caller reads the message; where it came from is for the function's log.
      this.#channel.send({
        type: "log",
        level: "error",
        facts: {},
        text: (error instanceof Error
          ? (error.stack ?? error.message)
          : describeThrown(error)
        ).slice(0, 8_000),
      });
    }
    const program = refusedProgram(error);
    if (program !== undefined)
      this.#channel.send({
        type: "denied",
        kind: "exec",
        text: explainThrown(error).slice(0, 1_000),
        wanted: program.slice(0, 200),
      });
    return isMoultError(error) ? error : new MoultError("tool/failed", explainThrown(error));
  }

  /** Before the answer, in pieces that fit in a frame. */
  #sendWrites(call: number, writes: readonly KvWrite[]): void {
    let batch: KvWrite[] = [];
    let chars = 0;
    for (const write of writes) {
      const length = JSON.stringify(write).length;
      if (chars + length > WRITES_FRAME_CHARS && batch.length > 0) {
        this.#channel.send({ type: "writes", call, writes: batch });
        batch = [];
        chars = 0;
      }
      batch.push(write);
      chars += length;
    }
    this.#channel.send({ type: "writes", call, writes: batch });
  }
}

function explainLoad(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // "TypeError: …" tells more than its message; the line is that of the source, by the bundle's map.
  const at = /\/fn\/([^\s():]+:\d+:\d+)/.exec(error.stack ?? "")?.[1];
  return `${error.name}: ${error.message}${at === undefined ? "" : ` (${at})`}`;
}

/** An error document that fits in a frame, whatever the function put into it. */
function errorText(error: MoultError): string {
  const text = JSON.stringify({ error: toWire(error) });
  if (text.length <= ANSWER_CHARS_MAX) return text;
  const { code, message } = error;
  return JSON.stringify({ error: { code, message: message.slice(0, ANSWER_CHARS_MAX / 8) } });
}
