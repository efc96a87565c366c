/**
 * The table of functions: what is loaded under which name, and calls of it. A version is swapped by one assignment,
 * so a call finds the old one or the new one and stays with it. Knows neither files nor processes.
 */
import type { Bundle, Handler, Deployment } from "../isolate/deployment.ts";
import type { CallResult, Clock, FunctionCall, Labels, Meter } from "../ports.ts";
import { ERROR_STATUS, MoultError, toWire } from "../../schemas/error.ts";
import type { FunctionInfo, Grant, Manifest, Origin, Waiting } from "../../schemas/function.ts";
import { awaitsApproval } from "../policy/asks.ts";
import { within } from "../within.ts";
import type { Functions } from "./functions.ts";
import { isSkillFile } from "./scan.ts";

/** Functions may call functions this deep; a circle would never end. */
export const DEPTH_MAX = 8;

/** Label objects kept for reuse. */
const LABELS_KEPT = 4_096;

/** How long a call waits for the first version of a function that is being loaded. */
const FIRST_LOAD_MS_MAX = 10_000;

/** A version that its owner has not approved, or not all of it. */
export interface Held {
  readonly bundle: Bundle;
  readonly manifest: Manifest;
  readonly waiting: Waiting;
}

/** One function. */
export interface Entry {
  readonly name: string;
  file: string;
  origin: Origin;
  state: FunctionInfo["state"];
  error: string | undefined;
  /** The version that serves; absent while none could be loaded. */
  deployment: Deployment | undefined;
  /** What waits for approval, beside the version that serves or instead of one. */
  held: Held | undefined;
  loadedAt: number;
  reloadMs: number;
  calls: number;
  failures: number;
  /** Calls that the present version has completed without a failure. */
  completed: number;
  /** The present version is new, not one that served before. */
  fresh: boolean;
}

/** All functions by name. */
export class Registry implements Omit<Functions, "rollback"> {
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();
  readonly #clock: Clock;
  readonly #meter: Meter;
  readonly #grantOf: (name: string) => Grant | undefined;
  #refused: readonly FunctionInfo[] = [];
  readonly #labels = new Map<string, Labels>();

  constructor(
    clock: Clock,
    meter: Meter,
    grantOf: (name: string) => Grant | undefined = () => undefined,
  ) {
    this.#clock = clock;
    this.#grantOf = grantOf;
    this.#meter = meter;
  }

  list = (): readonly FunctionInfo[] =>
    [...this.#entries.values()]
      .map((entry) => info(entry, this.#grantOf(entry.name)))
      .concat(this.#refused)
      .toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));

  get = (name: string): FunctionInfo | undefined => {
    const entry = this.#entries.get(name);
    return entry === undefined
      ? this.#refused.find((one) => one.name === name)
      : info(entry, this.#grantOf(name));
  };

  fetch = async (name: string, call: FunctionCall): Promise<Response> => {
    if (this.#waiting.has(name)) await this.#first(name);
    const deployment = this.#serving(name);
    if (deployment instanceof MoultError) return refusal(deployment);
    const done = this.#begin(name);
    const response = await deployment.fetch(call);
    done(response.status, deployment);
    return response;
  };

  run = async (name: string, call: FunctionCall, handler?: Handler): Promise<CallResult> => {
    if ((call.depth ?? 0) > DEPTH_MAX) return failure(tooDeep(name));
    if (this.#waiting.has(name)) await this.#first(name);
    const deployment = this.#serving(name);
    if (deployment instanceof MoultError) return failure(deployment);
    const done = this.#begin(name);
    const result = await deployment.run(call, handler);
    done(result.error === undefined ? 200 : ERROR_STATUS[result.error.code], deployment);
    return result;
  };

  /** The entry of a name, if there is one. */
  entry(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  /** Adds a function that has no version yet; calls of it wait for the first. */
  add(name: string, file: string): Entry {
    const entry: Entry = {
      name,
      file,
      origin: "user",
      state: "loading",
      error: undefined,
      deployment: undefined,
      held: undefined,
      loadedAt: 0,
      reloadMs: 0,
      calls: 0,
      failures: 0,
      completed: 0,
      fresh: false,
    };
    this.#entries.set(name, entry);
    this.#waiting.set(name, Promise.withResolvers());
    return entry;
  }

  /** Puts a version in the place of the one before, which is returned: it still has calls to finish. */
  swap(entry: Entry, deployment: Deployment, fresh: boolean): Deployment | undefined {
    const before = entry.deployment;
    entry.deployment = deployment;
    entry.fresh = fresh;
    entry.state = "ready";
    entry.completed = 0;
    entry.loadedAt = this.#clock.now();
    this.#decided(entry.name);
    this.#meter.gauge("moult_function_up", 1, { function: entry.name });
    return before;
  }

  /** Keeps a version back until its owner approves it. One that serves goes on. */
  hold(entry: Entry, held: Held): void {
    entry.held = held;
    entry.error = undefined;
    if (entry.deployment !== undefined) return;
    entry.state = "pending";
    this.#decided(entry.name);
    this.#meter.gauge("moult_function_up", 0, { function: entry.name });
  }

  /** Takes the version that serves away from its callers. Returns it: it still has calls to finish. */
  withdraw(entry: Entry): Deployment | undefined {
    const before = entry.deployment;
    entry.deployment = undefined;
    return before;
  }

  /** Says why the newest file is not served. A version that serves goes on. */
  fail(entry: Entry, error: string): void {
    entry.error = error;
    if (entry.deployment !== undefined) return;
    entry.state = "failed";
    this.#decided(entry.name);
    this.#meter.gauge("moult_function_up", 0, { function: entry.name });
  }

  /** Takes a function out; calls of it find nothing. Returns the version that served. */
  remove(name: string): Deployment | undefined {
    const entry = this.#entries.get(name);
    this.#entries.delete(name);
    this.#decided(name);
    this.#meter.gauge("moult_function_up", 0, { function: name });
    return entry?.deployment;
  }

  /** Files that were meant to be functions and cannot be: listed, never called. Returns those that are news. */
  refuse(
    refused: readonly { readonly name: string; readonly file: string; readonly error: string }[],
  ): readonly FunctionInfo[] {
    const before = new Set(this.#refused.map(({ file, error }) => `${file}\n${error}`));
    this.#refused = refused.map(({ name, file, error }) => ({
      name,
      file,
      error,
      kind: kindOf(file),
      version: "",
      state: "failed",
      origin: "user",
      loadedAt: 0,
      reloadMs: 0,
      calls: 0,
      failures: 0,
    }));
    return this.#refused.filter(({ file, error }) => !before.has(`${file}\n${error}`));
  }

  /** Every function, loaded or not. */
  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  #decided(name: string): void {
    this.#waiting.get(name)?.resolve();
    this.#waiting.delete(name);
  }

  /** Waits until the first version of a function is there, or is known to be broken. */
  async #first(name: string): Promise<void> {
    const first = this.#waiting.get(name)?.promise;
    if (first !== undefined) await within(first, FIRST_LOAD_MS_MAX);
  }

  /** The version to call. To be used in the same tick: after it, the version may have been swapped and retired. */
  #serving(name: string): Deployment | MoultError {
    const entry = this.#entries.get(name);
    if (entry?.deployment !== undefined) return entry.deployment;
    if (entry?.state === "pending") return awaitsApproval(name);
    const error = entry?.error ?? this.#refused.find((one) => one.name === name)?.error;
    if (error !== undefined)
      return new MoultError("function/invalid", `Function "${name}" is not loaded: ${error}`);
    return entry === undefined
      ? new MoultError("function/not-found", `No function is called "${name}"`)
      : new MoultError("function/busy", `Function "${name}" is still loading; retry later`);
  }

  /** The same object for the same values, which the meter finds sooner. */
  #labelsOf(name: string, status: number): Labels {
    const key = `${name} ${status}`;
    let labels = this.#labels.get(key);
    if (labels === undefined) {
      labels = { function: name, status: String(status) };
      if (this.#labels.size < LABELS_KEPT) this.#labels.set(key, labels);
    }
    return labels;
  }

  #begin(name: string): (status: number, deployment: Deployment) => void {
    const began = performance.now();
    const entry = this.#entries.get(name);
    if (entry !== undefined) entry.calls++;
    return (status, deployment) => {
      // Below 500 it was the caller's mistake, or a limit that protects the function.
      const failed = status >= 500;
      if (entry !== undefined && failed) entry.failures++;
      if (entry?.deployment === deployment && status < 400) entry.completed++;
      const labels = this.#labelsOf(name, status);
      this.#meter.count("moult_function_calls_total", labels);
      this.#meter.observe(
        "moult_function_duration_seconds",
        (performance.now() - began) / 1000,
        labels,
      );
    };
  }
}

/** What a file that does not load was meant to be, as far as its name tells. */
function kindOf(file: string): FunctionInfo["kind"] {
  return isSkillFile(file) ? "skill" : "tool";
}

function info(entry: Entry, grant: Grant | undefined): FunctionInfo {
  const { name, file, origin, state, error, deployment, loadedAt, reloadMs, calls, failures } =
    entry;
  const { held } = entry;
  return {
    name,
    ...shownAs(entry),
    state,
    ...(error !== undefined && { error }),
    ...(deployment !== undefined && { manifest: deployment.manifest }),
    ...(grant !== undefined && origin === "user" && { grant }),
    ...(held !== undefined && { waiting: held.waiting }),
    origin,
    file,
    loadedAt,
    reloadMs,
    calls,
    failures,
  };
}

/** What serves, or else what waits. */
function shownAs({ deployment, held, file }: Entry): Pick<FunctionInfo, "kind" | "version"> {
  if (deployment !== undefined)
    return { kind: deployment.manifest.kind, version: deployment.version };
  if (held !== undefined) return { kind: held.manifest.kind, version: held.bundle.version };
  return { kind: kindOf(file), version: "" };
}

function tooDeep(name: string): MoultError {
  return new MoultError(
    "tool/failed",
    `Cannot call "${name}": functions already call each other ${DEPTH_MAX} deep; look for a circle`,
  );
}

function failure(error: MoultError): CallResult {
  return { version: "", ms: 0, error: toWire(error), writes: [] };
}

function refusal(error: MoultError): Response {
  return Response.json({ error: toWire(error) }, { status: ERROR_STATUS[error.code] });
}
