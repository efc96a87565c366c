/**
 * What every bench shares: rows with a bar, medians, the machine in words, and quiet while measuring.
 * It knows nothing of what is measured.
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";

/** One measured fact. A row without a bar is for information and always passes. */
export interface Row {
  readonly claim: string;
  /** `≤ 130`, `≥ 2`, `= 0`; empty for information. */
  readonly bar: string;
  readonly value: number | string;
  readonly unit: string;
  readonly pass: boolean;
}

/** A table beside the rows, for comparisons. */
export interface Table {
  readonly head: readonly string[];
  readonly body: readonly (readonly string[])[];
}

/** What a bench found. */
export interface Report {
  readonly rows: readonly Row[];
  readonly tables?: readonly Table[];
  /** Facts needed to read the numbers: sizes, seeds, what was left out. */
  readonly notes?: readonly string[];
}

/** One claim. A file `x.bench.ts` exports exactly one of these as `bench`; its name is the file's. */
export interface Bench {
  readonly title: string;
  /** How it is measured, one or two sentences. */
  readonly about: string;
  /** It takes gigabytes or many minutes, and runs only when it is named. @default false */
  readonly onlyByName?: boolean;
  readonly run: () => Promise<Report>;
}

/** A row that passes iff `value <= bar`. */
export function atMost(claim: string, value: number, bar: number, unit: string): Row {
  return { claim, bar: `≤ ${bar}`, value: round(value), unit, pass: value <= bar };
}

/** A row that passes iff `value >= bar`. */
export function atLeast(claim: string, value: number, bar: number, unit: string): Row {
  return { claim, bar: `≥ ${bar}`, value: round(value), unit, pass: value >= bar };
}

/** A row that passes iff `value` is exactly `bar`. */
export function exactly(
  claim: string,
  value: number | string,
  bar: number | string,
  unit = "",
): Row {
  return { claim, bar: `= ${bar}`, value, unit, pass: value === bar };
}

/** A row for information. */
export function fact(claim: string, value: number | string, unit = ""): Row {
  return {
    claim,
    bar: "",
    value: typeof value === "number" ? round(value) : value,
    unit,
    pass: true,
  };
}

/** The value below which the share `q` (0 to 1) of `values` lies; `NaN` for none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** The middle value. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Three significant digits, whole numbers from 100 on: more would claim a precision that is not there. */
export function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** A repeatable source of numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

const changed = new Map<string, string>();

/**
 * A number that a run may change, `$BENCH_<NAME>`: fewer rounds, fewer minutes. A run with a changed one is printed but
 * not written down, for it measured something else than the bench claims.
 */
export function option(name: string, standard: number): number {
  const text = optionText(name, String(standard));
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`BENCH_${name} is "${text}"; it must be a number`);
}

/** The same for words separated by commas. */
export function optionList(name: string, standard: readonly string[]): readonly string[] {
  return optionText(name, standard.join(","))
    .split(/[\s,]+/)
    .filter(Boolean);
}

/** `BENCH_ROUNDS=1 …`: what was changed since this was asked last. */
export function takeChangedOptions(): string {
  const text = [...changed].map(([name, value]) => `BENCH_${name}=${value}`).join(" ");
  changed.clear();
  return text;
}

function optionText(name: string, standard: string): string {
  const given = process.env[`BENCH_${name}`];
  if (given === undefined || given === standard) return standard;
  changed.set(name, given);
  return given;
}

/** The machine in words: what a reader needs to judge the numbers, and nothing that names it. */
export function machine(): string {
  const cores = cpus();
  const gib = Math.round(totalmem() / 2 ** 30);
  const kernel = /^[\d.]+\d/.exec(release())?.[0] ?? release();
  return `${cores.length} cores (${cores[0]?.model.trim() ?? process.arch}), ${gib} GiB memory, ${process.platform} ${kernel}, Bun ${Bun.version}`;
}

/** The load average of the last minute. */
export const load = (): number => round(loadavg()[0] ?? Number.NaN);

const cleanups = new Set<() => void>();
process.on("exit", () => {
  for (const cleanup of cleanups) cleanup();
});

/** Runs `cleanup`, which cannot wait, when this process ends early. Returns the way to forget it. */
export function onLeave(cleanup: () => void): () => void {
  cleanups.add(cleanup);
  return () => void cleanups.delete(cleanup);
}

/**
 * Runs `work` while the processes named in `$BENCH_PAUSE_PIDS` (separated by commas or spaces) stand still.
 * They go on afterwards, also when `work` fails or this process is asked to end.
 */
export async function undisturbed<T>(work: () => Promise<T>): Promise<T> {
  const pids = (process.env["BENCH_PAUSE_PIDS"] ?? "").split(/[\s,]+/).filter(Boolean);
  const paused = pids.map(Number).filter((pid) => isAlive(pid));
  const resume = () => {
    for (const pid of paused.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGCONT");
  };
  const forget = onLeave(resume);
  const leave = () => process.exit(130);
  process.once("SIGINT", leave).once("SIGTERM", leave);
  try {
    for (const pid of paused) process.kill(pid, "SIGSTOP");
    return await work();
  } finally {
    resume();
    forget();
    process.off("SIGINT", leave).off("SIGTERM", leave);
  }
}

/** Whether a process of this id is running. A zombie is not. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.charAt(stat.lastIndexOf(")") + 2) !== "Z";
  } catch {
    return false;
  }
}

/** Asks again every `everyMs` until the answer is not `undefined`; throws with `what` after `limitMs`. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  { everyMs = 10, limitMs = 30_000 }: { everyMs?: number; limitMs?: number } = {},
): Promise<T> {
  for (const end = performance.now() + limitMs; performance.now() < end; await Bun.sleep(everyMs)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error(`Waited ${limitMs} ms for ${what}`);
}

/**
 * A TCP port of the loopback interface that is free now. Below the ports that the kernel hands to clients: a server
 * that is down for a moment would else find its port taken, even by a client that connected to itself.
 */
export function freePort(): number {
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    try {
      void Bun.serve({ port, hostname: "127.0.0.1", fetch: () => new Response() }).stop(true);
      return port;
    } catch {
      // Taken; another one.
    }
  }
  throw new Error("Cannot find a free port between 20000 and 32000");
}
