/** Starts the model host's process and speaks frames with it. Does not know why it is started or restarted. */
import { type FromHost, framesFromHost, type ToHost } from "./frames.ts";
import type { Exit, Log } from "../ports.ts";

/** Characters of the host's last error output that are kept to explain a crash. */
const STDERR_CHARS_MAX = 4_000;

/** A running model host. */
export interface HostProcess {
  readonly pid: number;
  readonly send: (frame: ToHost) => void;
  readonly kill: () => void;
  /** Resolves once, when it is gone and its last frames were read. */
  readonly exited: Promise<Exit & { readonly stderr: string }>;
}

/** What the host inherits: enough to find libraries and time zones, and nothing secret. */
const ENV_INHERITED = [
  "PATH",
  "HOME",
  "LANG",
  "TZ",
  "TMPDIR",
  "LD_LIBRARY_PATH",
  "CUDA_VISIBLE_DEVICES",
];

function hostEnv(): Record<string, string> {
  const env: Record<string, string> = {
    BUN_OPTIONS: "--no-install",
    // Two arenas: each native thread would otherwise keep its own heap of freed memory.
    MALLOC_ARENA_MAX: "2",
    MALLOC_TRIM_THRESHOLD_: "65536",
    // Weights in large pages are found sooner: 5 to 10 % more tokens a second of a model with 7 billion parameters.
    GLIBC_TUNABLES: "glibc.malloc.hugetlb=1",
  };
  for (const name of ENV_INHERITED) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** Starts `entry` as a model host. Frames go to `onFrame`. It ends with this process, however this process ends. */
export function spawnHost(
  entry: string,
  onFrame: (frame: FromHost) => void,
  log: Log,
): HostProcess {
  const child = Bun.spawn([process.execPath, "--no-install", "--no-orphans", "--smol", entry], {
    env: hostEnv(),
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    serialization: "json",
    ipc: (message: unknown) => {
      for (const frame of framesFromHost(message)) onFrame(frame);
    },
  });
  const stderr = readTail(child.stderr, log);
  return {
    pid: child.pid,
    send: (frame) => {
      // A host that just died is reported by `exited`; the frame is lost with it.
      if (child.exitCode === null && child.signalCode === null) trySend(() => child.send(frame));
    },
    kill: () => child.kill("SIGKILL"),
    exited: child.exited.then(async () => ({
      code: child.exitCode,
      signal: child.signalCode === null ? null : String(child.signalCode),
      stderr: await stderr,
    })),
  };
}

function trySend(send: () => void): void {
  try {
    send();
  } catch {
    // The channel closed under us: `exited` follows.
  }
}

/** Reads a stream to its end; logs its lines and keeps its tail. */
async function readTail(stream: ReadableStream<Uint8Array>, log: Log): Promise<string> {
  let tail = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const text = decoder.decode(bytes, { stream: true });
    log.warn({ source: "model host" }, text.trimEnd().slice(0, STDERR_CHARS_MAX));
    tail = (tail + text).slice(-STDERR_CHARS_MAX);
  }
  return tail.trim();
}
