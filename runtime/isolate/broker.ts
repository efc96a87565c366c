/**
 * Answers what a function asks through `ctx`. Whose question it is follows from the channel it came by, and on whose
 * behalf from the call that is running there; nothing in a question can change either.
 */
import * as v from "valibot";
import { isMoultError, MoultError, toWire, messageOf } from "../../schemas/error.ts";
import type { Manifest, Permissions } from "../../schemas/function.ts";
import type { GenerateRequest } from "../../schemas/model.ts";
import { Budget, Connections } from "./egress/budget.ts";
import { isDeclared, secretNames } from "./egress/declared.ts";
import { egress, type EgressRequest } from "./egress/egress.ts";
import type { LiveCall, LiveHost } from "./live_host.ts";
import { CHUNK_BYTES, type DaemonFrame, type HostFrame, type Question } from "./protocol.ts";
import { HeardTwice } from "./heard_twice.ts";
import { Reports } from "./reports.ts";
import { RequestBodies } from "./request_bodies.ts";
import type { HostServices } from "./services.ts";

/** Questions of one host that wait at once. */
const QUESTIONS_MAX = 4_096;
/** JSON characters of one answer of `kv.list`. */
const LIST_CHARS_MAX = 4 * 1_048_576;

/** Requests of `ctx.fetch` that one host has open at once, until their answers are read; further ones wait. */
const CONNECTIONS_MAX = 64;

/** Refusals that are kept with a call. All are reported. */
const KEPT_REFUSALS_MAX = 16;

/** Details of a refusal: what the manifest would have to name. A called function may have made them up. */
const Lack = v.fallback(
  v.object({ kind: v.optional(v.string()), wanted: v.optional(v.string()) }),
  {},
);

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** As the host, the kernel or we ourselves say it. */
interface Refused {
  readonly kind: string;
  readonly text: string;
  readonly wanted?: string | undefined;
}

/** One question on its way. */
interface Open {
  readonly call: number;
  readonly abort: AbortController;
  /** The rest of an answer that is fetched piece by piece. */
  reader?: Reader;
  rest?: Uint8Array | undefined;
  /** Gives its connection's place to the next. */
  leave?: () => void;
  /** Pieces that are asked for: they go one after the other, however often that is. */
  wanted: number;
}

/** What the broker of one host works with. */
export interface BrokerParts {
  readonly host: LiveHost;
  readonly name: string;
  readonly manifest: Manifest;
  /** What it may use now: the manifest names at least that. */
  readonly permissions: Permissions;
  readonly services: HostServices;
  readonly offline: boolean;
}

/** Answers one host. */
export class Broker {
  readonly #parts: BrokerParts;
  readonly #open = new Map<number, Open>();
  readonly #bodies: RequestBodies;
  readonly #reports: Reports;
  /** Of the calls that run. */
  readonly #budgets = new Map<number, Budget>();
  readonly #connections = new Connections(CONNECTIONS_MAX);
  readonly #heard = new HeardTwice<LiveCall>((live, refusal) => this.#refuse(live, refusal));
  #reading: Promise<void> | undefined;

  constructor(parts: BrokerParts) {
    this.#parts = parts;
    this.#reports = new Reports(parts.name, parts.services);
    this.#bodies = new RequestBodies({
      want: (id) => this.#send({ type: "want", id }),
      kill: (why) => parts.host.confined.kill(why),
    });
    parts.host.listener = {
      frame: (frame) => this.#hear(frame),
      answered: () => this.#heard.flush(),
      ended: (id) => this.#endCall(id),
    };
    parts.host.confined.refused?.((refusal) => this.#heard.ofKernel(soleCall(parts.host), refusal));
    void parts.host.exited.then(() => {
      for (const id of this.#open.keys()) this.#close(id);
      this.#heard.flush();
    });
  }

  #hear(frame: HostFrame): void {
    const { host } = this.#parts;
    if (frame.type === "ask") this.#guard(this.#answer(frame));
    else if (frame.type === "cancel") this.#close(frame.id);
    else if (frame.type === "more") this.#sendNext(frame.id);
    else if (frame.type === "chunk") this.#bodies.hear(frame.id, frame.data);
    else if (frame.type === "log") this.#reports.log(frame.level, frame.facts, frame.text);
    else if (frame.type === "denied")
      this.#heard.ofHost(soleCall(host), {
        kind: frame.kind,
        text: frame.text,
        ...(frame.wanted !== "" && { wanted: frame.wanted }),
      });
    else host.confined.kill("it said something out of turn");
  }

  /** What nobody foresaw ends the host that it came from, and nothing else. */
  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const { host } = this.#parts;
      this.#reports.fault(Bun.inspect(error));
      host.confined.kill("moult could not answer it");
    });
  }

  async #answer(question: Question): Promise<void> {
    const { id } = question;
    const { host } = this.#parts;
    if (this.#open.has(id) || this.#open.size >= QUESTIONS_MAX) {
      host.confined.kill("it asked too much at once");
      return;
    }
    const open: Open = { call: question.call, abort: new AbortController(), wanted: 0 };
    this.#open.set(id, open);
    try {
      const live = host.calls.get(question.call);
      if (live === undefined) throw new MoultError("tool/failed", "The call has ended already");
      const value = await this.#ask(question, live, open);
      if (!open.abort.signal.aborted)
        this.#send(question.op === "model" ? { type: "end", id } : { type: "answer", id, value });
    } catch (thrown) {
      const error = this.#explained(thrown);
      if (!isMoultError(error)) this.#reports.fault(`${question.op}: ${Bun.inspect(error)}`);
      if (isMoultError(error) && error.code === "policy/denied")
        this.#reportRefusal(question, error);
      this.#send({ type: "refusal", id, error: toWire(error) });
    }
    if (open.reader === undefined) this.#forget(id, open);
  }

  #forget(id: number, open: Open): void {
    this.#open.delete(id);
    this.#bodies.end(id);
    open.leave?.();
  }

  /** What its file asks for already lacks no line there, but the owner's word. */
  #explained(error: unknown): unknown {
    if (!isMoultError(error) || error.code !== "policy/denied") return error;
    const { name, manifest, permissions } = this.#parts;
    const { kind, wanted } = v.parse(Lack, error.details ?? {});
    const key = kind === "net" || kind === "call" ? kind : undefined;
    if (key === undefined || wanted === undefined || permissions[key].includes(wanted))
      return error;
    if (manifest.permissions.optional?.[key].includes(wanted) !== true) return error;
    const text = `Cannot ${key === "net" ? "reach" : "call"} ${wanted}: it is optional and not approved; run "moult approve ${name}"`;
    return new MoultError("policy/denied", text, { kind, wanted });
  }

  #reportRefusal(question: Question, { message, details }: MoultError): void {
    const { permissions } = this.#parts;
    // What the called function was refused, its own broker has reported.
    if (question.op === "call" && permissions.call.includes(question.name)) return;
    const { kind, wanted } = v.parse(Lack, details ?? {});
    this.#refuse(this.#parts.host.calls.get(question.call), {
      kind: kind ?? (question.op === "fetch" ? "net" : question.op),
      text: message,
      wanted,
    });
  }

  /** Reports a refusal, and keeps it for the trace of the turn that the call belongs to. */
  #refuse(live: LiveCall | undefined, refusal: Refused): void {
    const { kind, text, wanted } = refusal;
    if (live !== undefined && live.refusals.length < KEPT_REFUSALS_MAX)
      if (!live.refusals.includes(text)) live.refusals.push(text);
    this.#reports.denied(kind, text, wanted);
  }

  async #ask(question: Question, live: LiveCall, open: Open): Promise<unknown> {
    const { name, services } = this.#parts;
    if (question.op === "kv.get")
      return await this.#read(open, async () => await services.kv.kvGet(name, question.key));
    if (question.op === "kv.list")
      return await this.#read(open, async () => await this.#list(question));
    if (question.op === "fetch") return await this.#fetch(question, open);
    if (question.op === "model") return await this.#generate(question, live, open);
    return await this.#call(question, live, open);
  }

  /** One read after the other, and others between: a thousand at once would hold up the whole daemon. */
  async #read(open: Open, read: () => Promise<unknown>): Promise<unknown> {
    const before = this.#reading;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#reading = promise;
    await before;
    try {
      return open.abort.signal.aborted ? undefined : await read();
    } finally {
      if (this.#reading === promise) resolve();
      else setImmediate(resolve);
    }
  }

  async #list({ prefix, limit }: Question & { op: "kv.list" }): Promise<unknown> {
    const { name, services } = this.#parts;
    const entries = await services.kv.kvList(name, prefix, limit);
    if (JSON.stringify(entries).length > LIST_CHARS_MAX)
      throw new MoultError("tool/failed", `Cannot list "${prefix}": too much at once, use a limit`);
    return entries;
  }

  async #fetch(question: Question & { op: "fetch" }, open: Open): Promise<unknown> {
    const { name, manifest, permissions, services, offline } = this.#parts;
    const body = this.#bodyOf(question);
    const rules = {
      allow: permissions.net,
      secret: (wanted: string, place: string) =>
        isDeclared(manifest, wanted, place) ? services.secret(name, wanted) : undefined,
      known: () => secretNames(manifest).flatMap((one) => services.secret(name, one) ?? []),
      offline,
      budget: this.#budgetOf(question.call),
    };
    open.leave = await this.#connections.enter(open.abort.signal);
    const response = await egress({ ...question, body }, rules, open.abort.signal);
    if (open.abort.signal.aborted) await response.body?.cancel();
    open.abort.signal.throwIfAborted();
    const { status, statusText, url } = response;
    const hasBody =
      response.body !== null && question.method !== "HEAD" && ![204, 205, 304].includes(status);
    if (hasBody && response.body !== null) open.reader = response.body.getReader() as Reader;
    const headers = hasBody ? decodedHeaders(response.headers) : [...response.headers];
    return { status, statusText, url, redirected: response.redirected, headers, hasBody };
  }

  #bodyOf({ id, chunks, streamed, bytes }: Question & { op: "fetch" }): EgressRequest["body"] {
    if (streamed === true) return { stream: this.#bodies.stream(id, bytes), bytes };
    const body = this.#bodies.take(id);
    return chunks === 0 ? undefined : body;
  }

  #budgetOf(call: number): Budget {
    const known = this.#budgets.get(call);
    if (known !== undefined) return known;
    const budget = new Budget(this.#parts.manifest.limits);
    this.#budgets.set(call, budget);
    return budget;
  }

  #sendNext(id: number): void {
    const open = this.#open.get(id);
    if (open !== undefined && open.wanted++ === 0) this.#guard(this.#sendPieces(id, open));
  }

  async #sendPieces(id: number, open: Open): Promise<void> {
    for (; open.wanted > 0; open.wanted--) await this.#sendPiece(id);
  }

  async #sendPiece(id: number): Promise<void> {
    const open = this.#open.get(id);
    if (open?.reader === undefined) return;
    try {
      const rest = open.rest ?? (await open.reader.read()).value;
      if (rest === undefined) {
        this.#forget(id, open);
        this.#send({ type: "end", id });
        return;
      }
      const piece = rest.subarray(0, CHUNK_BYTES);
      open.rest = piece.length < rest.length ? rest.subarray(piece.length) : undefined;
      this.#send({ type: "piece", id, text: Buffer.from(piece).toString("base64") });
    } catch (error) {
      this.#forget(id, open);
      const text = messageOf(error);
      const known = isMoultError(error)
        ? error
        : new MoultError("tool/failed", `The answer broke off: ${text}`);
      this.#send({ type: "refusal", id, error: toWire(known) });
    }
  }

  async #generate(question: Question & { op: "model" }, live: LiveCall, open: Open): Promise<void> {
    const { model } = this.#parts.services;
    if (model === undefined) throw new MoultError("model/unavailable", "No model is configured");
    const { prompt, system, tokensMax, temperature } = question;
    const request: GenerateRequest = {
      lane: live.call.turn === undefined ? "api" : "interactive",
      messages: [
        ...(system === undefined ? [] : [{ role: "system", content: system } as const]),
        { role: "user", content: prompt },
      ],
      ...(tokensMax === undefined ? {} : { tokensMax }),
      ...(temperature === undefined ? {} : { temperature }),
    };
    for await (const event of model.generate(request, open.abort.signal))
      if (event.type === "token") this.#send({ type: "piece", id: question.id, text: event.text });
  }

  async #call(question: Question & { op: "call" }, live: LiveCall, open: Open): Promise<unknown> {
    const { name, permissions, services } = this.#parts;
    const wanted = question.name;
    if (!permissions.call.includes(wanted))
      throw new MoultError(
        "policy/denied",
        `Cannot call "${wanted}": it is not in permissions.call; add call: ["${wanted}"] to "${name}"`,
        { kind: "call", wanted },
      );
    const { principal, session, turn } = live.call;
    const result = await services.call(name, wanted, {
      body: JSON.stringify(question.input ?? {}),
      principal,
      ...(session === undefined ? {} : { session }),
      ...(turn === undefined ? {} : { turn }),
      signal: open.abort.signal,
      depth: (live.call.depth ?? 0) + 1,
    });
    if (result.error !== undefined)
      throw new MoultError(result.error.code, result.error.message, result.error.details);
    // It has returned: what it set is visible from now on.
    if (result.writes.length > 0) await services.kv.kvCommit(wanted, result.writes);
    return result.output;
  }

  #endCall(call: number): void {
    this.#heard.flush();
    for (const [id, open] of this.#open) if (open.call === call) this.#close(id);
    this.#budgets.delete(call);
  }

  #close(id: number): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#forget(id, open);
    open.abort.abort(new MoultError("tool/failed", "The call has ended"));
    open.reader?.cancel().catch(() => undefined);
  }

  #send(frame: DaemonFrame): void {
    this.#parts.host.confined.send(frame);
  }
}

/** The body comes decoded. */
function decodedHeaders(headers: Headers): [string, string][] {
  if (!/^(x-)?(gzip|deflate|br|zstd)$/i.test(headers.get("content-encoding") ?? ""))
    return [...headers];
  return [...headers].filter(([key]) => key !== "content-encoding" && key !== "content-length");
}

/** Whose doing something is that no call is named for: known only where there is but one. */
function soleCall({ calls }: LiveHost): LiveCall | undefined {
  return calls.size === 1 ? calls.values().next().value : undefined;
}
