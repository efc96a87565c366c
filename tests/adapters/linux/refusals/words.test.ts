/** What refused system calls are called, and which line of a manifest is said to allow them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RefusedCall } from "../../../../adapters/linux/bpf/audit.ts";
import { callsInWords, networkWords } from "../../../../adapters/linux/refusals/words.ts";
import { CALLS, knownCalls } from "../../../../adapters/linux/refusals/calls.ts";

const HERE = -100n;
const numbers = new Map([...CALLS].map(([number, { name }]) => [name, number]));

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "moult-words-")));
  for (const name of ["work", "files", "out", "home"]) mkdirSync(join(folder, name));
  symlinkSync(join(folder, "files"), join(folder, "work/files"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A call as the kernel reports it. */
function refused(name: string, more: Partial<RefusedCall> = {}): RefusedCall {
  const call = numbers.get(name) ?? -1;
  const args = [0n, 0n, 0n, 0n, 0n, 0n];
  return {
    call,
    process: 5,
    arguments: args,
    paths: [""],
    address: new Uint8Array(32),
    ...more,
  };
}

const open = (path: string | undefined, flags = 0n, from = HERE) =>
  refused("openat", { arguments: [from, 0n, flags, 0n, 0n, 0n], paths: [path] });

function inWords(...calls: readonly RefusedCall[]) {
  return callsInWords(calls, {
    work: join(folder, "work"),
    files: { read: [join(folder, "files")], write: [join(folder, "out")], exec: [] },
    closed: [join(folder, "home")],
    hasNetwork: true,
    openPath: (_process, file) =>
      file === "cwd" ? join(folder, "work") : file === 7 ? "/srv" : undefined,
  });
}
const textOf = (...calls: readonly RefusedCall[]) =>
  inWords(...calls)
    .map(({ kind, text }) => `${kind}: ${text}`)
    .join("\n");

const WRITE = 1n;

describe("a refused file", () => {
  test("is named in the permission that its use needs", () => {
    expect(inWords(open("/etc/passwd"))).toEqual([
      {
        kind: "read",
        text: 'Cannot read "/etc/passwd": add permissions: { read: ["/etc/passwd"] }',
        wanted: "/etc/passwd",
      },
    ]);
    expect(inWords(open("/srv/a/b.txt", WRITE))).toEqual([
      {
        kind: "write",
        text: 'Cannot write "/srv/a/b.txt": add permissions: { write: ["/srv/a"] }',
        wanted: "/srv/a",
      },
    ]);
    expect(textOf(refused("mkdirat", { arguments: [HERE], paths: ["/srv/a"] }))).toEndWith(
      '{ write: ["/srv/a"] }',
    );
    expect(textOf(refused("faccessat", { arguments: [HERE], paths: ["/srv/a"] }))).toStartWith(
      'read: Cannot read "/srv/a"',
    );
  });

  test("has a relative name below the working directory, as manifests have", () => {
    expect(textOf(open("files/b.txt", WRITE))).toEndWith('{ write: ["files"] }');
    expect(textOf(open(join(folder, "work/files/b.txt"), WRITE))).toEndWith('{ write: ["files"] }');
    expect(textOf(open("b.txt", 0n, 7n))).toEndWith('{ read: ["/srv/b.txt"] }');
  });

  test("is the one outside when there are two, and unnamed when nobody knows its name", () => {
    const names = { arguments: [HERE, 0n, HERE, 0n], paths: ["a.txt", "/srv/b/a.txt"] };
    expect(textOf(refused("renameat", names))).toEndWith('{ write: ["/srv/b"] }');
    expect(textOf(open(undefined))).toBe(
      "read: Cannot read a file: add it to permissions: { read: [...] }",
    );
    expect(textOf(open("b.txt", 0n, 9n))).toBe(
      'read: Cannot read "b.txt": add its folder to permissions: { read: [...] }',
    );
  });

  test("has no line where none would help", () => {
    const [home, out] = [join(folder, "home/owner.key"), join(folder, "out/a.txt")];
    expect(textOf(open(home))).toBe(
      `read: Cannot read "${home}": moult's own folders are closed to functions`,
    );
    expect(textOf(open(folder))).toEndWith("name a smaller folder");
    expect(textOf(open(out, WRITE))).toEndWith(
      "the function may, but moult's own user may not (see ls -l)",
    );
    for (const text of [open(home), open(folder), open(out, WRITE)].flatMap((one) => inWords(one)))
      expect(text).not.toHaveProperty("wanted");
  });

  test("cannot write on a terminal, or end the line that it is in", () => {
    expect(textOf(open('/a"] }, exec: ["b\n'))).toEndWith('{ read: ["/a\\"] }, exec: [\\"b\\n"] }');
  });
});

describe("what is no file", () => {
  test("is a program", () => {
    expect(textOf(refused("execve", { paths: ["/bin/ls"] }))).toBe(
      'exec: Cannot start "/bin/ls": add permissions: { exec: ["/bin/ls"] }',
    );
    expect(textOf(refused("clone"))).toBe(
      'exec: Cannot start a program: add permissions: { exec: ["PROGRAM"] }',
    );
  });

  test("is the network, once: what the network layer tells itself is left to it", () => {
    const address = new Uint8Array(32);
    address.set([2, 0, 1, 187, 192, 0, 2, 1]);
    expect(inWords(refused("connect", { address }))).toMatchObject([
      { kind: "net", wanted: "192.0.2.1:443" },
    ]);
    address.fill(0).set([10, 0, 0, 80, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8]);
    expect(inWords(refused("connect", { address }))).toMatchObject([{ wanted: "[2001:db8::]:80" }]);
    expect(inWords(refused("socket", { arguments: [2n] }))).toEqual([]);
    expect(textOf(refused("socket", { arguments: [1n] }))).toBe(
      "net: Cannot open a socket (unix): no permission gives that to a function; others are reached through ctx.fetch and ctx.call",
    );
    expect(textOf(refused("listen"))).toContain("write a channel");
    expect(networkWords({ what: "bind", socket: "TCP over IPv4" }).text).toContain("channel");
  });

  test("has a sentence why there is no permission", () => {
    expect(textOf(refused("ptrace"))).toBe(
      "system: Cannot look into other processes: no permission gives that to a function",
    );
    expect(textOf({ ...refused("ptrace"), call: 9_999 })).toContain("make system call 9999");
    expect(textOf(refused("setitimer"))).toContain("make the system call setitimer");
  });

  test("is not told when it is no more than a library on its way", () => {
    const nameLookup = [
      refused("socket", { arguments: [1n] }),
      open("/etc/nsswitch.conf"),
      open("/etc/hosts"),
      open("/etc/passwd"),
    ];
    expect(inWords(...nameLookup).map(({ wanted }) => wanted)).toEqual(["/etc/passwd"]);
    expect(inWords(open("/etc/hosts")).map(({ wanted }) => wanted)).toEqual(["/etc/hosts"]);
    expect(inWords(refused("fchown"), refused("fchmod"))).toEqual([]);
  });
});

test("every call has one number on each processor that has it", () => {
  for (const machine of ["x64", "arm64"] as const) {
    const names = [...knownCalls(machine).values()].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("openat");
  }
  expect(knownCalls("arm64").size).toBeLessThan(knownCalls("x64").size);
  expect([...knownCalls("arm64").keys()].every((number) => number < 512)).toBe(true);
});
