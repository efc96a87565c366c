/** `moult new`: what it writes loads, compiles, and passes its own test, in this repository and in another project. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { makePlace, type Place } from "./program.ts";

const ROOT = join(import.meta.dir, "../..");

const WRITTEN = [
  ["tool", "hello"],
  ["skill", "rhymes"],
  ["channel", "short_http"],
  ["channel", "short_terminal", "--via", "terminal"],
  ["channel", "short_telegram", "--via", "telegram"],
] as const;

/** A project of its own that depends on moult, as `moult init` and the documentation make one. */
function makeProject(): Place {
  const place = makePlace();
  place.write("package.json", '{ "name": "my-agent", "type": "module" }');
  place.write(
    "tsconfig.json",
    '{ "extends": "./node_modules/moult/tsconfig.json", "include": ["functions"] }',
  );
  mkdirSync(join(place.dir, "node_modules/@types"), { recursive: true });
  symlinkSync(ROOT, join(place.dir, "node_modules/moult"));
  symlinkSync(join(ROOT, "node_modules/@types/bun"), join(place.dir, "node_modules/@types/bun"));
  return place;
}

async function bun(dir: string, ...line: readonly string[]) {
  const child = Bun.spawn([process.execPath, "--no-install", ...line], {
    cwd: dir,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, text: out + err };
}

let project: Place;
beforeAll(async () => {
  project = makeProject();
  for (const line of WRITTEN) expect((await project.moult("new", ...line)).code).toBe(0);
});
afterAll(() => project.remove(), 120_000);

describe("what moult new writes", () => {
  test("passes its own tests and the type checker in a project of its own", async () => {
    const tests = await bun(project.dir, "test", "./functions");
    expect(tests.text).toMatch(/\n 0 fail\n/);
    expect(tests.text).toContain(`across ${WRITTEN.length} files`);
    const types = await bun(project.dir, "check", "--no-script");
    expect(types.text).toContain("No type errors");
    const format = await bun(project.dir, "fmt", "--check", "functions");
    expect(format.text).toContain("All 10 files are formatted");
  }, 120_000);

  test("passes its own tests in the repository", async () => {
    const folder = join(ROOT, "tests", `.new-${process.pid}`);
    try {
      const made = await project.moult("new", "tool", "hello", "--functions", folder);
      expect(made.code).toBe(0);
      const { text, code } = await bun(ROOT, "test", join(folder, "tools/hello.test.ts"));
      expect(text).toMatch(/\n 1 pass\n 0 fail\n/);
      expect(code).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);

  test("loads, and answers as its example says", async () => {
    const daemon = await project.start();
    const infos = (await (await daemon.ask("/api/functions")).json()) as {
      readonly name: string;
      readonly state: string;
      readonly error?: string;
    }[];
    // There is no bot to connect to.
    for (const [kind, name] of WRITTEN.filter(([, named]) => named !== "short_telegram")) {
      // Channels read what is written, so that they wait for a word of their owner.
      const state = kind === "channel" ? "pending" : "ready";
      expect(infos.find((info) => info.name === name)).toMatchObject({ state });
    }
    const call = await daemon.ask("/fn/hello", { method: "POST", body: '{"person":"Ada"}' });
    expect(await call.json()).toEqual({ greeting: "Hello, Ada!" });
  }, 120_000);
});

describe("moult new", () => {
  test("says what a channel needs before it loads", async () => {
    const line = ["new", "channel", "bot", "--via", "telegram"];
    const { out } = await project.moult(...line, "--functions", "elsewhere");
    expect(out).toContain("It needs in moult.yaml:   channels: { telegram: { token: … } }");
  });

  test("names the next steps, and the built-in that it replaces", async () => {
    const { out, err } = await project.moult("new", "tool", "clock");
    expect(err).toContain("clock is a built-in tool; yours takes its place");
    expect(out).toContain(`moult call clock '{"person":"Ada"}'`);
    expect(out).toContain("bun test ./functions/tools/clock.test.ts");
    const other = await project.moult("new", "tool", "plain", "--json");
    expect(JSON.parse(other.out)).toEqual({
      files: ["functions/tools/plain.ts", "functions/tools/plain.test.ts"],
    });
    expect(other.err).toBe("");
  });

  test.each([
    [["tool", "hello"], /functions\/tools\/hello\.ts exists already/],
    [["skill", "hello"], /functions\/tools\/hello\.ts exists already/],
    [["tool", "Hello"], /"Hello" is not a name/],
    [["tool", "../hello"], /is not a name/],
    [["tool", "hello2", "--via", "http"], /A tool has no transport/],
    [["channel", "doves", "--via", "pigeon"], /no transport "pigeon"; write --via http, or --via/],
    [["gadget", "x"], /moult new tool NAME/],
    [["tool"], /moult new tool NAME/],
  ])("%p is refused and writes nothing", async (line, why) => {
    const before = readFileSync(join(project.dir, "functions/tools/hello.ts"), "utf8");
    const { code, err } = await project.moult("new", ...line);
    expect(err).toMatch(why);
    expect(code).toBe(2);
    expect(readFileSync(join(project.dir, "functions/tools/hello.ts"), "utf8")).toBe(before);
  });
});

/** What an editor underlines, too: it asks the same checker. */
describe("the types of a function file", () => {
  const TOOL = `import { defineTool, v } from "moult";
export default defineTool({
  description: "Adds",
  input: v.object({ a: v.number(), b: v.number() }),
  output: v.object({ sum: v.number() }),
  secrets: ["KEY"],
  permissions: { net: ["a.example:443"] },
  limits: { timeMs: 1_000 },
  examples: [{ say: "add 1 and 2", input: { a: 1, b: 2 }, output: { sum: 3 } }],
  async run({ a, b }, { secret, kv, fetch, now }) {
    await kv.set(secret("KEY"), now());
    await fetch("https://a.example/");
    return { sum: a + b };
  },
});
`;
  const CHANNEL = `import { defineChannel } from "moult";
export default defineChannel({
  description: "Takes messages",
  via: "http",
  receive: ({ session, sender, text }) => ({ conversation: session, sender, text }),
});
`;
  const wrong = (text: string, from: string, to: string): string => {
    expect(text).toContain(from);
    return text.replace(from, to);
  };

  const CASES: readonly (readonly [string, string, string | undefined])[] = [
    ["a right tool", TOOL, undefined],
    ["a right channel", CHANNEL, undefined],
    ["a secret that is not declared", wrong(TOOL, 'secret("KEY")', 'secret("OTHER")'), '"OTHER"'],
    ["a wrong output", wrong(TOOL, "sum: a + b", "sum: String(a)"), "sum: string"],
    ["a field of the input that is not there", wrong(TOOL, "{ a, b }, {", "{ a, c: b }, {"), "'c'"],
    ["an unknown key of the definition", wrong(TOOL, "limits:", "limit:"), "'limit'"],
    ["an unknown limit", wrong(TOOL, "timeMs", "timeMS"), "'timeMS'"],
    ["an unknown member of the context", wrong(TOOL, "fetch, now", "fetch, now, shell"), "'shell'"],
    ["an example whose input does not fit", wrong(TOOL, "{ a: 1, b: 2 }", "{ a: 1 }"), "'b'"],
    ["an example whose output does not fit", wrong(TOOL, "{ sum: 3 }", '{ sum: "3" }'), "'number'"],
    ["an unknown transport", wrong(CHANNEL, '"http"', '"pigeon"'), '"pigeon"'],
    [
      "a field that the transport does not report",
      wrong(CHANNEL, "sender, text })", "user, text })"),
      "'user'",
    ],
  ];
  let place: Place;
  let said: readonly string[];
  beforeAll(async () => {
    place = makeProject();
    for (const [index, [, text]] of CASES.entries()) place.write(`functions/f${index}.ts`, text);
    const { text } = await bun(place.dir, "check", "--no-script", "--no-pretty");
    said = text.split("\n").filter((line) => line.includes("error TS"));
  }, 120_000);
  afterAll(() => place.remove());

  test.each(CASES.map(([name, , complaint], index) => [name, complaint, index] as const))(
    "know %s",
    (_, complaint, index) => {
      const own = said.filter((line) => line.startsWith(`functions/f${index}.ts(`)).join("\n");
      if (complaint === undefined) expect(own).toBe("");
      else expect(own).toContain(complaint);
    },
  );
});
