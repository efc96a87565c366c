/**
 * The inside of a function host: serves calls of one function over HTTP on a unix socket and talks to the daemon
 * over a control channel. It knows no operating system: whoever starts it gives it the channel and the lock.
 */
import * as moult from "../define.ts";
import { ERROR_STATUS, isMoultError, MoultError, toWire } from "../../schemas/error.ts";
import { Questions } from "./asking.ts";
import { describe, readDefinition } from "./describe.ts";
import { handle, type Loaded } from "./handle.ts";
import {
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
  const host = new Host(channel);
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

class Host {
  readonly #channel: HostChannel;
  readonly #questions: Questions;
  readonly #secrets = new Map<string, string>();
  #revision = 0;
  #onRevision: (() => void)[] = [];
  #loaded: Loaded | undefined;

  constructor(channel: HostChannel) {
    this.#channel = channel;
    this.#questions = new Questions(channel.send);
  }

  hear(frame: DaemonFrame): void {
    if (frame.type === "ping") this.#channel.send({ type: "pong" });
    else if (frame.type === "load") void this.#load(frame.path, frame.name);
    else if (frame.type === "secrets") this.#setSecrets(frame.revision, frame.values);
    else this.#questions.hear(frame);
  }

  async #load(path: string, name: string): Promise<void> {
    try {
      const module = (await import(path)) as { default?: unknown };
      const definition = readDefinition(module.default);
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

  #setSecrets(revision: number, values: Readonly<Record<string, string>>): void {
    this.#secrets.clear();
    for (const [name, value] of Object.entries(values)) this.#secrets.set(name, value);
    this.#revision = revision;
    for (const wake of this.#onRevision.splice(0)) wake();
  }

  async serve(request: Request): Promise<Response> {
    let answer: Response;
    try {
      if (this.#loaded === undefined) throw new MoultError("internal", "No function is loaded");
      const facts = JSON.parse(request.headers.get(CALL_HEADER) ?? "") as CallFacts;
      while ((facts.secrets ?? 0) > this.#revision)
        await new Promise<void>((resolve) => this.#onRevision.push(resolve));
      const { output, writes } = await handle(this.#loaded, request, {
        facts,
        signal: () => request.signal,
        questions: this.#questions,
        channel: this.#channel,
        secrets: this.#secrets,
      });
      const headers = new Headers(typeof output === "string" ? JSON_HEADERS : STREAM_HEADERS);
      if (writes.length > 0) {
        headers.set(WRITES_HEADER, String(writes.length));
        this.#sendWrites(facts.id, writes);
      }
      answer = new Response(this.#wire(output, facts.id), { headers });
    } catch (error) {
      answer = this.#refuse(error);
    }
    return answer;
  }

  #wire(output: string | ReadableStream, call: number): string | ReadableStream {
    if (typeof output === "string") return output;
    return wireStream(output, (error) =>
      this.#channel.send({ type: "broke", call, error: toWire(error) }),
    );
  }

  #refuse(error: unknown): Response {
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
    const known = isMoultError(error)
      ? error
      : new MoultError(
          "tool/failed",
          error instanceof Error ? error.message : describeThrown(error),
        );
    return Response.json({ error: toWire(known) }, { status: ERROR_STATUS[known.code] });
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

function describeThrown(value: unknown): string {
  return typeof value === "string"
    ? value
    : `The function threw ${value === null ? "null" : typeof value}`;
}

function explainLoad(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // "TypeError: …" tells more than its message; the line lies in the stack of the bundle.
  return `${error.name}: ${error.message}`;
}
