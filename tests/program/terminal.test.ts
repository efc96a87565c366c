/** What commands show people that they do not show programs: colour, progress, a browser. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, type Place, makePlace } from "./program.ts";
import { until } from "../waiting.ts";

const ENTRY = join(import.meta.dir, "../../main.ts");
const ESCAPE = "\u001B";

let place: Place;
beforeAll(async () => {
  place = makePlace([
    { match: "slow", reply: "There you are", delayMs: 1_400 },
    { match: "^sum$", call: { name: "calculate", arguments: { expression: "1+1" } } },
    { onTool: "calculate", reply: "Two" },
    { reply: "hi" },
  ]);
  await place.start();
}, 120_000);
afterAll(() => place.remove(), 120_000);

/** The environment of nobody in particular: no screen, no wishes about colour or browsers. */
function environment(wishes: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = { ...process.env, TERM: "xterm" };
  for (const name of Object.keys(env))
    if (/^(?:MOULT_.*|.*_COLOR|DISPLAY|WAYLAND_DISPLAY|BROWSER)$/.test(name)) delete env[name];
  return { ...env, ...wishes };
}

const command = (line: readonly string[]) => [process.execPath, "--no-install", ENTRY, ...line];

async function piped(
  line: readonly string[],
  wishes: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = Bun.spawn(command(line), {
    cwd: place.dir,
    env: environment(wishes),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, out, err };
}

/** Everything that a terminal was sent. */
async function onTerminal(
  line: readonly string[],
  wishes: Readonly<Record<string, string>> = {},
  cols = 120,
): Promise<string> {
  let shown = "";
  const child = Bun.spawn(command(line), {
    cwd: place.dir,
    env: environment(wishes),
    terminal: { cols, data: (_terminal, bytes) => void (shown += bytes.toString()) },
  });
  await child.exited;
  return shown;
}

describe("a terminal of 80 columns", () => {
  test.each([
    [["--help"]],
    [["list"]],
    [["describe", "convert_units"]],
    [["doctor"]],
    [["sessions"]],
    [["model"]],
    [["call", "clock", "{now}"]],
    [["new", "--help"]],
    [["start", "--help"]],
  ])("holds the lines of %j", async (line: string[]) => {
    const shown = Bun.stripANSI(await onTerminal(line, {}, 80));
    expect(shown).not.toBe("");
    // A path has no place to break at.
    const wide = shown.split("\r\n").filter((one) => one.length > 80 && !one.includes(place.dir));
    expect(wide).toEqual([]);
  });

  test("breaks a finding below where it began; a pipe gets it in one line", async () => {
    expect(await onTerminal(["describe", "nothing_at_all_of_so_long_a_name"], {}, 50)).toMatch(
      /^moult: No function is called\r\n"nothing_at_all_of_so_long_a_name"; see "moult\r\nlist", or/,
    );
    const { out } = await piped(["describe", "convert_units"]);
    expect(out.split("\n").some((one) => one.length > 80)).toBeTrue();
  });

  test("is shown commands as they are typed in a project", async () => {
    const { err } = await piped(["describe", "nope"], { npm_lifecycle_event: "moult" });
    expect(err).toContain('see "bun moult list"');
    const usage = await piped(["new"], { npm_lifecycle_event: "moult" });
    expect(usage.err).toContain("Write: bun moult new tool NAME, bun moult new skill NAME");
    expect(usage.err).toContain('See "bun moult new --help"');
  });
});

describe("colour", () => {
  test("is for terminals", async () => {
    expect(await onTerminal(["doctor"])).toContain(`${ESCAPE}[32mok`);
    const { out, err } = await piped(["doctor"]);
    expect(out).toContain("ok    bun");
    expect(out + err).not.toContain(ESCAPE);
  });

  test.each([[{ NO_COLOR: "1" }], [{ TERM: "dumb" }], [{ FORCE_COLOR: "0" }]])(
    "not for one that says %j",
    async (wishes: Record<string, string>) => {
      expect(await onTerminal(["doctor"], wishes)).not.toContain(ESCAPE);
    },
  );

  test("comes into pipes for those who force it, but never into JSON", async () => {
    expect((await piped(["doctor"], { FORCE_COLOR: "1", NO_COLOR: "1" })).out).toContain(ESCAPE);
    const { out } = await piped(["doctor", "--json"], { FORCE_COLOR: "1" });
    expect(out).not.toContain(ESCAPE);
    expect(JSON.parse(out)).toBeArray();
  });
});

test("a reply that takes long is announced on a terminal, on a line that goes again, and not in a pipe", async () => {
  const [shown, { out, err }] = await Promise.all([
    onTerminal(["chat", "be slow"]),
    piped(["chat", "-s", "pipe", "be slow"]),
  ]);
  expect(Bun.stripANSI(shown)).toMatch(/^\r. thinking \d s/);
  expect(shown).toEndWith(`\r${ESCAPE}[KThere you are\r\n`);
  expect({ out, err }).toEqual({ out: "There you are\n", err: "" });
}, 120_000);

describe("moult sessions", () => {
  test("lists them, shows what was said and done, and forgets one", async () => {
    await piped(["chat", "-s", "kitchen:1", "sum"]);
    expect((await piped(["sessions"])).out).toMatch(
      /^SESSION +TURNS +LAST\n(?:.*\n)*kitchen:1 +1 +\d{4}-\d\d-\d\d \d\d:\d\d\n/,
    );
    const { out } = await piped(["sessions", "kitchen:1"]);
    expect(out).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d › sum\n· calculate {"expression":"1\+1"}\n  → calculate: {"result":2}\nTwo\n$/,
    );
    const items = JSON.parse((await piped(["sessions", "kitchen:1", "--json"])).out) as unknown[];
    expect(items).toHaveLength(4);
    expect((await piped(["sessions", "rm", "kitchen:1"])).out).toBe("Removed kitchen:1\n");
    const gone = await piped(["sessions", "kitchen:1"]);
    expect(gone.code).toBe(1);
    expect(gone.err).toContain('No session is called "kitchen:1"');
  }, 120_000);

  test("has no letters while every reply arrives", async () => {
    expect(await piped(["sessions", "--letters"])).toEqual({
      code: 0,
      out: "",
      err: "Every reply arrived\n",
    });
    expect((await piped(["sessions", "--letters", "--json"])).out).toBe("[]\n");
  });

  test.each([
    [["sessions", "rm", "a", "b"], 2],
    [["sessions", "a", "b"], 2],
    [["sessions", "a", "--letters"], 2],
    [["sessions", "a b"], 1],
  ])("moult %j ends with %p", async (line, code) => {
    expect((await piped(line)).code).toBe(code);
  });
});

describe("moult open", () => {
  const key = () => readFileSync(join(place.home, "owner.key"), "utf8").trim();
  const logsIn = async (address: string) => {
    const cookie = (await fetch(address)).headers.get("set-cookie")?.split(";")[0];
    if (cookie === undefined) return false;
    return (await fetch(new URL("/api/status", address), { headers: { cookie } })).ok;
  };

  test("starts the browser that is wished for, with an address that logs it in once", async () => {
    const file = join(place.dir, "visited");
    const browser = place.write(
      "browser",
      `#!/bin/sh\necho "$@" > ${file}.new; mv ${file}.new ${file}\n`,
    );
    chmodSync(browser, 0o755);
    const { out, code } = await piped(["open"], { BROWSER: `no-such-browser:${browser} --new %s` });
    expect(code).toBe(0);
    expect(out).toMatch(/^Opened http:\/\/127\.0\.0\.1:\d+ in the browser\n$/);
    await until(() => existsSync(file));
    const [option, address = ""] = readFileSync(file, "utf8").trim().split(" ");
    expect(option).toBe("--new");
    expect(address).not.toContain(key());
    expect(await logsIn(address)).toBeTrue();
    expect(await logsIn(address)).toBeFalse();
  }, 120_000);

  test.each([
    ["there is no screen", {}],
    ["the browser does not start", { BROWSER: "false" }],
  ])("prints the address when %s", async (_why, wishes) => {
    const { out, code } = await piped(["open"], wishes);
    expect(code).toBe(0);
    const [first, address = "", last] = out.trim().split("\n");
    expect(first).toContain("No browser could be started here");
    expect(last).toBe("It works once, within 60 seconds");
    expect(address).not.toContain(key());
    expect(await logsIn(address)).toBeTrue();
  });

  test("prints it for programs, and for those who only want that", async () => {
    const document: unknown = JSON.parse((await piped(["open", "--json"])).out);
    expect(document).toEqual({ url: expect.any(String), expiresInMs: 60_000, opened: false });
    const { out } = await piped(["open", "--print"], { BROWSER: "false" });
    expect(out).toMatch(/^http:\S+\nIt works once/);
    expect((await piped(["open", "docs"])).code).toBe(2);
  });
});
