/** Runs the real program in folders of its own, as a user would. Knows the command line and the HTTP API only. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FunctionInfo } from "../../schemas/function.ts";
import type { Reply } from "../../schemas/turn.ts";
import { until } from "../waiting.ts";
import { keep } from "../children.ts";

const ENTRY = join(import.meta.dir, "../../main.ts");

/** A folder to start moult in. */
export interface Place {
  readonly dir: string;
  readonly home: string;
  /** Writes a file below the folder; returns its path. */
  readonly write: (path: string, text: string) => string;
  /** Runs one command to its end. */
  readonly moult: (...line: readonly string[]) => Promise<Ended>;
  /** Starts `moult start` and waits until it listens. */
  readonly launch: (...line: readonly string[]) => Promise<Started>;
  /** The same, and waits until it is ready. */
  readonly start: (...line: readonly string[]) => Promise<Started>;
  /** `moult dev` that is ready. */
  readonly dev: () => Promise<Started>;
  /** Ends what still runs. */
  readonly end: () => Promise<void>;
  /** The same, and removes everything. */
  readonly remove: () => Promise<void>;
}

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A daemon that runs. */
export interface Started {
  readonly pid: number;
  readonly url: string;
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  /** Sends one message and waits for its reply. */
  readonly say: (session: string, text: string, id?: string) => Promise<Reply>;
  /** Waits until a function serves: before, a model is not offered it. */
  readonly serves: (name: string) => Promise<void>;
  /** Approves a function as soon as it waits for that. */
  readonly approve: (name: string) => Promise<void>;
  /** SIGKILL, as a power cut would. */
  readonly kill: () => Promise<void>;
}

/**
 * A place whose model plays `script`.
 *
 * @param through words before every command, such as `setpriv` with its options. @default none
 */
export function makePlace(
  script: readonly object[] = [{ reply: "{{text}}" }],
  through: readonly string[] = [],
): Place {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "moult-test-")));
  const home = join(dir, ".moult");
  const children = new Set<Bun.Subprocess>();
  const write = (path: string, text: string): string => {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  write("script.jsonl", script.map((step) => `${JSON.stringify(step)}\n`).join(""));
  write("moult.yaml", "model:\n  path: scripted:script.jsonl\nserver:\n  port: 0\n");
  const spawn = (line: readonly string[]) => {
    const { MOULT_HOME: _home, MOULT_URL: _url, MOULT_KEY: _key, ...env } = process.env;
    const child = keep(
      Bun.spawn([...through, process.execPath, "--no-install", ENTRY, ...line], {
        cwd: dir,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    children.add(child);
    void child.exited.then(() => children.delete(child));
    return child;
  };
  const launch = async (...line: readonly string[]): Promise<Started> => {
    const child = spawn(line);
    const reader = child.stdout.getReader();
    let text = "";
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) break;
      text += new TextDecoder().decode(value);
      const url = /^\{.*?"url":"(http[^"]+)".*\n/m.exec(text)?.[1];
      if (url !== undefined) return started(child, url, home);
    }
    throw new Error(`It did not start: ${text}${await new Response(child.stderr).text()}`);
  };
  const end = async (): Promise<void> => {
    for (const child of children) child.kill("SIGTERM");
    await Promise.all([...children].map((child) => child.exited));
  };
  return {
    dir,
    home,
    write,
    moult: async (...line) => {
      const child = spawn(line);
      const [code, out, err] = await Promise.all([
        child.exited,
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      return { code, out, err };
    },
    launch: async (...line) => await launch("start", "--json", ...line),
    start: async (...line) => await ready(launch("start", "--json", ...line)),
    dev: async () => await ready(launch("dev", "--json")),
    end,
    remove: async () => {
      await end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function ready(launched: Promise<Started>): Promise<Started> {
  const daemon = await launched;
  while (!(await fetch(new URL("/readyz", daemon.url))).ok) await Bun.sleep(10);
  return daemon;
}

function started(child: Bun.Subprocess, url: string, home: string): Started {
  const key = readFileSync(join(home, "owner.key"), "utf8").trim();
  const ask: Started["ask"] = (path, init = {}) =>
    fetch(new URL(path, url), { ...init, headers: { authorization: `Bearer ${key}` } });
  const info = async (name: string): Promise<Partial<FunctionInfo>> => {
    const response = await ask(`/api/functions/${name}`);
    return response.ok ? ((await response.json()) as FunctionInfo) : {};
  };
  return {
    pid: child.pid,
    url,
    ask,
    say: async (session, text, id) => {
      const path = `/api/sessions/${session}/messages`;
      const body = JSON.stringify(id === undefined ? { text } : { text, id });
      const response = await ask(path, { method: "POST", body });
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      return (await response.json()) as Reply;
    },
    serves: async (name) => void (await until(async () => (await info(name)).state === "ready")),
    approve: async (name) => {
      const { waiting } = await until(async () => {
        const found = await info(name);
        return found.waiting !== undefined && found;
      });
      const body = JSON.stringify({ hash: waiting?.hash });
      const approved = await ask(`/api/functions/${name}/approve`, { method: "POST", body });
      if (!approved.ok) throw new Error(`${approved.status}: ${await approved.text()}`);
    },
    kill: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
