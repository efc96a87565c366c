/** Which kernels compute: ours where they fit the processor, else the library's own. */
import { cc, FFIType, ptr } from "bun:ffi";
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installedFolder, libraryIn } from "../../../adapters/llama/installed.ts";
import { flagsOf, kernelsFile, variantFor } from "../../../adapters/llama/kernels/kernels.ts";

const has = (...flags: string[]) => variantFor(new Set(flags));
const AVX2 = ["avx2", "fma", "f16c", "bmi2"];
const AVX512 = ["avx512f", "avx512bw", "avx512dq", "avx512vl"];
const isLinux64 = process.platform === "linux" && process.arch === "x64";
const [Q4_K, Q6_K] = [12, 14];
const mine = isLinux64 ? variantFor(flagsOf(readFileSync("/proc/cpuinfo", "utf8"))) : undefined;
const isOurs = mine === "zen4" || mine === "icelake";

/** Of llama.cpp, as it is installed. */
function release(): string {
  const file = join(installedFolder(), "_nlcBuildMetadata.json");
  const metadata = JSON.parse(readFileSync(file, "utf8")) as {
    buildOptions: { llamaCpp: { release: string } };
  };
  return metadata.buildOptions.llamaCpp.release;
}

test("the best variant that a processor can run is chosen", () => {
  expect(has(...AVX2)).toBe("haswell");
  expect(has(...AVX2, "avx_vnni")).toBe("alderlake");
  const icelake = [...AVX2, ...AVX512, "avx512vbmi", "avx512_vnni"];
  expect(has(...icelake)).toBe("icelake");
  expect(has(...icelake, "avx512_bf16")).toBe("zen4");
});

test("a processor for which the library has a better variant keeps it", () => {
  const all = [...AVX2, ...AVX512, "avx512vbmi", "avx512_vnni", "avx512_bf16", "amx_tile"];
  expect(has(...all)).toBeUndefined();
  expect(has(...AVX2, ...AVX512)).toBeUndefined();
});

test("a processor that can run none of them gets none", () => {
  expect(has()).toBeUndefined();
  expect(has("sse4_2", "avx", "fma", "f16c")).toBeUndefined();
});

test("what a processor has is read from what the kernel says of it", () => {
  const flags = flagsOf(
    "processor\t: 0\nflags\t\t: fpu avx2 bmi2\n\nprocessor\t: 1\nflags\t\t: sse\n",
  );
  expect([...flags]).toEqual(["fpu", "avx2", "bmi2"]);
  expect(flagsOf("CPU implementer\t: 0x41\n").size).toBe(0);
});

test.if(isLinux64)("there are kernels of the release that is installed", () => {
  for (const name of ["zen4", "icelake", "alderlake", "haswell"])
    expect(existsSync(kernelsFile(name, release()))).toBe(true);
});

test.if(isLinux64)(
  "the process that opens the library computes with one set of kernels",
  async () => {
    const source = `
    import { openLlama } from ${JSON.stringify(join(import.meta.dir, "../../../adapters/llama/library.ts"))};
    const llama = await openLlama(false, 1);
    const maps = await Bun.file("/proc/self/maps").text();
    console.log(JSON.stringify([...new Set(maps.match(/\\S*libggml-cpu\\S*/g))]));
    await llama.dispose();
    process.exit(0);`;
    const { stdout, exitCode } = Bun.spawnSync([process.execPath, "-e", source], {
      stderr: "inherit",
    });
    expect(exitCode).toBe(0);
    const loaded = JSON.parse(stdout.toString()) as string[];
    expect(loaded).toHaveLength(1);
    if (mine !== undefined) expect(loaded[0]).toContain(`adapters/llama/kernels/`);
  },
);

/** What products.c says of our kernels. */
function ours() {
  const ints = (count: number) => Array<"i32">(count).fill("i32");
  const { symbols } = cc({
    source: join(import.meta.dir, "products.c"),
    symbols: {
      repacked: { args: ["cstring", "cstring", ...ints(4)], returns: FFIType.f64 },
      halves: { args: ["cstring", "cstring", ...ints(3)], returns: FFIType.f64 },
      attention: { args: ["cstring", "cstring", ...ints(3)], returns: FFIType.f64 },
    },
  });
  const text = (value: string) => ptr(Buffer.from(`${value}\0`));
  const base = text(libraryIn(installedFolder(), "ggml-base"));
  return { ...symbols, files: [base, text(kernelsFile(mine ?? "", release()))] as const };
}

test.if(isOurs).each([
  ["Q4_K", Q4_K],
  ["Q6_K", Q6_K],
])("products of %s weights are those of the library's plain ones", (_name, type) => {
  const { repacked, files } = ours();
  // Of one row up to more than stay near, and of columns that do not fill the last sixteen.
  for (const rows of [1, 2, 3, 4, 7, 9, 70])
    for (const columns of [8, 16, 72])
      expect(repacked(...files, type, 768, columns, rows)).toBeLessThan(1e-6);
});

test.if(mine !== undefined)("products of F16 weights are as exact as those of F32 weights", () => {
  const { halves, files } = ours();
  for (const rows of [1, 2, 3, 6, 7, 40])
    for (const columns of [4, 24, 160])
      for (const width of [32, 256])
        expect(halves(...files, width, columns, rows)).toBeLessThan(1e-6);
});

test.if(isOurs)(
  "attention to keys and values of 16 bits is as exact as to those of 32 bits",
  () => {
    const { attention, files } = ours();
    // Fewer than go together, some that do not fill the last sixteen, and so many that threads would share them.
    for (const keys of [5, 16, 100, 600])
      for (const streams of [1, 3])
        for (const width of [32, 64, 80, 96, 128, 256])
          expect(attention(...files, width, keys, streams)).toBeLessThan(2e-6);
  },
);
