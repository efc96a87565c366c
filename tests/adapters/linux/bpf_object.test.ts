import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROGRAMS } from "../../../adapters/linux/bpf/network.ts";

const FOLDER = join(import.meta.dir, "../../../adapters/linux/bpf");
/** Compilers of other versions choose other instructions for the same source. */
const CLANG = 14;

const clang = Bun.which("clang") && Bun.spawnSync(["clang", "--version"]).stdout.toString();
const version = Number(/version (\d+)\./.exec(clang ?? "")?.[1] ?? 0);
const hasTools = version > 0 && Bun.which("llvm-objcopy") !== null;

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
  const kept = [...sections(path)].filter(([name]) => /^(cgroup|license|\.maps)/.test(name));
  return Object.fromEntries(
    kept.map(([name, bytes]) => [name, Buffer.from(bytes).toString("hex")]),
  );
}

describe("moult.bpf.o", () => {
  const path = join(FOLDER, "moult.bpf.o");

  test("has a section for each program, is small, and names no folder of the machine it was built on", () => {
    const names = Object.keys(code(path)).filter((name) => name.startsWith("cgroup"));
    expect(names).toHaveLength(PROGRAMS.length);
    const bytes = readFileSync(path);
    expect(bytes.length).toBeLessThan(16_384);
    expect(bytes.toString("latin1")).not.toMatch(/\/(tmp|home|root|work)\b/);
  });

  test.skipIf(!hasTools)("is what its source builds to", () => {
    const folder = mkdtempSync(join(tmpdir(), "moult-bpf-"));
    try {
      const built = Bun.spawnSync([join(FOLDER, "build.sh"), folder], { stderr: "pipe" });
      expect(built.stderr.toString()).toBe("");
      const [ours, anew] = [code(path), code(join(folder, "moult.bpf.o"))];
      expect(Object.keys(anew)).toEqual(Object.keys(ours));
      if (version === CLANG) expect(anew).toEqual(ours);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
