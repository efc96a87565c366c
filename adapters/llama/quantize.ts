/** Makes a smaller copy of a model with the library that is installed, in a process of its own. */
import { existsSync, renameSync, rmSync, statfsSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { installedFolder } from "./installed.ts";
import { bytesText } from "../../runtime/bytes_text.ts";
import { MoultError } from "../../schemas/error.ts";
import type { QuantizeChoices, QuantizedModel } from "../../schemas/model_file.ts";

/** Numbers of `llama_ftype`, and bits of a weight at most. Those that need a measured importance of weights are left out. */
const TYPES = {
  Q2_K: [10, 3.5],
  Q3_K_S: [11, 3.9],
  Q3_K_M: [12, 4.3],
  Q3_K_L: [13, 4.6],
  Q4_0: [2, 5],
  Q4_1: [3, 5.4],
  Q4_K_S: [14, 5],
  Q4_K_M: [15, 5.3],
  Q5_0: [8, 5.8],
  Q5_1: [9, 6.3],
  Q5_K_S: [16, 5.8],
  Q5_K_M: [17, 6],
  Q6_K: [18, 6.9],
  Q8_0: [7, 8.8],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;
type Type = keyof typeof TYPES;

const TYPE_DEFAULT: Type = "Q4_K_M";
/** Bits of a weight of the models that this is meant for. */
const BITS_BEFORE = 16;
const SPARE_BYTES = 64 * 1_048_576;
/** `[  31/  39] blk.3.attn_k.weight - …` */
const PROGRESS = /\[ *(\d+)\/ *(\d+)\]/g;
const FAILED = /failed to quantize: (.+)/;
/** A file's own type at the end of its name. */
const OLD_TYPE = /[-._](?:F16|F32|BF16|I?Q\d\w*)$/i;
/** Of what the library says, this much is looked at when it failed. */
const TOLD_CHARS = 4_000;

/**
 * Writes `NAME-TYPE.gguf` into a folder.
 *
 * @throws {MoultError} `input/invalid` when the type or the model does not allow it; `model/unavailable` when it fails
 */
export async function quantizeModel(
  path: string,
  folder: string,
  how: QuantizeChoices,
): Promise<QuantizedModel> {
  refuseElsewhere();
  const type = typeNamed(how.type ?? TYPE_DEFAULT);
  const name = `${basename(path, ".gguf").replace(OLD_TYPE, "")}-${type}.gguf`;
  const output = join(folder, name);
  const bytesBefore = statSync(path).size;
  if (existsSync(output) && how.force !== true)
    throw new MoultError("input/invalid", `${output} is there already; replace it with --force`);
  needRoom(folder, (bytesBefore * TYPES[type][1]) / BITS_BEFORE);
  // Never the name of a model before it is one.
  const part = `${output}.part`;
  try {
    await run(path, part, type, how);
    renameSync(part, output);
  } finally {
    rmSync(part, { force: true });
  }
  return { name, path: output, type, bytes: statSync(output).size, bytesBefore };
}

async function run(
  input: string,
  output: string,
  type: Type,
  { signal, onProgress }: QuantizeChoices,
): Promise<void> {
  signal?.throwIfAborted();
  const main = Bun.fileURLToPath(new URL("quantize_main.ts", import.meta.url));
  const args = [installedFolder(), input, output, TYPES[type][0], availableParallelism()];
  const child = Bun.spawn([process.execPath, "--no-install", main, ...args.map(String)], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    cwd: dirname(output),
    env: {},
  });
  const stop = (): void => child.kill("SIGKILL");
  signal?.addEventListener("abort", stop, { once: true });
  let told = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stderr) {
    told = (told + decoder.decode(bytes, { stream: true })).slice(-TOLD_CHARS);
    const [, done, total] = [...told.matchAll(PROGRESS)].at(-1) ?? [];
    if (done !== undefined) onProgress?.(Number(done), Number(total));
  }
  const code = await child.exited;
  signal?.removeEventListener("abort", stop);
  signal?.throwIfAborted();
  if (code === 0) return;
  throw failure(told, String(child.signalCode ?? `exit code ${code}`));
}

function failure(told: string, how: string): MoultError {
  const reason = FAILED.exec(told)?.[1]?.trim();
  if (reason?.startsWith("requantizing") === true)
    return new MoultError(
      "input/invalid",
      "This model is quantised already, and once more would spoil it; begin with its F16, BF16 or F32 file",
    );
  const why = reason ?? `the process ended by ${how}`;
  return new MoultError("model/unavailable", `The model cannot be made smaller: ${why}`);
}

/** The library's structure is handed over as x64 does it; elsewhere that was never tried. */
function refuseElsewhere(): void {
  if (process.platform === "linux" && process.arch === "x64") return;
  throw new MoultError(
    "model/unavailable",
    "Models are made smaller on Linux x64 only so far; here, use llama-quantize of llama.cpp, or pull a smaller file",
  );
}

function typeNamed(name: string): Type {
  const upper = name.toUpperCase();
  if (Object.hasOwn(TYPES, upper)) return upper as Type;
  throw new MoultError(
    "input/invalid",
    `There is no type "${name}" to make; there are: ${Object.keys(TYPES).join(", ")}`,
  );
}

function needRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= bytes + SPARE_BYTES) return;
  throw new MoultError(
    "model/unavailable",
    `The disk has ${bytesText(free)} free and about ${bytesText(bytes)} are needed in ${folder}; make room`,
  );
}
