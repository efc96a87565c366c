/**
 * Opens llama.cpp. `getLlama()` first starts a second process to see whether the library crashes on this machine;
 * this process is made to be crashed, so on Linux without a GPU it opens the installed library itself.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { getLlama, Llama, LlamaLogLevel, NoBinaryFoundError } from "node-llama-cpp";
import { installedFolder } from "./installed.ts";
import { loadKernels } from "./kernels/kernels.ts";
import type { EngineOptions } from "../../runtime/model/engine.ts";
import { MoultError } from "../../schemas/error.ts";

/** The library's own constructor, which `getLlama()` calls in the end. Not public: a test pins its behaviour. */
type Create = (options: Record<string, unknown>) => Promise<Llama>;

/** What the installed library says of itself, as far as it is read here. */
interface BuildMetadata {
  readonly buildOptions: { readonly llamaCpp: { readonly release: string } };
}

/** Opens the library with a fixed number of threads: its own default is more than small machines have. */
export async function openLlama(gpu: EngineOptions["gpu"], threads: number): Promise<Llama> {
  const own =
    gpu === false && process.platform === "linux" ? await openInstalled(threads) : undefined;
  return own ?? openSuitable(gpu, threads);
}

async function openSuitable(gpu: EngineOptions["gpu"], threads: number): Promise<Llama> {
  try {
    return await getLlama({
      gpu,
      build: "never",
      skipDownload: true,
      maxThreads: threads,
      logLevel: LlamaLogLevel.error,
      progressLogs: false,
    });
  } catch (error) {
    if (!(error instanceof NoBinaryFoundError)) throw error;
    const text =
      gpu === false
        ? `llama.cpp is not installed for ${process.platform}-${process.arch}; run \`bun install\` on this machine`
        : `No library for the GPU "${gpu}" is installed; run \`bun run gpu:${gpu}\`, or set \`model.gpu\` to false`;
    throw new MoultError("model/unavailable", text, undefined, error);
  }
}

/** `undefined` when the library is not where it is expected: `getLlama()` knows more places. */
async function openInstalled(threads: number): Promise<Llama | undefined> {
  const create = (Llama as unknown as { readonly _create?: Create })._create;
  if (create === undefined) return undefined;
  try {
    const folder = installedFolder();
    const bindingPath = path.join(folder, "llama-addon.node");
    const require = createRequire(import.meta.url);
    const buildMetadata = (await Bun.file(
      path.join(folder, "_nlcBuildMetadata.json"),
    ).json()) as BuildMetadata;
    useOwnKernels(folder, buildMetadata);
    return await create.call(Llama, {
      bindings: require(bindingPath),
      bindingPath,
      buildType: "prebuilt",
      buildMetadata,
      logLevel: LlamaLogLevel.error,
      logger: (_level: unknown, text: string) => process.stderr.write(`llama.cpp: ${text}\n`),
      maxThreads: threads,
      vramPadding: 0,
      ramPadding: 0,
      debug: false,
      numa: false,
      tempDir: false,
    });
  } catch {
    return undefined;
  }
}

/** Faster kernels where there are some; a machine where they do not load has the library's own. */
function useOwnKernels(folder: string, { buildOptions }: BuildMetadata): void {
  try {
    loadKernels(folder, buildOptions.llamaCpp.release);
  } catch (error) {
    process.stderr.write(
      `llama.cpp: kernels of the library instead of our own: ${String(error)}\n`,
    );
  }
}
