/** Examples and tests as lines for a terminal: one short line when all is well, what differs when it is not. */
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { shortText } from "../runtime/short_text.ts";
import type { Rehearsal, Tried } from "../runtime/load/examples.ts";
import type { Checked } from "./checks.ts";
import { differences } from "./differences.ts";
import { paint } from "./print.ts";
import type { TestFailure } from "./test_report.ts";
import type { TestRun } from "./test_run.ts";

/** Characters of a value that is shown whole, on one line. */
const VALUE_CHARS_MAX = 100;

/** Characters of any one line. */
const LINE_CHARS_MAX = 300;

/** Lines of one message, and of what tests print. */
const MESSAGE_LINES_MAX = 16;
const PRINTED_LINES_MAX = 10;

/**
 * Everything worth saying about what was tried. Never empty.
 * @param isTold The examples that failed were shown already.
 */
export function checkLines({ name, examples, tests, ms }: Checked, isTold = false): string[] {
  const failed = [
    ...(examples === undefined || isTold ? [] : exampleLines(examples)),
    ...(tests === undefined ? [] : testLines(tests)),
  ];
  const counts = [
    ...(examples ? [exampleCount(examples)] : []),
    ...(tests ? [testCount(tests)] : []),
  ];
  const isWell = counts.every(({ failures }) => failures === 0) && tests?.trouble === undefined;
  const summary = `${name}: ${summed(counts, tests?.trouble)} (${Math.round(ms)} ms)`;
  if (!isWell) return [...failed, `  ${paint("red", "✗")} ${summary}`];
  return [...printedLines(tests), paint("dim", `  ✓ ${summary}`)];
}

/** The examples that failed. */
export function exampleLines({ tried }: Rehearsal): string[] {
  return tried.filter(({ passed }) => !passed).flatMap(triedLines);
}

/** Says once why a tool's examples do not run. */
export function withheldLine(name: string, withheld: readonly string[]): string {
  return paint(
    "dim",
    `  · ${name}: its examples do not run on save, as it declares ${withheld.join(", ")}; their inputs are checked`,
  );
}

interface Count {
  readonly what: string;
  readonly all: number;
  readonly failures: number;
}

function exampleCount({ tried, withheld }: Rehearsal): Count {
  const what = withheld.length > 0 ? "example input" : "example";
  return { what, all: tried.length, failures: tried.filter(({ passed }) => !passed).length };
}

function testCount({ passed, failures }: TestRun): Count {
  return { what: "test", all: passed + failures.length, failures: failures.length };
}

/** In words: `1 of 2 examples failed, 3 tests pass`. */
function summed(counts: readonly Count[], trouble: string | undefined): string {
  const failed = counts.filter(({ failures }) => failures > 0);
  const well = counts.filter(({ failures, all }) => failures === 0 && all > 0);
  const isOne = well.reduce((sum, { all }) => sum + all, 0) === 1;
  const parts = [
    failed.map(({ failures, what, all }) => `${failures} of ${many(all, what)}`).join(" and "),
    well.map(({ all, what }) => many(all, what)).join(" and "),
    trouble === undefined ? "" : "the test file broke",
  ];
  const verbs = ["failed", isOne ? "passes" : "pass", ""];
  return parts
    .map((part, i) => (part === "" ? "" : `${part} ${verbs[i] ?? ""}`.trim()))
    .filter((part) => part !== "")
    .join(", ");
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function triedLines(tried: Tried): string[] {
  const lines = [
    `  ${paint("red", "✗")} example ${paint("bold", JSON.stringify(tried.say))}`,
    fact("input", whole(tried.input)),
  ];
  const { error } = tried;
  if (error !== undefined) {
    if ("expected" in tried) lines.push(fact("expected", whole(tried.expected), "green"));
    return [...lines, fact("got", `${error.code}: ${error.message}`, "red")];
  }
  const { expected, got } = tried;
  if (Math.max(textOf(expected).length, textOf(got).length) <= VALUE_CHARS_MAX)
    return [...lines, fact("expected", textOf(expected), "green"), fact("got", textOf(got), "red")];
  const places = differences(expected, got).flatMap((place) => [
    fact("at", place.path),
    fact("expected", whole(place.expected), "green"),
    fact("got", whole(place.got), "red"),
  ]);
  return [...lines, ...places];
}

function testLines(run: TestRun & { readonly cwd: string; readonly file: string }): string[] {
  const { failures, trouble, file, cwd } = run;
  const lines = failures.flatMap((failure) => failureLines(failure, { file, cwd }));
  if (trouble !== undefined) {
    lines.push(`  ${paint("red", "✗")} ${paint("bold", basename(file))}`);
    lines.push(...bounded(trouble.split("\n")).map(indented));
  }
  return lines.length === 0 ? [] : [...lines, ...printedLines(run)];
}

function failureLines(
  { name, message, at }: TestFailure,
  { file, cwd }: { readonly file: string; readonly cwd: string },
): string[] {
  const [, path = "", line = ""] = /^(.*):(\d+):\d+$/.exec(at ?? "") ?? [];
  const where = line === "" ? basename(file) : `${basename(path)}:${line}`;
  const code = line === "" ? undefined : lineOf(resolve(cwd, path), Number(line));
  return [
    `  ${paint("red", "✗")} test ${paint("bold", name)}  ${paint("dim", where)}`,
    ...(code === undefined ? [] : [indented(paint("dim", cut(code)))]),
    ...messageLines(message, code !== undefined),
  ];
}

const EXPECTED_RECEIVED = /^Expected([^:\n]*): ([\s\S]*?)\nReceived([^:\n]*): ([\s\S]*)$/;

/** What a matcher of `bun:test` says, as expected and got; any other message as it is. */
function messageLines(message: string, hasCode: boolean): string[] {
  const [, header, body = ""] = /^(expect\(.*)\n\n([\s\S]*)$/.exec(message) ?? [];
  if (header === undefined) return bounded(message.split("\n")).map(indented);
  // The line of code says it better.
  const head = hasCode ? [] : [indented(paint("dim", header))];
  return [...head, ...matcherLines(body)];
}

function matcherLines(body: string): string[] {
  const plain = EXPECTED_RECEIVED.exec(body);
  if (plain !== null) {
    const [, how = "", expected = "", , got = ""] = plain;
    const wanted = `${how.trim()} ${expected}`.trim();
    return [fact("expected", wanted, "green"), fact("got", got.trim(), "red")];
  }
  const diff = /^([\s\S]*?)\n+- Expected {2}- \d+\n\+ Received {2}\+ \d+$/.exec(body)?.[1];
  return diff === undefined ? bounded(body.split("\n")).map(indented) : diffLines(diff);
}

function diffLines(diff: string): string[] {
  const lines = diff.split("\n");
  const only = (sign: string) => lines.filter((line) => line.startsWith(sign));
  const [expected, got] = [only("-"), only("+")];
  const value = (line = ""): string => cut(line.slice(1).trim().replace(/,$/, ""));
  if (expected.length === 1 && got.length === 1)
    return [fact("expected", value(expected[0]), "green"), fact("got", value(got[0]), "red")];
  const legend = `${paint("green", "- expected")}  ${paint("red", "+ got")}`;
  return [legend, ...bounded(lines).map(coloured)].map(indented);
}

function coloured(line: string): string {
  if (line.startsWith("-")) return paint("green", line);
  return line.startsWith("+") ? paint("red", line) : line;
}

function printedLines(run: TestRun | undefined): string[] {
  const lines = (run?.printed ?? "").split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-PRINTED_LINES_MAX).map((line) => paint("dim", `  │ ${cut(line)}`));
}

function fact(word: string, value: string, style: "green" | "red" | "bold" = "bold"): string {
  const shown = style === "bold" ? cut(value) : paint(style, cut(value));
  return indented(`${paint("dim", word.padEnd(8))}  ${shown}`);
}

function indented(line: string): string {
  return `      ${line}`;
}

function bounded(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MESSAGE_LINES_MAX).map(cut);
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, `… ${more} more line${more === 1 ? "" : "s"}`] : shown;
}

function cut(text: string): string {
  return shortText(text, LINE_CHARS_MAX);
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

function whole(value: unknown): string {
  return cut(textOf(value));
}

/** A line of a source file, without its indentation; `undefined` when it cannot be read. */
function lineOf(file: string, line: number): string | undefined {
  try {
    return readFileSync(file, "utf8").split("\n")[line - 1]?.trim();
  } catch {
    return undefined;
  }
}
