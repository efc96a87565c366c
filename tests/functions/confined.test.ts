/**
 * Every built-in function at its work under the whole sandbox, while the kernel counts what it is refused: nothing.
 * The channels too, which the daemon trusts with a thread of its own.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type AuditLayer, openAuditLayer } from "../../adapters/linux/bpf/audit.ts";
import { dividedGroup } from "../../adapters/linux/group_bounds.ts";
import { pointersOfCalls } from "../../adapters/linux/refusals/calls.ts";
import { openSandbox } from "../../adapters/linux/open_sandbox.ts";
import { Hosts } from "../../runtime/isolate/hosts.ts";
import type { HostServices } from "../../runtime/isolate/services.ts";
import type { Loader } from "../../runtime/load/loader.ts";
import type { Confined, KvWrite, Sandbox } from "../../runtime/ports.ts";
import { call, functionsFolder } from "../runtime/load/functions_folder.ts";

const BUILTINS = join(import.meta.dir, "../../functions");

/** What people ask of the built-ins, beside their own examples. */
const ASKED: Readonly<Record<string, readonly unknown[]>> = {
  calculate: ["sqrt(2) ^ 3", "max(1, 2, 3) / 7", "1,250 plus 19%", "1 / 0", "import('fs')"].map(
    (expression) => ({ expression }),
  ),
  clock: ["Tokyo", "São Paulo", "utc+3", "here", "Atlantis"].map((place) => ({ place })),
  convert_units: [
    { value: 5, from: "km", to: "miles" },
    { value: -40, from: "°C", to: "°F" },
    { value: 1, from: "cup", to: "parsec" },
  ],
  home: [
    { device: "kitchen light", action: "on" },
    { device: "living room light", action: "set", value: 40 },
    { device: "living room light", action: "status" },
    { device: "warp core", action: "on" },
  ],
  notes: [
    { action: "add", text: "Buy milk — and 🥖" },
    { action: "add", text: "Call the plumber" },
    { action: "list" },
    { action: "find", text: "milk" },
    { action: "delete", text: "plumber" },
  ],
  read_file: ["", "todo.txt", "recipes", "recipes/soup.md", "photo", "gone.txt", "../secret"].map(
    (path) => ({ path }),
  ),
  summarize: [
    "The ferry leaves at nine. It was late on Monday. The captain blamed the tide, and the harbour blamed the captain. Nobody blamed the ferry.",
    "One sentence only.",
    "",
  ],
};

const HEARD: Readonly<Record<string, readonly unknown[]>> = {
  rest: [{ session: "s", sender: "owner", text: "hello" }],
  terminal: [{ session: "s", user: "owner", text: "\u001b[31mhello\u001b[0m" }],
  telegram: [
    {
      chat: { id: 42, kind: "private" },
      from: { id: 42, name: "Ada" },
      bot: "moult_test_bot",
      text: "@moult_test_bot what time is it?",
      quoted: "earlier words",
      extras: ["sticker 😀"],
      files: [{ kind: "photo", name: "p.jpg", bytes: 119_001, id: "abc.jpg" }],
    },
  ],
};

/** Each tries one thing that a layer refuses; without that, the test above would prove nothing. */
const BAD: Readonly<Record<string, string>> = {
  reads: `await Bun.file("/etc/hostname").text()`,
  looks: `(await import("node:fs")).readdirSync("/")`,
  connects: `await Bun.connect({ hostname: "127.0.0.1", port: 9, socket: { data() {} } })`,
  starts: `Bun.spawnSync(["/bin/true"])`,
  signals: `process.kill(process.ppid, 0)`,
  links: `(await import("node:fs")).linkSync("/etc/hostname", "h")`,
};

const bad = (code: string): string => `import { defineTool, v } from "moult";
export default defineTool({
  description: "Tries.",
  input: v.object({}),
  run: async () => {
    try { ${code} } catch {}
    return "tried";
  },
});
`;

/** A sandbox whose hosts are watched from the moment they are confined. */
function watched(sandbox: Sandbox, audit: AuditLayer, refused: string[]): Sandbox {
  const watch = ({ work, exited }: Confined): void => {
    const seat = dirname(work);
    const run = dirname(dirname(seat));
    const daemon = `moult-${basename(run)}-${String(process.pid)}`;
    const group = join(dividedGroup() ?? "", daemon, basename(seat));
    const stop = audit.watch(group, ({ call: number, paths }) =>
      refused.push(`system call ${String(number)} ${paths.filter(Boolean).join(" ")}`),
    );
    void exited.then(stop);
  };
  return {
    tier: () => sandbox.tier(),
    close: async () => await sandbox.close(),
    start: async (options) => {
      const host = await sandbox.start(options);
      watch(host);
      return host;
    },
  };
}

/** What functions set, for as long as the tests run. */
function memory(): HostServices["kv"] {
  const values = new Map<string, unknown>();
  const at = (fn: string, key: string) => `${fn}/${key}`;
  return {
    kvGet: async (fn, key) => values.get(at(fn, key)),
    kvList: async (fn, prefix) =>
      [...values]
        .filter(([key]) => key.startsWith(at(fn, prefix)))
        .map(([key, value]) => ({ key: key.slice(fn.length + 1), value })),
    kvRoom: async () => undefined,
    kvCommit: async (fn: string, writes: readonly KvWrite[]) => {
      for (const { key, value } of writes) values.set(at(fn, key), value);
    },
  };
}

const opened =
  process.platform === "linux" ? openAuditLayer(pointersOfCalls()) : { why: "not Linux" };
const uncounted = "why" in opened ? ` (the kernel counts no refusals here: ${opened.why})` : "";

describe.skipIf(uncounted !== "")(`built-in functions, confined${uncounted}`, () => {
  const refused: string[] = [];
  const folder = functionsFolder();
  const names = [...new Bun.Glob("{tools,skills,channels}/[!_]*.ts").scanSync(BUILTINS)];
  let sandbox: Sandbox;
  let hosts: Hosts;
  let loader: Loader;
  const denied: string[] = [];

  beforeAll(async () => {
    if ("why" in opened) return;
    mkdirSync(join(folder.base, "files/recipes"), { recursive: true });
    writeFileSync(join(folder.base, "files/todo.txt"), "sweep the yard\n");
    writeFileSync(
      join(folder.base, "files/recipes/soup.md"),
      "# Soup\nLeeks, potatoes, patience.\n",
    );
    writeFileSync(join(folder.base, "files/photo.jpg"), Buffer.alloc(2_000, 0xff));
    for (const name of names) cpSync(join(BUILTINS, name), join(folder.dir, name));
    for (const [name, code] of Object.entries(BAD)) folder.save(`bad/bad_${name}.ts`, bad(code));
    sandbox = watched(openSandbox(), opened, refused);
    const kv = memory();
    hosts = new Hosts({
      sandbox,
      root: folder.base,
      home: folder.home,
      poolSize: 1,
      services: {
        kv,
        keepers: { check() {}, claim() {} },
        secret: () => undefined,
        call: async () => ({ version: "", ms: 0, writes: [] }),
        log() {},
        fault() {},
        crashed() {},
        denied: (name, kind) => void denied.push(`${name}: ${kind}`),
      },
    });
    // A built-in channel would run in a thread of the daemon's; anybody else's runs in a process.
    loader = folder.loader({
      deploy: async (bundle) => await hosts.deploy({ ...bundle, origin: "user" }),
    });
    await loader.start();
    await loader.settled();
  }, 120_000);
  afterAll(async () => {
    if ("why" in opened) return;
    await folder[Symbol.asyncDispose]();
    await hosts.close();
    await sandbox.close();
    opened.close();
  }, 120_000);

  /** Calls a function with all of these, and tells what the kernel has refused to any of them so far. */
  async function refusals(
    name: string,
    inputs: readonly unknown[],
    handler?: "receive" | "render",
  ) {
    const codes: (string | undefined)[] = [];
    for (const input of inputs)
      codes.push((await loader.run(name, call(input), handler)).error?.code);
    // A place nobody knows and a file that is not there are answers; without any output there was no work at all.
    const known = new Set([undefined, "tool/failed", "policy/denied", "input/invalid"]);
    expect(codes).toContain(undefined);
    expect(codes.filter((code) => !known.has(code))).toEqual([]);
    if (!("why" in opened)) opened.reports.drain();
    return [...refused];
  }

  test("all of them are loaded, each in a process", () => {
    const states = loader.list().map(({ name, state }) => `${name} ${state}`);
    for (const file of names) expect(states).toContain(`${basename(file, ".ts")} ready`);
    expect(names.length).toBe(
      readdirSync(folder.dir, { recursive: true, withFileTypes: true }).filter(
        (one) => one.isFile() && !one.parentPath.endsWith("bad"),
      ).length,
    );
  });

  test.each(names)("%s is refused nothing", async (file) => {
    const name = basename(file, ".ts");
    const { manifest } = loader.get(name) ?? {};
    const examples = manifest?.examples.map(({ input }) => input) ?? [];
    if (manifest?.kind === "channel") {
      expect(await refusals(name, HEARD[name] ?? [], "receive")).toEqual([]);
      expect(HEARD[name]).toBeDefined();
      if (manifest.renders)
        expect(await refusals(name, ["a reply \u0007 with **signs**"], "render")).toEqual([]);
    } else if (manifest?.kind === "tool" || ASKED[name] !== undefined) {
      expect(ASKED[name]).toBeDefined();
      expect(await refusals(name, [...examples, ...(ASKED[name] ?? [])])).toEqual([]);
    }
    expect(denied).toEqual([]);
  });

  test.each(Object.keys(BAD))("a function that %s what it may not is counted", async (name) => {
    const before = refused.length;
    expect((await refusals(`bad_${name}`, [{}])).slice(before)).not.toBeEmpty();
  });
});
