/**
 * What `moult dev` tries after a save: the touched function's examples, and the test file beside it. One function at a
 * time; the newest save goes first and ends what runs, which is begun again afterwards.
 */
import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import { isBelow, realPath } from "../runtime/below.ts";
import { dropOldest } from "../runtime/drop_oldest.ts";
import { type Rehearsal, rehearse } from "../runtime/load/examples.ts";
import { projectOf } from "../runtime/load/fence.ts";
import type { Functions } from "../runtime/load/functions.ts";
import { stampOf } from "../runtime/load/inputs.ts";
import { type Change, RESCAN_MS, Watcher } from "../runtime/load/watch.ts";
import type { RuntimeEvent } from "../schemas/turn.ts";
import { runTests, type TestRun } from "./test_run.ts";

/** A function and its test are often saved together. */
const QUIET_MS = 20;

/** After so long, people want to know what they wait for. */
const SLOW_MS = 1_000;

/** Functions that wait to be tried; of more, the oldest saves are forgotten. */
const WAITING_MAX = 256;

/** What was tried of one function. */
export interface Checked {
  readonly name: string;
  /** Absent: the tool has no examples, or only its tests were saved. */
  readonly examples?: Rehearsal;
  /** Absent: there is no test file beside it. Paths of the report lie below `cwd`. */
  readonly tests?: TestRun & { readonly file: string; readonly cwd: string };
  readonly ms: number;
}

/** What checks work with. */
export interface ChecksOptions {
  /** The owner's functions folder; nothing outside of it is ever run as a test. May not exist yet. */
  readonly dir: string;
  readonly functions: Pick<Functions, "get" | "list" | "run">;
  /** Called when what there is of a function was tried. */
  readonly onChecked: (checked: Checked) => void;
  /** Called before that with examples that failed, when tests follow: these may take their time. */
  readonly onExamples: (examples: Rehearsal) => void;
  /** Called when the tests of a function have run for a second. */
  readonly onSlow: (name: string) => void;
}

interface Job {
  readonly name: string;
  readonly examples: boolean;
}

/** Tries what was saved. */
export class Checks {
  readonly #options: ChecksOptions;
  readonly #watcher: Watcher;
  /** By name, the newest save last. */
  readonly #waiting = new Map<string, Job>();
  #running: { readonly job: Job; readonly abort: AbortController } | undefined;
  /** By name: what its test file looked like when it was last tried. */
  readonly #stamps = new Map<string, string>();
  readonly #rescanning: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: ChecksOptions) {
    this.#options = options;
    this.#watcher = new Watcher((changes) => this.#onSaved(changes), Date.now);
    this.#watcher.root(options.dir);
    this.#rescanning = setInterval(() => this.#rescan(), RESCAN_MS);
  }

  /** To be told of what happens to functions. */
  hear({ type, name }: RuntimeEvent): void {
    if (typeof name !== "string") return;
    if (type === "function.loaded") this.#add({ name, examples: true });
    // There is no new version to try, and the old one's results would be taken for it.
    else if (type === "function.failed" || type === "function.removed") this.#forget(name);
  }

  /** Ends what runs. Nothing is called back any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#watcher.close();
    clearInterval(this.#rescanning);
    clearTimeout(this.#timer);
    this.#waiting.clear();
    this.#running?.abort.abort();
    await this.#working;
  }

  #onSaved(changes: readonly Change[]): void {
    this.#watcher.root(this.#options.dir);
    for (const { path } of changes) {
      const name = /([^/\\]+)\.test\.m?[jt]s$/.exec(path)?.[1];
      if (name !== undefined && this.#testOf(name) === path) this.#add({ name, examples: false });
    }
  }

  /** Finds saves that the kernel did not report, of tests that have been tried. */
  #rescan(): void {
    this.#watcher.root(this.#options.dir);
    for (const [name, stamp] of this.#stamps)
      if (!this.#waiting.has(name) && this.#stampOf(name) !== stamp)
        this.#add({ name, examples: false });
  }

  #stampOf(name: string): string {
    const file = this.#testOf(name);
    return file === undefined ? "" : stampOf(file);
  }

  #add(job: Job): void {
    const { name } = job;
    if (this.#closed || this.#fileOf(name) === undefined) return;
    const before = [this.#waiting.get(name), this.#interrupt(name)];
    const examples = job.examples || before.some((one) => one?.examples);
    this.#waiting.delete(name);
    this.#waiting.set(name, { name, examples });
    dropOldest(this.#waiting, WAITING_MAX);
    this.#begin();
  }

  /** Ends what runs for the sake of `name`. Returns the job if it was that name's; another's waits again. */
  #interrupt(name: string): Job | undefined {
    if (this.#running === undefined || this.#running.abort.signal.aborted) return undefined;
    const { job, abort } = this.#running;
    abort.abort();
    if (job.name === name) return job;
    if (!this.#waiting.has(job.name)) this.#waiting.set(job.name, job);
    return undefined;
  }

  #forget(name: string): void {
    this.#waiting.delete(name);
    this.#stamps.delete(name);
    if (this.#running?.job.name === name) this.#running.abort.abort();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#working = this.#working.then(() => this.#work());
    }, QUIET_MS);
  }

  async #work(): Promise<void> {
    for (;;) {
      const job = [...this.#waiting.values()].at(-1);
      if (job === undefined) return;
      this.#waiting.delete(job.name);
      const abort = new AbortController();
      this.#running = { job, abort };
      await this.#check(job, abort.signal);
      this.#running = undefined;
    }
  }

  async #check({ name, examples }: Job, signal: AbortSignal): Promise<void> {
    const { functions, onChecked, onExamples } = this.#options;
    const began = performance.now();
    this.#stamps.set(name, this.#stampOf(name));
    const tried = examples ? await rehearse(functions, name, signal) : undefined;
    const file = this.#testOf(name);
    if (signal.aborted) return;
    if (file !== undefined && tried?.tried.some(({ passed }) => !passed)) onExamples(tried);
    const tests = file === undefined ? undefined : await this.#runTests(name, file, signal);
    if (signal.aborted || (tried === undefined && tests === undefined)) return;
    const ms = performance.now() - began;
    onChecked({ name, ...(tried && { examples: tried }), ...(tests && { tests }), ms });
  }

  async #runTests(name: string, file: string, signal: AbortSignal): Promise<Checked["tests"]> {
    const cwd = projectOf(this.#options.dir);
    const timer = setTimeout(() => {
      if (!signal.aborted) this.#options.onSlow(name);
    }, SLOW_MS);
    const tests = await runTests(file, { cwd, signal });
    clearTimeout(timer);
    return tests && { ...tests, file, cwd };
  }

  /** The function's own file, if it lies in the owner's folder. */
  #fileOf(name: string): string | undefined {
    const file = this.#options.functions.get(name)?.file;
    if (file === undefined) return undefined;
    const path = join(this.#options.dir, file);
    return existsSync(path) ? path : undefined;
  }

  /**
   * The test file beside a function: `x.test.ts` beside `x.ts`, really in the owner's folder and not linked to. Tests
   * run outside of every sandbox, and no function may write there.
   */
  #testOf(name: string): string | undefined {
    const own = this.#fileOf(name);
    if (own === undefined) return undefined;
    const stem = own.slice(0, -extname(own).length);
    const file = [".test.ts", ".test.mts", ".test.js", ".test.mjs"]
      .map((ending) => stem + ending)
      .find((candidate) => existsSync(candidate));
    return file !== undefined && isBehind(file, this.#options.dir) ? file : undefined;
  }
}

/** Whether a path is a folder or lies below it, behind all links. */
function isBehind(path: string, folder: string): boolean {
  return isBelow(realPath(path), realPath(folder));
}
