/**
 * Runs a whole suite, its files beside each other. What fails then is run once more, file by file, with nothing beside
 * it: what fails again has failed; what passes is a flaky test, and is named. It knows `bun test`, and no test.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files that are run once more. When more fail, it is not for want of quiet. */
const FILES_AGAIN_MAX = 5;

/** What is run, and how. */
export interface Suite {
  readonly root: string;
  /** Files that run at once. */
  readonly workers: number;
  /** Arguments of `bun test`. */
  readonly options: readonly string[];
  /** Runs once more what failed. */
  readonly again: boolean;
}

/** What came of it, the second runs included. */
export interface Result {
  readonly code: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Tests that failed beside others and passed alone, with their files. */
  readonly flaky: readonly string[];
}

/** One test as `bun test` reports it. */
interface Report {
  readonly file: string;
  readonly name: string;
  /** What it stands under. */
  readonly under: string;
  /** No test: a hook that failed, or a process that ended. */
  readonly isNone: boolean;
  readonly state: "passed" | "failed" | "skipped";
}

interface Run extends Omit<Result, "flaky"> {
  readonly reports: readonly Report[];
}

/** Runs a suite with its output shown. */
export async function runSuite(suite: Suite): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "moult-suite-"));
  try {
    const first = await run(suite, [`--parallel=${suite.workers}`, ...suite.options], folder);
    return suite.again ? await again(suite, first, folder) : { ...first, flaky: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function again(suite: Suite, first: Run, folder: string): Promise<Result> {
  const files = filesAgain(first);
  if (files.length === 0) return { ...first, flaky: [] };
  console.log(
    `\n*** ${first.failed} failed beside others; once more, alone: ${files.join(", ")}\n`,
  );
  let { passed, failed, skipped } = first;
  const flaky: string[] = [];
  for (const file of files) {
    const before = first.reports.filter((report) => report.file === file);
    const alone = await run(suite, [...suite.options, `./${file}`], folder);
    const broken = before.filter(({ state }) => state === "failed");
    if (alone.code !== 0 || !broken.every((report) => passesIn(alone, report))) continue;
    flaky.push(...broken.map(({ name }) => `${file}: ${name}`));
    failed -= broken.length;
    passed += alone.passed - before.filter(({ state }) => state === "passed").length;
    skipped += alone.skipped - before.filter(({ state }) => state === "skipped").length;
  }
  return { code: failed === 0 ? 0 : first.code, passed, failed, skipped, flaky };
}

/** None when something failed that is no test's own: a file that cannot be loaded, a run that was given up. */
function filesAgain({ failed, reports }: Run): readonly string[] {
  const broken = reports.filter(({ state }) => state === "failed");
  const files = [...new Set(broken.map(({ file }) => file))];
  return broken.length === failed && files.length <= FILES_AGAIN_MAX ? files : [];
}

/** A test that failed has to be among those that pass alone, not among those that are left out there. */
function passesIn({ reports }: Run, { name, under, isNone }: Report): boolean {
  return (
    isNone ||
    reports.some((one) => one.name === name && one.under === under && one.state === "passed")
  );
}

/** Runs `bun test` with its output shown, and counts from its closing lines. */
async function run({ root }: Suite, options: readonly string[], folder: string): Promise<Run> {
  const report = join(folder, "report.xml");
  rmSync(report, { force: true });
  const reporter = ["--reporter=junit", `--reporter-outfile=${report}`];
  const child = Bun.spawn([process.execPath, "--no-install", "test", ...reporter, ...options], {
    cwd: root,
    env: { ...process.env, BUN_OPTIONS: "--no-install", FORCE_COLOR: "0" },
    stdio: ["ignore", "inherit", "pipe"],
  });
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stderr) {
    process.stderr.write(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  const count = (word: string): number =>
    Number([...text.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, "gm"))].at(-1)?.[1] ?? 0);
  return {
    code: await child.exited,
    passed: count("pass"),
    failed: count("fail"),
    skipped: count("skip"),
    reports: reportsIn(report),
  };
}

/** No report, no tests: then nothing is run again. */
function reportsIn(path: string): readonly Report[] {
  let xml: string;
  try {
    xml = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return xml
    .split("<testcase ")
    .slice(1)
    .map((text) => {
      const attribute = (name: string): string =>
        unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? "");
      const own = attribute("name");
      return {
        file: attribute("file"),
        name: own,
        under: attribute("classname"),
        isNone: /^\((?:unnamed|worker crashed)\)$/.test(own),
        state: stateIn(text),
      };
    });
}

function stateIn(testcase: string): Report["state"] {
  if (testcase.includes("<failure")) return "failed";
  return testcase.includes("<skipped") ? "skipped" : "passed";
}

function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
