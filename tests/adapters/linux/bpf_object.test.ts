import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROGRAMS } from "../../../adapters/linux/bpf/network.ts";

const FOLDER = join(import.meta.dir, "../../../adapters/linux/bpf");
/** Compilers of other versions choose other instructions for the same source. */
const CLANG = 14;

const clang = Bun.which("clang") && Bun.spawnSync(["clang", "--version"]).stdout.toString();
const version = Number(/version (\d+)\./.exec(clang ?? "")?.[1] ?? 0);
const hasTools = version > 0 && Bun.which("llvm-objcopy") !== null;

/** Where everything is built again. */
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "moult-bpf-"));
  if (!hasTools) return;
  const built = Bun.spawnSync([join(FOLDER, "build.sh"), folder], { stderr: "pipe" });
  expect(built.stderr.toString()).toBe("");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The named sections of an ELF file of 64 bits, little-endian. */
function sections(path: string): ReadonlyMap<string, Uint8Array> {
  const bytes = readFileSync(path);
  const table = Number(bytes.readBigUInt64LE(40));
  const header = (index: number) => bytes.subarray(table + 64 * index, table + 64 * (index + 1));
  const content = (entry: Buffer) => {
    const [offset, size] = [24, 32].map((at) => Number(entry.readBigUInt64LE(at)));
    return bytes.subarray(offset, (offset ?? 0) + (size ?? 0));
  };
  const names = content(header(bytes.readUInt16LE(62)));
  return new Map(
    Array.from({ length: bytes.readUInt16LE(60) }, (_, i) => {
      const at = header(i).readUInt32LE(0);
      return [names.toString("latin1", at, names.indexOf(0, at)), content(header(i))];
    }),
  );
}

/** What the kernel runs, and by which licence it lends its functions: not symbols and debug information. */
function code(path: string): Readonly<Record<string, string>> {
  const kept = [...sections(path)].filter(([name]) =>
    /^(cgroup|raw_tp|lsm|syscall|license|\.maps|\.text|\.BTF\.ext)/.test(name),
  );
  return Object.fromEntries(
    kept.map(([name, bytes]) => [name, Buffer.from(bytes).toString("hex")]),
  );
}

const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".bpf.c"))
  .map((name) => name.replace(/\.c$/, ".o"));

describe.each(NAMES)("%s", (name) => {
  const path = join(FOLDER, name);

  test("has programs, is small, and names no folder of the machine it was built on", () => {
    expect(Object.keys(code(path))).toContainEqual(expect.stringMatching(/^(cgroup|raw_tp|lsm)/));
    const bytes = readFileSync(path);
    expect(bytes.length).toBeLessThan(65_536);
    expect(bytes.toString("latin1")).not.toMatch(/\/(tmp|home|root|work)\b/);
  });

  test.skipIf(!hasTools)("is what its source builds to", () => {
    const [ours, anew] = [code(path), code(join(folder, name))];
    expect(Object.keys(anew)).toEqual(Object.keys(ours));
    if (version === CLANG) expect(anew).toEqual(ours);
  });
});

test("the network layer has a section for each program", () => {
  const names = Object.keys(code(join(FOLDER, "moult.bpf.o")));
  expect(names.filter((name) => name.startsWith("cgroup"))).toHaveLength(PROGRAMS.length);
});
