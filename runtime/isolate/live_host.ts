/** A host with a function in it: hands calls over, collects what they set, and knows why it ended. */
import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Confined, Exit, FunctionCall, KvWrite } from "../ports.ts";
import { fromWire, MoultError, type WireError } from "../../schemas/error.ts";
import { OWNER } from "../../schemas/message.ts";
import { within } from "../within.ts";
import type { Bundle, Handler } from "./deployment.ts";
import {
  type Answered,
  CALL_CHARS_MAX,
  CALL_HEADER,
  type CallFacts,
  type DaemonFrame,
  type HostFrame,
  readHostFrame,
  WRITES_HEADER,
  WRITES_CHARS_MAX,
  WRITES_MAX,
} from "./protocol.ts";

/** How long a file may take to load. It does no work on import, so this is for loaded machines. */
const LOAD_MS_MAX = 5_000;
/** How long the values of a call may come after its answer. */
const WRITES_MS_MAX = 5_000;
/** How long the end of a host may come after the end of its connection. */
const EXIT_MS_MAX = 2_000;

/** One call in a host, from its request to the last byte of its answer. */
export interface LiveCall {
  readonly id: number;
  readonly call: FunctionCall;
  readonly startedAt: number;
  /** Its answer is a stream that goes to the caller: being slow is not the host's fault any more. */
  stopStream?: (error: MoultError) => void;
  writes: KvWrite[];
  writeChars: number;
  onWrites?: () => void;
  /** What it was refused so far; a bounded number. */
  readonly refusals: string[];
  /** The answer is there; `undefined` = it will never be. */
  onAnswered?: (answered: Answered | undefined) => void;
  /** Why its stream broke off, when the host says so. */
  readonly broke: PromiseWithResolvers<MoultError>;
}

/** What a host answers: short and whole, or an HTTP response to be read. */
export type HostAnswer = Response | (Pick<Answered, "ok" | "writes"> & { readonly text: string });

/** Why the runtime ended a host. */
export interface Ending {
  readonly limit: "timeMs" | "memoryMiB" | "cpuMs" | "stall" | "processes" | "workMiB";
  readonly reason: string;
}

/** What a host reports beside its calls; called with checked frames. */
export interface HostListener {
  readonly frame: (frame: HostFrame) => void;
  /** A call is answered: what is known of its refusals is told now. */
  readonly answered: () => void;
  /** A call has ended, answered or not. */
  readonly ended: (id: number) => void;
}

/** A loaded host. */
export class LiveHost {
  readonly name: string;
  readonly confined: Confined;
  readonly exited: Promise<Exit>;
  readonly calls = new Map<number, LiveCall>();
  /** Calls that have ended; grows. */
  completed = 0;
  lastUsedAt = performance.now();
  readonly startedAt = performance.now();
  isLoading = true;
  isGone = false;
  ending: Ending | undefined;
  listener: HostListener | undefined;
  onPong: (() => void) | undefined;
  readonly #loaded = Promise.withResolvers<unknown>();
  #lastId = 0;
  #secrets: { readonly revision: number; readonly json: string } = { revision: 0, json: "{}" };

  constructor(confined: Confined, name: string) {
    this.confined = confined;
    this.name = name;
    this.exited = confined.exited.then((exit) => {
      this.isGone = true;
      for (const call of this.calls.values()) {
        call.onWrites?.();
        call.onAnswered?.(undefined);
      }
      return exit;
    });
    confined.receive((frame) => this.#hear(frame));
  }

  /** Loads a bundle. Returns what the file says of itself, unchecked; throws `function/invalid`. */
  async load(bundle: Bundle): Promise<unknown> {
    const path = join(this.confined.bundles, `${bundle.version}.js`);
    copyFileSync(bundle.path, path);
    chmodSync(path, 0o644); // The original is closed to others where the umask says so.
    this.confined.send({ type: "load", path, name: bundle.name });
    const late = setTimeout(
      () => this.confined.kill(`it did not load within ${String(LOAD_MS_MAX / 1_000)} s`),
      LOAD_MS_MAX,
    );
    const died = this.exited.then((exit): never => {
      throw new MoultError(
        "function/invalid",
        `Cannot load "${this.name}": its process ended while loading (${explainExit(exit)})`,
      );
    });
    died.catch(() => undefined);
    try {
      return await Promise.race([this.#loaded.promise, died]);
    } finally {
      clearTimeout(late);
      this.isLoading = false;
    }
  }

  /** Tells the host its secrets, if they changed. Returns the revision that calls are to wait for. */
  setSecrets(values: Readonly<Record<string, string>>): number {
    const json = JSON.stringify(values);
    if (json !== this.#secrets.json) {
      this.#secrets = { revision: this.#secrets.revision + 1, json };
      this.confined.send({ type: "secrets", revision: this.#secrets.revision, values });
    }
    return this.#secrets.revision;
  }

  /** Begins a call. Whoever begins it ends it with `end()`, exactly once. */
  begin(call: FunctionCall): LiveCall {
    const live: LiveCall = {
      id: ++this.#lastId,
      call,
      startedAt: performance.now(),
      writes: [],
      writeChars: 0,
      refusals: [],
      broke: Promise.withResolvers<MoultError>(),
    };
    this.calls.set(live.id, live);
    return live;
  }

  /** Ends a call: nothing it began goes on. */
  end(live: LiveCall): void {
    if (!this.calls.delete(live.id)) return;
    this.completed++;
    this.lastUsedAt = performance.now();
    this.listener?.ended(live.id);
  }

  /** Sends a call and waits for its answer. Throws why there is none. */
  async request(live: LiveCall, handler: Handler, secrets: number): Promise<HostAnswer> {
    const { principal, session, turn, body } = live.call;
    const facts: CallFacts = {
      id: live.id,
      principal,
      session,
      turn,
      secrets: secrets === 0 ? undefined : secrets,
    };
    const text = body ?? "";
    if (typeof text === "string" && text.length <= CALL_CHARS_MAX)
      return await this.#byFrame(live, { type: "call", handler, facts, text });
    const headers = { [CALL_HEADER]: factsHeader(facts) };
    return await this.#byHttp(live, handler, { method: "POST", headers, body });
  }

  async #byFrame(live: LiveCall, frame: DaemonFrame & { type: "call" }): Promise<HostAnswer> {
    const { signal } = live.call;
    const { promise, resolve } = Promise.withResolvers<Answered | undefined>();
    live.onAnswered = resolve;
    let left = false;
    const leave = (): void => {
      left = true;
      this.confined.send({ type: "abort", call: live.id });
      resolve(undefined);
    };
    if (signal?.aborted === true) throw this.#cancelled();
    signal?.addEventListener("abort", leave, { once: true });
    if (this.isGone) resolve(undefined);
    else this.confined.send(frame);
    const answered = await promise;
    signal?.removeEventListener("abort", leave);
    if (answered === undefined) throw left ? this.#cancelled() : await this.whyGone(live);
    const { ok, text, writes } = answered;
    if (text !== undefined) return { ok, text, writes };
    const response = await this.#byHttp(live, `answer/${String(live.id)}`, {});
    if (writes > 0) response.headers.set(WRITES_HEADER, String(writes));
    return response;
  }

  async #byHttp(live: LiveCall, path: string, init: object): Promise<Response> {
    const { signal } = live.call;
    try {
      return await fetch(`http://f/${path}`, {
        unix: this.confined.socket,
        decompress: false,
        redirect: "manual",
        ...(signal === undefined ? {} : { signal }),
        ...init,
      } as RequestInit);
    } catch (error) {
      if (signal?.aborted === true) throw this.#cancelled(error);
      throw await this.whyGone(live);
    }
  }

  #cancelled(cause?: unknown): MoultError {
    return new MoultError(
      "tool/failed",
      `The call of "${this.name}" was cancelled`,
      undefined,
      cause,
    );
  }

  /** The values a call has set: all of them, once `count` have come. */
  async writesOf(live: LiveCall, count: number): Promise<readonly KvWrite[]> {
    if (!Number.isInteger(count) || count < 0 || count > WRITES_MAX)
      throw new MoultError("function/crashed", `"${this.name}" broke the protocol of its process`);
    const deadline = performance.now() + WRITES_MS_MAX;
    while (live.writes.length < count) {
      if (this.isGone || performance.now() >= deadline) {
        this.confined.kill("it did not send the values it set");
        throw await this.whyGone(live);
      }
      const more = Promise.withResolvers<void>();
      live.onWrites = more.resolve;
      await within(more.promise, deadline - performance.now());
    }
    return live.writes;
  }

  /** Ends the host because of a limit. */
  stop(ending: Ending): void {
    this.ending ??= ending;
    this.confined.kill(ending.reason);
  }

  /** Why a call in flight has no answer. Waits a moment for the news, which comes another way. */
  async whyGone(live: LiveCall): Promise<MoultError> {
    const exit = await Promise.race([this.exited, live.broke.promise, Bun.sleep(EXIT_MS_MAX)]);
    if (exit instanceof MoultError) return exit;
    if (exit === undefined) {
      this.confined.kill("it closed its connections");
      return this.#crashed("it closed the connection without an answer");
    }
    const byKernel = exit.limit && { limit: exit.limit, reason: explainExit(exit) };
    const ending = this.ending ?? byKernel;
    if (ending === undefined) return this.#crashed(explainExit(exit));
    const { limit, reason } = ending;
    const text = `Function "${this.name}" was stopped: ${reason}`;
    return new MoultError("function/limit", text, { limit, reason });
  }

  #crashed(reason: string): MoultError {
    return new MoultError("function/crashed", `Function "${this.name}" crashed: ${reason}`, {
      reason,
    });
  }

  #answered(frame: Answered): void {
    this.listener?.answered();
    this.calls.get(frame.call)?.onAnswered?.(frame);
  }

  #hear(data: unknown): void {
    const frame = readHostFrame(data);
    if (frame === undefined) this.confined.kill("it broke the protocol of its control channel");
    else if (frame.type === "answered") this.#answered(frame);
    else if (frame.type === "pong") this.onPong?.();
    else if (frame.type === "ready") this.#loaded.resolve(frame.manifest);
    else if (frame.type === "failed") this.#loaded.reject(loadError(this.name, frame.error));
    else if (frame.type === "writes") this.#takeWrites(frame);
    else if (frame.type === "broke") this.#broke(frame);
    else this.listener?.frame(frame);
  }

  #broke({ call, error }: HostFrame & { type: "broke" }): void {
    this.calls.get(call)?.broke.resolve(fromWire(error));
  }

  #takeWrites(frame: HostFrame & { type: "writes" }): void {
    const live = this.calls.get(frame.call);
    if (live === undefined) return;
    live.writeChars += frame.writes.reduce(
      (sum, write) => sum + (JSON.stringify(write.value) ?? "").length,
      0,
    );
    for (const { key, value } of frame.writes)
      live.writes.push(value === undefined ? { key } : { key, value });
    if (live.writes.length > WRITES_MAX || live.writeChars > WRITES_CHARS_MAX)
      this.confined.kill("it set more values than a call may");
    live.onWrites?.();
  }
}

const ownerFacts = `"principal":${JSON.stringify(OWNER)}`;

/** The header's text: ASCII, because headers are. */
function factsHeader(facts: CallFacts): string {
  // Nearly every call: no session, the one principal.
  if (facts.principal === OWNER && facts.session === undefined && facts.secrets === undefined)
    return `{"id":${String(facts.id)},${ownerFacts}}`;
  return JSON.stringify(facts).replaceAll(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function loadError(name: string, { message, details }: WireError): MoultError {
  return new MoultError("function/invalid", `Cannot load "${name}": ${message}`, details);
}

/** How a process ended, for people. */
export function explainExit({ code, signal, killedFor }: Exit): string {
  return killedFor ?? signal ?? `exit code ${String(code)}`;
}
