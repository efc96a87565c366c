/**
 * The server to compare with: llama-server of the very commit that moult's engine is made of. Its sources lie as a git
 * bundle in the npm package of node-llama-cpp, which an install leaves out; the first use fetches that package and builds.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ChatServer } from "./chat_server.ts";
import { freePort, onLeave, until } from "./harness.ts";
import type { ServerOptions } from "./moult_server.ts";

const ROOT = join(import.meta.dir, "..");
const ENGINE = join(ROOT, "node_modules/node-llama-cpp");
const BUNDLE = "package/llama/gitRelease.bundle";
const LOAD_MS_MAX = 300_000;
/** As fast as this machine can, and nothing that needs the network or a package. */
const CMAKE = [
  "-DCMAKE_BUILD_TYPE=Release",
  "-DGGML_NATIVE=ON",
  "-DGGML_OPENMP=OFF",
  "-DLLAMA_OPENSSL=OFF",
  "-DLLAMA_BUILD_UI=OFF",
  "-DLLAMA_BUILD_TESTS=OFF",
  "-DLLAMA_BUILD_EXAMPLES=OFF",
];

/** Programs of llama.cpp. */
export interface LlamaPrograms {
  readonly server: string;
  /** Beside the server; it may be missing there. */
  readonly bench: string;
}

let found: Promise<LlamaPrograms | string> | undefined;

/**
 * `$LLAMA_SERVER`, else what an earlier run built, else a new build, which takes some ten minutes. A text instead says
 * why there is none; the rows of the comparison are then left out.
 */
export function llamaPrograms(): Promise<LlamaPrograms | string> {
  found ??= findPrograms();
  return found;
}

async function findPrograms(): Promise<LlamaPrograms | string> {
  const named = process.env["LLAMA_SERVER"];
  if (named !== undefined && named !== "")
    return existsSync(named) ? beside(named) : `There is no llama-server at LLAMA_SERVER=${named}`;
  const info: unknown = await Bun.file(join(ENGINE, "llama/llama.cpp.info.json")).json();
  const folder = join(ROOT, `.cache/llama.cpp-${(info as { tag: string }).tag}`);
  const server = join(folder, "build/bin/llama-server");
  if (existsSync(server)) return beside(server);
  const tools = ["git", "cmake", "c++", "tar"];
  const missing = tools.find((tool) => Bun.which(tool) === null);
  try {
    if (missing !== undefined) throw new Error(`building one needs ${missing}`);
    await build(folder);
    return beside(server);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `No llama-server to compare with: ${why}; set LLAMA_SERVER to the path of one`;
  }
}

const beside = (server: string): LlamaPrograms => ({
  server,
  bench: join(dirname(server), "llama-bench"),
});

/** Fetches the sources and builds both programs. */
async function build(folder: string): Promise<void> {
  console.error("Building llama-server from the engine's own sources; this takes some ten minutes");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = await fetchPackage(folder);
  await run(["tar", "-xzf", archive, BUNDLE], folder);
  const [source, out, unfinished] = ["source", "build", "unfinished"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await run(["git", "clone", "--quiet", join(folder, BUNDLE), source], folder);
  const generator = Bun.which("ninja") === null ? [] : ["-G", "Ninja"];
  // Under another name until it is whole: what lies at the final one is used without asking. Libraries are found by $ORIGIN.
  const rpath = ["-DCMAKE_BUILD_RPATH_USE_ORIGIN=ON"];
  await run(["cmake", "-S", source, "-B", unfinished, ...generator, ...CMAKE, ...rpath], folder);
  const jobs = String(Math.max(1, navigator.hardwareConcurrency - 1));
  const targets = ["--target", "llama-server", "llama-bench"];
  await run(["cmake", "--build", unfinished, "-j", jobs, ...targets], folder);
  renameSync(unfinished, out);
  rmSync(archive);
  rmSync(join(folder, "package"), { recursive: true });
}

/** The npm package of the engine at the version that is installed, from the registry that is configured. */
async function fetchPackage(folder: string): Promise<string> {
  const manifest: unknown = JSON.parse(readFileSync(join(ENGINE, "package.json"), "utf8"));
  const { name, version } = manifest as { name: string; version: string };
  if (Bun.which("npm") !== null) {
    const told = await run(["npm", "pack", "--silent", `${name}@${version}`], folder);
    return join(folder, told.trim().split("\n").at(-1) ?? "");
  }
  const registry = process.env["npm_config_registry"] ?? "https://registry.npmjs.org";
  const response = await fetch(`${registry.replace(/\/$/, "")}/${name}/-/${name}-${version}.tgz`);
  if (!response.ok) throw new Error(`the registry answers ${response.status} for ${name}`);
  const archive = join(folder, "engine.tgz");
  await Bun.write(archive, response);
  return archive;
}

/** What it printed. Throws with the end of that when it fails. */
export async function run(command: readonly string[], cwd: string): Promise<string> {
  const child = Bun.spawn([...command], { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const forget = onLeave(() => child.kill("SIGKILL"));
  const [out, told] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  const code = await child.exited;
  forget();
  if (code !== 0)
    throw new Error(`${command.slice(0, 2).join(" ")} failed: ${(told + out).trim().slice(-300)}`);
  return out;
}

/**
 * Starts it with as much room and as many threads as moult, and with what makes it fastest here: weights that are not
 * mapped, and no sampler but the one that is asked for. Its prompt cache is on, as it is by default.
 */
export async function startLlamaServer(
  { server }: LlamaPrograms,
  { model, slots, contextTokens, threads }: ServerOptions,
): Promise<ChatServer> {
  const port = freePort();
  const options = {
    "--model": model,
    "--host": "127.0.0.1",
    "--port": port,
    "--threads": threads,
    "--threads-batch": threads,
    "--parallel": slots,
    "--ctx-size": contextTokens * slots,
    "--load-mode": "none",
    "--samplers": "temperature",
    "--timeout": 36_000,
  };
  const words = Object.entries(options).flatMap(([key, value]) => [key, String(value)]);
  const child = Bun.spawn([server, ...words, "--no-ui", "--offline"], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const forget = onLeave(() => child.kill("SIGKILL"));
  const stop = async () => {
    forget();
    child.kill("SIGKILL");
    await child.exited;
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await until("llama-server to load", () => healthy(url, child), {
      everyMs: 50,
      limitMs: LOAD_MS_MAX,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: "llama-server", url, pid: child.pid, headers: {}, stop };
}

async function healthy(url: string, child: Bun.Subprocess): Promise<true | undefined> {
  if (child.exitCode !== null || child.signalCode !== null)
    throw new Error(`llama-server ended by ${child.signalCode ?? child.exitCode}`);
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok ? true : undefined;
  } catch {
    return undefined;
  }
}
