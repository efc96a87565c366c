import { describe, expect, test } from "bun:test";
import {
  fstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openHookLayer } from "../../../adapters/linux/bpf/lsm.ts";
import { HOOKS, type HookRefusal, readRefusal } from "../../../adapters/linux/bpf/lsm_table.ts";
import { hookWords } from "../../../adapters/linux/refusals/hook_words.ts";
import { Places } from "../../../adapters/linux/bpf/places.ts";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { temporary } from "../../temporary.ts";

const isLinux = process.platform === "linux";

/** A report as `lsm.bpf.c` makes it. */
function record(hook: string, wanted: number, names: readonly string[]): DataView {
  const bytes = Buffer.alloc(24 + 16 * 64, 0xff);
  const [kind, count] = [HOOKS.indexOf(hook as HookRefusal["hook"]), names.length];
  for (const [at, value] of [kind, wanted, count].entries()) bytes.writeUInt32LE(value, 8 + 4 * at);
  for (const [i, name] of names.entries()) bytes.write(`${name}\0`, 24 + 64 * i);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

describe("a report of the security hooks", () => {
  test("names a path over mounts, whose roots have no name, from the top", () => {
    const names = ["key", ".ssh", "", "home", ""];
    expect(readRefusal(record("file_open", 1, names))).toEqual({
      hook: "file_open",
      path: "/home/.ssh/key",
      wanted: "read",
    });
  });

  test("says that the beginning of a long path is missing", () => {
    const names = Array.from({ length: 16 }, (_, i) => `n${String(i)}`);
    expect(readRefusal(record("path_mkdir", 4, names)).path).toStartWith("…/n15/n14/");
  });

  test("is a number where there is no path", () => {
    expect(readRefusal(record("task_kill", 4_711, []))).toEqual({
      hook: "task_kill",
      about: 4_711,
    });
  });
});

describe("a refusal of the security hooks", () => {
  const here = {
    work: "/run/w",
    files: { read: [], write: [], exec: [] },
    closed: ["/run"],
    hasNetwork: true,
    openPath: () => undefined,
  };
  const words: readonly (readonly [HookRefusal, string])[] = [
    [
      { hook: "file_open", wanted: "read", path: "/etc/a" },
      'Cannot read "/etc/a": add permissions: { read: ["/etc/a"] }',
    ],
    [
      { hook: "file_open", wanted: "list", path: "/etc" },
      'Cannot read "/etc": add permissions: { read: ["/etc"] }',
    ],
    [
      { hook: "path_unlink", wanted: "write", path: "/srv/a/b" },
      'Cannot write "/srv/a/b": add permissions: { write: ["/srv/a"] }',
    ],
    [
      { hook: "path_mkdir", wanted: "write", path: "/srv/a" },
      'Cannot write "/srv/a": add permissions: { write: ["/srv/a"] }',
    ],
    [
      { hook: "bprm_check_security", wanted: "run", path: "/bin/ls" },
      'Cannot start "/bin/ls": add permissions: { exec: ["/bin/ls"] }',
    ],
    [
      { hook: "mmap_file", wanted: "load", path: "/x.so" },
      'Cannot load native code from "/x.so": no permission gives that to a function',
    ],
    [
      { hook: "path_mknod", wanted: "listen", path: "/x" },
      "Cannot listen: a function has no network of its own; a function does not listen; write a channel, and moult listens for it",
    ],
    [
      { hook: "path_mknod", about: 8_630 },
      "Cannot make a special file, or let one run as its owner: no permission gives that to a function",
    ],
    [
      { hook: "task_kill", about: 1 },
      "Cannot signal other processes: no permission gives that to a function",
    ],
  ];
  test.each(words)("%j is told in words", (refusal, text) => {
    expect(hookWords(refusal, here).text).toBe(text);
  });
});

/** Answers as the kernel does, on file systems where that is what stat() says. */
function locate(question: Uint8Array): void {
  const view = Buffer.from(question.buffer, question.byteOffset, question.length);
  const { ino, dev } = fstatSync(view.readUInt32LE(), { bigint: true });
  view.writeUInt32LE(Number(dev), 4);
  view.writeBigUInt64LE(ino, 8);
}

describe.skipIf(!isLinux)("Places", () => {
  test("are held open once, whatever the path and however many count on them, until nobody does", () => {
    using folder = temporary();
    const [file, link] = [join(folder.path, "file"), join(folder.path, "link")];
    writeFileSync(file, "x");
    symlinkSync(file, link);
    const openHere = () => openBelow(folder.path);
    const places = new Places(locate);
    const [one, other] = [new Set<object>(), new Set<object>()];
    const place = places.hold(file, one);
    one.add(place);
    expect(places.hold(link, one)).toBe(place);
    expect(places.hold(link, other)).toBe(place);
    expect(openHere()).toBe(1);
    places.drop(place);
    expect(openHere()).toBe(1);
    places.drop(place);
    expect(openHere()).toBe(0);
  });

  test("leave nothing open where one is missing, and at their end", () => {
    using folder = temporary();
    const openHere = () => openBelow(folder.path);
    const places = new Places(locate);
    expect(() => places.hold(join(folder.path, "gone"), new Set())).toThrow("ENOENT");
    mkdirSync(join(folder.path, "in"));
    places.hold(join(folder.path, "in"), new Set());
    expect(openHere()).toBe(1);
    places.close();
    expect(openHere()).toBe(0);
  });
});

/** How many files we have open below a folder. */
function openBelow(folder: string): number {
  return readdirSync("/proc/self/fd").filter((file) => pathOf(file)?.startsWith(folder)).length;
}

function pathOf(file: string): string | undefined {
  try {
    return realpathSync(`/proc/self/fd/${file}`);
  } catch {
    return undefined;
  }
}

describe.skipIf(!isLinux)("the layer of the security hooks", () => {
  test("is part of the tier: a machine that refuses its programs, or never asks them, says so and what to do", async () => {
    const sandbox = new LinuxSandbox();
    const { tier, has, lacks } = sandbox.tier();
    await sandbox.close();
    const lack = lacks.find((line) => line.startsWith("hooks: "));
    if (tier === "A") expect(has.join()).toContain("BPF LSM");
    else expect(lack).toMatch(/: (Cannot|The kernel|libbpf|they need) .*\(.*(lsm=|install|root)/);
    expect(tier === "A").toBe(lack === undefined);
  });

  test("says what to do where it is refused", () => {
    const layer = openHookLayer();
    if ("why" in layer) expect(layer.why).toMatch(/\(.+\)$/);
    else layer.close();
  });
});
