/**
 * The kernels that compute on the processor, in a build of our own: the one that node-llama-cpp ships lacks those for F16,
 * BF16 and F32 with several rows at once, which makes such models half as fast, and attention (attention.h), Q4_K and Q6_K are
 * slow there (k_quants.h).
 * Made by build.sh out of the sources of the very llama.cpp that is installed; where there is none for a processor, the
 * library's own are used.
 */
import { dlopen, FFIType } from "bun:ffi";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { libraryIn } from "../installed.ts";

/** By name as in llama.cpp, what a processor must have (as `/proc/cpuinfo` says it). The first that fits is best. */
const VARIANTS: readonly (readonly [name: string, flags: readonly string[]])[] = [
  ["zen4", ["avx512bw", "avx512dq", "avx512vl", "avx512vbmi", "avx512_vnni", "avx512_bf16"]],
  ["icelake", ["avx512bw", "avx512dq", "avx512vl", "avx512vbmi", "avx512_vnni"]],
  ["alderlake", ["avx2", "fma", "f16c", "bmi2", "avx_vnni"]],
  ["haswell", ["avx2", "fma", "f16c", "bmi2"]],
];
/** The library has variants for these which know more than ours. */
const BETTER_SERVED = "amx_tile";
const WIDE = "avx512f";

/**
 * Loads the best of them into this process, before the addon looks for its own, which it then does not load.
 * @returns the variant's name; `undefined` when none fits; the library then takes its own
 * @throws where they do not load, as beside another libc
 */
export function loadKernels(folder: string, release: string): string | undefined {
  const name = variantFor(flagsOf(readFileSync("/proc/cpuinfo", "utf8")));
  const file = name && kernelsFile(name, release);
  if (file === undefined || !existsSync(file)) return undefined;
  // The addon's own; a second copy beside it would register with nobody.
  const ggml = dlopen(libraryIn(folder, "ggml"), {
    ggml_backend_register: { args: [FFIType.ptr], returns: FFIType.void },
  });
  const kernels = dlopen(file, {
    ggml_backend_score: { args: [], returns: FFIType.i32 },
    ggml_backend_init: { args: [], returns: FFIType.ptr },
  });
  if (kernels.symbols.ggml_backend_score() <= 0) return undefined;
  ggml.symbols.ggml_backend_register(kernels.symbols.ggml_backend_init());
  return name;
}

/** Where a variant lies, for a release of llama.cpp such as `v0.5.0`. It may not exist. */
export function kernelsFile(name: string, release: string): string {
  return path.join(
    import.meta.dir,
    `${process.platform}-${process.arch}-${release}`,
    `libggml-cpu-${name}.so`,
  );
}

/** The best variant of ours for a processor; `undefined`: the library's own are better, or run at all. */
export function variantFor(flags: ReadonlySet<string>): string | undefined {
  if (flags.has(BETTER_SERVED)) return undefined;
  const [name, needed] = VARIANTS.find(([, all]) => all.every((flag) => flags.has(flag))) ?? [];
  return needed?.includes("avx512bw") === true || !flags.has(WIDE) ? name : undefined;
}

/** What the first processor has, of the text of `/proc/cpuinfo`. */
export function flagsOf(cpuinfo: string): ReadonlySet<string> {
  return new Set(/^flags\s*:\s*(.*)$/mu.exec(cpuinfo)?.[1]?.split(" "));
}
