/**
 * Starts moult as a user would, in folders of its own, and speaks to it over HTTP.
 * It knows the command line, the home folder and the routes; nothing of the inside.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionInfo } from "../schemas/function.ts";
import type { Reply } from "../schemas/turn.ts";
import { freePort, onLeave, until } from "./harness.ts";

const REPOSITORY = join(import.meta.dir, "..");
/** A daemon that is not ready by then is broken, however busy the machine is. */
const READY_MS_MAX = 60_000;

/** Folders of one bench: removed by `remove()`. */
export interface Place {
  readonly root: string;
  readonly home: string;
  /** The user's functions. */
  readonly functions: string;
  /** Writes a file below the root and returns its path. */
  readonly write: (path: string, text: string) => string;
  readonly remove: () => void;
}

/** Makes the folders, with copies of the named files of `bench/functions`. */
export function makePlace(...functionNames: readonly string[]): Place {
  const root = mkdtempSync(join(tmpdir(), "moult-bench-"));
  const remove = () => rmSync(root, { recursive: true, force: true });
  const forget = onLeave(remove);
  const functions = join(root, "functions");
  mkdirSync(functions);
  for (const name of functionNames)
    copyFileSync(join(import.meta.dir, "functions", `${name}.ts`), join(functions, `${name}.ts`));
  return {
    root,
    home: join(root, "home"),
    functions,
    write: (path, text) => {
      writeFileSync(join(root, path), text);
      return join(root, path);
    },
    remove: () => {
      forget();
      remove();
    },
  };
}

/** Writes a script of model replies and a configuration that plays it; returns the configuration's path. */
export function scripted(place: Place, lines: readonly object[]): string {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const script = place.write("script.jsonl", text);
  return place.write("moult.yaml", `model:\n  path: ${JSON.stringify(`scripted:${script}`)}\n`);
}

/** How to start the daemon. */
export interface StartOptions {
  readonly config?: string;
  /** @default a free one */
  readonly port?: number;
  /** A file that is loaded before the program. */
  readonly preload?: string;
}

/** A daemon that was started, ready or not. */
export interface Daemon {
  readonly pid: number;
  readonly port: number;
  /** Resolves at the first 200 of `/healthz`. */
  readonly healthy: () => Promise<void>;
  /** Resolves at the first 200 of `/readyz`. */
  readonly ready: () => Promise<void>;
  /** Sends a request with the owner's key. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  /** `POST /fn/{name}`. */
  readonly call: (name: string, input: unknown, signal?: AbortSignal) => Promise<Response>;
  /** One turn; the reply object. Throws when the daemon refuses or dies. */
  readonly turn: (session: string, text: string, id?: string) => Promise<Reply>;
  /** The owner's key; exists once the daemon is healthy. */
  readonly key: () => string;
  /** Lets a function do what it asks for. The daemon is ready. */
  readonly approve: (name: string) => Promise<void>;
  /** SIGTERM, then waits; SIGKILL after 10 s. */
  readonly stop: () => Promise<void>;
  /** SIGKILL, then waits for this one process. */
  readonly kill: () => Promise<void>;
  /** What it printed so far. */
  readonly output: () => string;
}

/** Starts `moult start` in the given folders and returns at once. */
export function spawnDaemon(place: Place, options: StartOptions = {}): Daemon {
  const port = options.port ?? freePort();
  const log = join(place.root, "daemon.log");
  rmSync(log, { force: true });
  const config = options.config === undefined ? [] : ["--config", options.config];
  const preload = options.preload === undefined ? [] : ["--preload", options.preload];
  const folders = ["--home", place.home, "--functions", place.functions, ...config];
  const child = Bun.spawn(
    [
      process.execPath,
      "--no-install",
      ...preload,
      join(REPOSITORY, "main.ts"),
      "start",
      "--port",
      String(port),
      ...folders,
    ],
    {
      cwd: place.root,
      env: { PATH: process.env["PATH"] ?? "", HOME: place.root },
      stdin: "ignore",
      stdout: Bun.file(log),
      stderr: Bun.file(log),
    },
  );
  const output = () => (existsSync(log) ? readFileSync(log, "utf8").slice(-4_000) : "");
  const url = `http://127.0.0.1:${port}`;
  const answers = (path: string) =>
    until(
      `200 from ${path}`,
      async () => {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`The daemon ended: ${output()}`);
        return (await statusOf(url + path)) === 200 ? true : undefined;
      },
      { everyMs: 5, limitMs: READY_MS_MAX },
    );
  const key = () => readFileSync(join(place.home, "owner.key"), "utf8").trim();
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(url + path, {
      ...init,
      headers: { authorization: `Bearer ${key()}`, "content-type": "application/json" },
    });
  const post = (path: string, body: object, signal?: AbortSignal) =>
    ask(path, {
      method: "POST",
      body: JSON.stringify(body),
      signal: signal ?? AbortSignal.timeout(60_000),
    });
  const forget = onLeave(() => child.kill("SIGKILL"));
  const end = async (signal: NodeJS.Signals) => {
    forget();
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await child.exited;
    clearTimeout(late);
  };
  return {
    pid: child.pid,
    port,
    output,
    key,
    ask,
    healthy: async () => void (await answers("/healthz")),
    ready: async () => void (await answers("/readyz")),
    call: (name, input, signal) => post(`/fn/${name}`, input as object, signal),
    turn: async (session, text, id) => {
      const body = id === undefined ? { text } : { text, id };
      const response = await post(`/api/sessions/${session}/messages`, body);
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return (await response.json()) as Reply; // The contract's shape; a bench that reads a wrong one fails.
    },
    approve: async (name) => {
      const { waiting } = (await (await ask(`/api/functions/${name}`)).json()) as FunctionInfo;
      const response = await post(`/api/functions/${name}/approve`, { hash: waiting?.hash });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

/** Starts a daemon, waits until it is ready, lends it to `work`, and ends it whatever happens. */
export async function withDaemon<T>(
  place: Place,
  options: StartOptions,
  work: (daemon: Daemon) => Promise<T>,
): Promise<T> {
  const daemon = spawnDaemon(place, options);
  try {
    await daemon.ready();
    return await work(daemon);
  } catch (error) {
    console.error(daemon.output());
    throw error;
  } finally {
    await daemon.stop();
  }
}

/** Status of a GET without a key; 0 when nobody answers. */
async function statusOf(url: string): Promise<number> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
