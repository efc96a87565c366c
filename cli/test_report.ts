/** Reads what `bun test` reports about one file: its JUnit document, or what it printed when there is none. */

/** A test that failed. */
export interface TestFailure {
  /** With the names of the `describe` blocks around it. */
  readonly name: string;
  /** What went wrong, in one or more lines. */
  readonly message: string;
  /** Where, as `file:line:column`; the file as the test runner names it. */
  readonly at?: string;
}

/** What a run found. */
export interface TestReport {
  readonly passed: number;
  readonly failures: readonly TestFailure[];
}

const TEST_CASE = /<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const FAILURE = /<failure\b([^>]*?)(?:\/>|>([\s\S]*?)<\/failure>)/;

/** Failures kept of one run; more would scroll the first ones away. */
const FAILURES_MAX = 20;

/** Reads a JUnit document of `bun test`. Skipped tests do not count. */
export function readJunit(xml: string): TestReport {
  let passed = 0;
  const failures: TestFailure[] = [];
  for (const [, attributes = "", body = ""] of xml.matchAll(TEST_CASE)) {
    const failure = FAILURE.exec(body);
    if (failure !== null) {
      if (failures.length < FAILURES_MAX) failures.push(readFailure(attributes, failure));
    } else if (!body.includes("<skipped")) passed += 1;
  }
  return { passed, failures };
}

function readFailure(attributes: string, [, facts = "", stack = ""]: RegExpExecArray): TestFailure {
  const name = [attribute(attributes, "classname"), attribute(attributes, "name")]
    .filter((part) => part !== "")
    .join(" > ");
  const type = attribute(facts, "type");
  const text = attribute(facts, "message");
  const message = /^(?:AssertionError|TimeoutError|Error|)$/.test(type) ? text : `${type}: ${text}`;
  const thrown = /^\s+at (\S+:\d+:\d+)$/m.exec(plain(stack))?.[1];
  const line = attribute(attributes, "line");
  const declared = line === "" ? undefined : `${attribute(attributes, "file")}:${line}:1`;
  const at = thrown ?? declared;
  return { name, message: message.trim(), ...(at !== undefined && { at }) };
}

function attribute(attributes: string, name: string): string {
  return plain(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  amp: "&",
};

function plain(escaped: string): string {
  const one = (all: string, hex?: string, digits?: string, name = ""): string => {
    if (digits === undefined) return ENTITIES[name] ?? all;
    return String.fromCodePoint(Number.parseInt(digits, hex === "" ? 10 : 16));
  };
  return escaped.replaceAll(/&(?:#(x?)([0-9a-f]+)|([a-z]+));/gi, one);
}

/**
 * Why a file ran no tests, from what the runner printed: it does not build, throws while it is loaded, or ended the
 * process. `undefined` when it printed no error.
 */
export function readTrouble(printed: string): string | undefined {
  const between = /^# Unhandled error between tests\n-+\n([\s\S]*?)\n-+$/m.exec(printed)?.[1];
  return between?.trim();
}
