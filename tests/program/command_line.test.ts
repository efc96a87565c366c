/** The command line: what it prints, what it refuses, and how it ends. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makePlace, type Place } from "./program.ts";
import { until } from "../waiting.ts";

let place: Place;
beforeAll(() => {
  place = makePlace([
    { match: "^greet (\\w+)$", call: { name: "greeter", arguments: { person: "{{1}}" } } },
    { onTool: "greeter", reply: "It says: {{result.greeting}}" },
    { reply: "You said: {{text}}" },
  ]);
});
afterAll(() => place.remove(), 120_000);

describe("moult without a daemon", () => {
  test("lists its commands and says what each does, and that it can print JSON", async () => {
    const { code, out } = await place.moult("--help");
    expect(code).toBe(0);
    const listed = [...out.matchAll(/^  ([a-z]+) {2,}\S/gm)].map(([, name = ""]) => name);
    const promised =
      "start stop dev open chat new init list describe call logs rollback approve sessions secret doctor bench completion";
    expect(listed).toEqual(expect.arrayContaining(promised.split(" ")));
    const helps = await Promise.all(listed.map((name) => place.moult(name, "--help")));
    for (const [index, help] of helps.entries()) {
      expect(help.code).toBe(0);
      expect(help.out).toContain(`Usage: moult ${listed[index]}`);
      expect(help.out).toContain("  --json ");
    }
  }, 120_000);

  test.each([
    [["chta", "hi"], 2, /no command "chta"; did you mean "chat"\?/],
    [["list", "--wat"], 2, /Unknown option '--wat'/],
    [["start", "--port", "http"], 2, /--port wants a number from 0 to 65535, not "http"/],
    [["call"], 2, /as one JSON argument/],
    [["call", "calculate", "{oops"], 2, /The input is not JSON/],
    [["describe"], 2, /Name one function/],
    [["new", "tool", "Bad-Name"], 2, /not a name for a function/],
    [["new", "gadget", "x"], 2, /moult new tool NAME/],
    [["secret", "set", "A", "value"], 2, /read from standard input/],
    [["sessions"], 1, /No daemon runs for .*Start one with "moult start"/],
    [["bench", "no_such_bench"], 2, /Unknown bench "no_such_bench"; there are: /],
    [["list"], 1, /No daemon runs for .*Start one with "moult start"/],
    [["start", "--config", "missing.yaml"], 78, /Cannot read the configuration .*missing\.yaml/],
    [["start", "--host", "0.0.0.0"], 1, /needs TLS and a key; keep --host 127\.0\.0\.1/],
  ])("moult %p ends with %p and one sentence", async (line, code, sentence) => {
    const ended = await place.moult(...line);
    expect(ended.err).toMatch(sentence);
    expect(ended.code).toBe(code);
  });

  test("a wrong configuration ends with 78 and the position of the mistake", async () => {
    const file = place.write("bad.yaml", "server:\n  port: eighty\n");
    const { code, err } = await place.moult("start", "--config", file);
    expect(code).toBe(78);
    expect(err).toMatch(/bad\.yaml:2:9 server\.port: /);
  });

  test.each([
    "doctor",
    "secret list",
    "stop",
    "new tool by_json",
    "init by_json",
    "completion bash",
  ])("moult %s --json prints one document and nothing else", async (line) => {
    const { code, out, err } = await place.moult(...line.split(" "), "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(out)).toBeObject();
  });

  test("with --json a failure is a document on standard output", async () => {
    const { code, out } = await place.moult("list", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      error: { code: "model/unavailable", message: expect.stringContaining("No daemon runs") },
    });
  });

  test("secrets can be set, listed and removed; values are never shown", async () => {
    const child = Bun.spawn(
      [
        process.execPath,
        "--no-install",
        join(import.meta.dir, "../../main.ts"),
        "secret",
        "set",
        "A_TOKEN",
      ],
      { cwd: place.dir, stdin: new Blob(["hush\n"]), stdout: "pipe" },
    );
    expect(await child.exited).toBe(0);
    expect(readFileSync(join(place.home, "secrets"), "utf8")).toContain('"hush"');
    expect((await place.moult("secret", "list")).out).toBe("A_TOKEN\n");
    expect((await place.moult("secret", "rm", "A_TOKEN")).out).toBe("Removed A_TOKEN\n");
    expect((await place.moult("secret", "list")).out).toBe("");
  });
});

describe("moult with a daemon", () => {
  test("chat starts one, answers by a tool written by `new`, and stop ends it", async () => {
    const written = await place.moult("new", "tool", "greeter");
    expect(written.out).toContain("wrote functions/tools/greeter.ts");
    const again = await place.moult("new", "tool", "greeter");
    expect(again.err).toContain("exists already");

    const chat = await place.moult("chat", "greet Ada");
    expect(chat.out).toBe("It says: Hello, Ada!\n");
    expect(chat.err).toContain('greeter {"person":"Ada"}');
    expect(chat.code).toBe(0);

    expect((await place.moult("chat", "/tools")).out).toContain("greeter: Greet a person\n");
    expect((await place.moult("chat", "/help")).out).toContain("/reset begins a new conversation");

    const json = await place.moult("chat", "--json", "hello there");
    expect(JSON.parse(json.out)).toMatchObject({
      outcome: "answered",
      reply: "You said: hello there",
    });

    const list = await place.moult("list");
    expect(list.out).toMatch(/greeter +tool +[0-9a-f]{12} +ready +1 /);
    expect((await place.moult("describe", "greeter")).out).toContain("may touch    nothing");
    const call = await place.moult("call", "greeter", '{"person":"Bo"}');
    expect(JSON.parse(call.out)).toEqual({ greeting: "Hello, Bo!" });
    const wrong = await place.moult("call", "greeter", '{"person":1}');
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain("person");
    const missing = await place.moult("call", "no_such_tool");
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('"no_such_tool"');

    place.write(
      "functions/pigeon.ts",
      'import { defineChannel } from "moult";\nexport default defineChannel({ description: "x", via: "pigeon" as "http", receive: () => ({ drop: "x" }) });\n',
    );
    const refused = await until(async () => {
      const { out } = await place.moult("list");
      return out.includes("pigeon: ") && out;
    });
    expect(refused).toContain(
      'pigeon: Cannot load: there is no transport "pigeon"; write via: "http" or via: "terminal"',
    );

    expect((await place.moult("stop")).out).toBe("Stopped\n");
    expect(existsSync(join(place.home, "daemon.json"))).toBeFalse();
    expect((await place.moult("stop")).out).toContain("No daemon runs");
  }, 120_000);

  test("an occupied port is named, with the way out", async () => {
    const taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const { code, err } = await place.moult("start", "--port", String(taken.port));
    await taken.stop(true);
    expect(code).toBe(1);
    expect(err).toContain(String(taken.port));
    expect(err).toContain("--port 0");
  });

  test("a home that cannot be used is refused", async () => {
    const file = place.write("a_file", "");
    const { code, err } = await place.moult("start", "--home", join(file, "home"));
    expect(code).toBe(78);
    expect(err).toContain("Cannot use the home folder");
  });
});
