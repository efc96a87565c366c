/** One version of a function: starts its host when needed, counts its calls, and copes with the host's end. */
import { Backoff } from "../back_off.ts";
import type { CallResult, FunctionCall, KvWrite } from "../ports.ts";
import { within } from "../within.ts";
import { isMoultError, MoultError, toWire, messageOf } from "../../schemas/error.ts";
import type { Manifest } from "../../schemas/function.ts";
import { declaredSecret } from "../policy/secrets.ts";
import { Answer, type AnswerHeaders, answerHeaders, errorResponse } from "./answer.ts";
import type { Bundle, Deployment, Handler } from "./deployment.ts";
import type { LimitWatch } from "./limits.ts";
import { explainExit, type LiveCall, type LiveHost } from "./live_host.ts";
import { Places } from "./places.ts";
import type { HostServices } from "./services.ts";

/** How long calls in flight may go on after the version was replaced. */
const DRAIN_MS = 30_000;

/** A host that was started to read a manifest, and then never called, goes sooner: the warm pool is quick enough. */
const UNUSED_MS = 5_000;

/** What a version is made of. */
export interface VersionParts {
  readonly bundle: Bundle;
  readonly manifest: Manifest;
  /** See `Deployment`. */
  readonly isHearsay: boolean;
  readonly services: HostServices;
  readonly watch: LimitWatch;
  readonly idleMs: number;
  /** Starts and loads a host. */
  readonly start: () => Promise<LiveHost>;
  readonly onEnd: () => void;
}

/** See `Deployment`. */
export class Version implements Deployment {
  readonly manifest: Manifest;
  /** Until its own process has said the same. */
  isHearsay: boolean;
  readonly version: string;
  readonly #parts: VersionParts;
  readonly #name: string;
  readonly #headers: AnswerHeaders;
  readonly #backoff = new Backoff();
  #host: LiveHost | undefined;
  #starting: Promise<LiveHost> | undefined;
  #lastReason = "";
  readonly #places: Places;
  #isRetired = false;
  #onDrained: (() => void) | undefined;

  constructor(parts: VersionParts) {
    this.#parts = parts;
    this.#name = parts.bundle.name;
    this.manifest = parts.manifest;
    this.isHearsay = parts.isHearsay;
    this.version = parts.bundle.version;
    this.#headers = answerHeaders(this.version);
    this.#places = new Places(parts.manifest.limits.concurrency);
  }

  /** Whether it has a host, or is about to. */
  get isLiving(): boolean {
    return this.#host !== undefined || this.#starting !== undefined;
  }

  /** Since when its host has had no call, on the clock of `performance`; `undefined`: it has none, or works. */
  get restingSince(): number | undefined {
    return this.#host?.calls.size === 0 ? this.#host.lastUsedAt : undefined;
  }

  /** Ends the host, if it has no call; the next one starts another. */
  rest(): void {
    if (this.#host?.calls.size === 0) this.#letGo(this.#host, "idle");
  }

  /** Takes a host that has loaded this version. */
  adopt(host: LiveHost): void {
    this.#host = host;
    this.#parts.watch.add(host, this.manifest.limits, (idleMs) => {
      const idleMsMax = host.completed === 0 ? UNUSED_MS : this.#parts.idleMs;
      if (idleMs > Math.min(idleMsMax, this.#parts.idleMs)) this.#letGo(host, "idle");
    });
    void host.exited.then(() => this.#lost(host));
  }

  async fetch(call: FunctionCall): Promise<Response> {
    let answer: Answer | undefined;
    try {
      answer = await this.#call(call, "run");
      if (!answer.isPlain) {
        const writes = await answer.writes();
        if (writes.length > 0) {
          await this.#claim(writes);
          await this.#parts.services.kv.kvCommit(this.#name, writes);
        }
      }
      return await answer.toResponse(this.#headers);
    } catch (error) {
      answer?.end();
      return errorResponse(this.#logged(error), this.version);
    }
  }

  async run(call: FunctionCall, handler: Handler = "run"): Promise<CallResult> {
    const startedAt = performance.now();
    let answer: Answer | undefined;
    const result = (rest: Omit<CallResult, "version" | "ms">): CallResult => ({
      version: this.version,
      ms: Math.round((performance.now() - startedAt) * 10) / 10,
      ...rest,
      ...(answer !== undefined && answer.refusals.length > 0 && { refusals: answer.refusals }),
    });
    try {
      answer = await this.#call(call, handler);
      const writes = answer.isPlain ? [] : await answer.writes();
      if (writes.length > 0) await this.#claim(writes);
      return result({ output: await answer.value(), writes });
    } catch (error) {
      answer?.end();
      return result({ error: toWire(this.#logged(error)), writes: [] });
    }
  }

  /** Before values are stored. Throws what stands against it. */
  async #claim(writes: readonly KvWrite[]): Promise<void> {
    const { services, bundle } = this.#parts;
    services.keepers.check(bundle);
    await services.kv.kvRoom(this.#name, writes);
    services.keepers.claim(bundle);
  }

  async retire(): Promise<void> {
    this.#isRetired = true;
    if (!this.#places.isEmpty) {
      const drained = new Promise<void>((resolve) => {
        this.#onDrained = resolve;
      });
      await within(drained, DRAIN_MS);
    }
    await this.end();
  }

  /** Ends the host at once. */
  async end(): Promise<void> {
    this.#isRetired = true;
    this.#parts.onEnd();
    const host = this.#host ?? (await this.#starting?.catch(() => undefined));
    if (host === undefined) return;
    this.#letGo(host, "retired");
    await host.exited;
  }

  async #call(call: FunctionCall, handler: Handler): Promise<Answer> {
    if (this.#isRetired)
      throw new MoultError(
        "function/not-found",
        `This version of "${this.#name}" was replaced; call again`,
      );
    const entered = this.#places.enter();
    // A call that need not wait must not wait: awaiting costs a turn of the event loop.
    if (!(typeof entered === "boolean" ? entered : await entered)) {
      const { concurrency } = this.manifest.limits;
      const text = `"${this.#name}" runs ${String(concurrency)} calls already; try again later`;
      throw new MoultError("function/busy", text);
    }
    let host: LiveHost | undefined;
    let live: LiveCall | undefined;
    try {
      host = this.#host ?? (await this.#startOnce());
      live = host.begin(call);
      this.#parts.watch.wake();
      const response = await host.request(live, handler, this.#tellSecrets(host));
      return new Answer(host, live, response, () => this.#leave());
    } catch (error) {
      if (live !== undefined) host?.end(live);
      this.#leave();
      throw error;
    }
  }

  #leave(): void {
    this.#places.leave();
    if (this.#places.isEmpty) this.#onDrained?.();
  }

  #tellSecrets(host: LiveHost): number {
    const { secrets } = this.manifest;
    if (secrets.length === 0) return 0;
    const values: Record<string, string> = {};
    for (const { name, place } of secrets.map(declaredSecret)) {
      if (place !== undefined) continue; // Not for its eyes.
      const value = this.#parts.services.secret(this.#name, name);
      if (value !== undefined) values[name] = value;
    }
    return host.setSecrets(values);
  }

  async #startOnce(): Promise<LiveHost> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return await this.#starting;
  }

  async #start(): Promise<LiveHost> {
    const waitMs = this.#backoff.waitMs(performance.now());
    if (waitMs > 0) {
      const text = `Function "${this.#name}" crashed (${this.#lastReason}); it starts again in ${(waitMs / 1_000).toFixed(1)} s`;
      throw new MoultError("function/crashed", text, {
        reason: this.#lastReason,
        retryAfterMs: Math.ceil(waitMs),
      });
    }
    try {
      const host = await this.#parts.start();
      this.isHearsay = false;
      this.adopt(host);
      return host;
    } catch (error) {
      this.#lastReason = messageOf(error);
      this.#backoff.fail(performance.now());
      throw error;
    }
  }

  /** Ends a host on purpose: nobody is told. */
  #letGo(host: LiveHost, why: string): void {
    if (this.#host === host) this.#host = undefined;
    host.confined.kill(why);
  }

  /** A host has ended. If it was still ours, nobody asked it to. */
  #lost(host: LiveHost): void {
    if (this.#host !== host) return;
    this.#host = undefined;
    const { services } = this.#parts;
    void host.exited.then((exit) => {
      const reason = host.ending?.reason ?? explainExit(exit);
      services.log(this.#name, "error", { version: this.version }, `The process ended: ${reason}`);
      // One slow call says nothing about the file.
      if (host.ending?.limit === "timeMs") return;
      this.#lastReason = reason;
      this.#backoff.fail(performance.now(), performance.now() - host.startedAt);
      const { name, version } = this.#parts.bundle;
      services.crashed({ name, version, reason, at: Date.now() });
    });
  }

  /** What was not foreseen is a bug of ours: the log has its text, the caller has not. */
  #logged(error: unknown): unknown {
    if (!isMoultError(error)) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#parts.services.fault(this.#name, text);
    }
    return error;
  }
}
