/**
 * Runs one test file in a process of its own, outside of every sandbox, as the owner who wrote it; ends it, and all that
 * it started, when it takes too long or nobody waits any more. Decides nothing about which files, or when.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { within } from "../runtime/within.ts";
import { readJunit, readTrouble, type TestReport } from "./test_report.ts";

/** For all tests of a file; a single one has 5 s by `bun test` itself. */
const RUN_MS_MAX = 30_000;

/** Kept of what tests print, from the end. */
const PRINTED_CHARS_MAX = 65_536;

/** After the process has ended: whoever holds its output open is not waited for. */
const OUTPUT_MS_MAX = 200;

const PRELOAD = join(import.meta.dir, "test_preload.ts");

/** One run of a test file. */
export interface TestRun extends TestReport {
  /** Why there is no report, or no whole one. */
  readonly trouble?: string;
  /** What the tests themselves wrote to standard output. */
  readonly printed: string;
  readonly ms: number;
}

/** What a run may be told. */
export interface TestRunOptions {
  /** The project; relative paths of the report lie below it. */
  readonly cwd: string;
  /** Aborts it: the process and its children end at once. */
  readonly signal: AbortSignal;
  /** Milliseconds for the whole file. @default 30_000 */
  readonly msMax?: number;
}

/** Runs a test file. `undefined` when it was aborted. */
export async function runTests(
  file: string,
  { cwd, signal, msMax = RUN_MS_MAX }: TestRunOptions,
): Promise<TestRun | undefined> {
  if (signal.aborted) return undefined;
  const began = performance.now();
  const dir = mkdtempSync(join(tmpdir(), "moult-dev-"));
  const child = start(file, { cwd, junit: join(dir, "junit.xml") });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endGroup(child.pid);
  }, msMax);
  const onAbort = (): void => endGroup(child.pid);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const printed = tailOf(child.stdout);
    const reported = tailOf(child.stderr);
    await child.exited;
    // What a test left running would hold the output open.
    endGroup(child.pid);
    await within(Promise.all([printed.ended, reported.ended]), OUTPUT_MS_MAX);
    if (signal.aborted) return undefined;
    const report = readReport(join(dir, "junit.xml"));
    const trouble = late
      ? `The tests took longer than ${msMax / 1_000} s and were ended`
      : troubleOf({ code: child.exitCode, signal: child.signalCode }, report, reported.text());
    return {
      ...(report ?? { passed: 0, failures: [] }),
      ...(trouble !== undefined && { trouble }),
      printed: printed.text().replace(/^bun test v.*\n/, ""),
      ms: performance.now() - began,
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    rmSync(dir, { recursive: true, force: true });
  }
}

function start(file: string, { cwd, junit }: { cwd: string; junit: string }) {
  const line = ["--no-install", "test", "--no-orphans", "--preload", PRELOAD];
  const report = ["--reporter=junit", `--reporter-outfile=${junit}`];
  return Bun.spawn([process.execPath, ...line, ...report, file], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, which ends as one; and Ctrl-C at the prompt is not for it.
    detached: true,
  });
}

/** Ends a process and what it started. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of them have ended already.
  }
}

/** The last characters of a stream, read so that its writer never waits. */
function tailOf(stream: ReadableStream<Uint8Array>) {
  let text = "";
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      text = (text + decoder.decode(bytes, { stream: true })).slice(-PRINTED_CHARS_MAX);
    }
  };
  return { ended: read().catch(() => undefined), text: () => text };
}

function readReport(file: string): TestReport | undefined {
  try {
    return readJunit(readFileSync(file, "utf8"));
  } catch {
    // The runner writes it at the end, if any test ran.
    return undefined;
  }
}

function troubleOf(
  { code, signal }: { readonly code: number | null; readonly signal: unknown },
  report: TestReport | undefined,
  reported: string,
): string | undefined {
  const why = readTrouble(reported);
  if (why !== undefined) return why;
  if (report !== undefined) return undefined;
  if (typeof signal === "string") return `The tests ended with ${signal}`;
  if (code === 0) return "The file has no tests";
  return `The tests ended with exit code ${code}:\n${reported.trim().slice(-1_000)}`;
}
