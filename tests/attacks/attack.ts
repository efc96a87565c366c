/**
 * What an attack is, and how code runs inside of a function. An attack comes as a pair: what a good function may do,
 * and what a bad one does by the same means. It knows no layer and no verdict.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import type { LandlockRight } from "../../adapters/linux/landlock.ts";
import type { FilterCheck } from "../../adapters/linux/seccomp.ts";
import { arch } from "../../adapters/linux/syscalls.ts";
import { Broker } from "../../runtime/isolate/broker.ts";
import { LiveHost } from "../../runtime/isolate/live_host.ts";
import type { Sandbox } from "../../runtime/ports.ts";
import { isMoultError } from "../../schemas/error.ts";
import { Manifest } from "../../schemas/function.ts";
import { OWNER } from "../../schemas/message.ts";
import { CALLS, type CallName, type Native, openNative } from "./native.ts";
import type { Places } from "./places.ts";

/** The part of `ctx` that deeds use. */
export interface DeedContext {
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
}

/**
 * Something done inside a function: returns when it worked, throws when it did not. Its text is what runs there, so
 * it refers to nothing but its arguments, and imports what it needs itself.
 */
export type Deed = (at: Places, native: Native, ctx: DeedContext) => unknown;

/** A pair. */
export interface Attack {
  readonly name: string;
  /** Works under every layer. */
  readonly harmless: Deed | string;
  /** Works where nothing confines it. */
  readonly malicious: Deed | string;
  /** By a function that may start `NAMED`, and `tool` in `Places.folder`. @default false */
  readonly starts?: boolean;
  /** Only root can try: others are refused without any sandbox. @default false */
  readonly root?: boolean;
  /** The process may end of it. @default false */
  readonly deadly?: boolean;
  /** Calls that the filter refuses, without which this attack fails for want of them. @default [] */
  readonly calls?: readonly CallName[];
  /** A check of the filter's that stands against it. */
  readonly check?: FilterCheck;
  /** The right, or scope, of Landlock's that stands against it. */
  readonly right?: LandlockRight | undefined;
}

/** `succeeds`, `refused` or `killed`, and why. */
export interface Outcome {
  readonly result: "succeeds" | "refused" | "killed";
  readonly why: string;
}

/** Code that makes a deed's text run: the body of an async function of `ctx`. */
function programOf(deed: Deed | string, places: Places): string {
  const column = arch() === "arm64" ? 1 : 0;
  const numbers = Object.fromEntries(
    Object.entries(CALLS).map(([name, pair]) => [name, pair[column]]),
  );
  return `
    const at = ${JSON.stringify(places)};
    const native = (globalThis.native ??= await (${openNative.toString()})(${JSON.stringify(numbers)}));
    try { await (${typeof deed === "string" ? `async () => { ${deed} }` : deed.toString()})(at, native, ctx); }
    catch (error) { return "refused " + (error?.code ?? "") + " " + (error?.message ?? error); }
    return "succeeds";`;
}

const evaluator = (net: readonly string[]) => `
import { defineTool, v } from "moult";
export default defineTool({
  description: "Runs what it is given.",
  input: v.object({ code: v.string() }),
  permissions: { net: ${JSON.stringify(net)} },
  run: async ({ code }, ctx) => await new Function("ctx", "return (async () => {" + code + "})()")(ctx),
});`;

/** A function that runs deeds. */
export interface Doer {
  readonly pid: number;
  readonly work: string;
  readonly do: (deed: Deed | string, places: Places) => Promise<Outcome>;
  readonly end: () => Promise<void>;
}

/** A call takes no longer, whatever is done in it. */
const CALL_MS_MAX = 20_000;

/** Starts a function that may reach `net` through `ctx.fetch`, start `exec`, and nothing else. */
export async function startDoer(
  sandbox: Sandbox,
  net: readonly string[],
  exec: readonly string[] = [],
): Promise<Doer> {
  const folder = mkdtempSync(join(tmpdir(), "moult-doer-"));
  const path = join(folder, "doer.js");
  writeFileSync(path, evaluator(net));
  const files = { read: [], write: [], exec };
  const confined = await sandbox.start({ files, memoryMiB: 256, onOutput: () => undefined });
  const host = new LiveHost(confined, "doer");
  const said = await host.load({ name: "doer", version: "doer", path, origin: "user" });
  rmSync(folder, { recursive: true });
  serve(host, v.parse(Manifest, said));
  return {
    pid: confined.pid,
    work: confined.work,
    do: async (deed, places) => await run(host, programOf(deed, places)),
    async end() {
      confined.kill("the test is over");
      await confined.exited;
    },
  };
}

/** Answers what the function asks for, as the daemon does. */
function serve(host: LiveHost, manifest: Manifest): void {
  const nothing = () => Promise.reject(new Error("not expected"));
  const ignore = () => undefined;
  const broker = new Broker({
    host,
    name: host.name,
    manifest,
    permissions: manifest.permissions,
    offline: false,
    services: {
      kv: { kvGet: nothing, kvList: nothing, kvCommit: nothing, kvRoom: nothing },
      keepers: { check: ignore, claim: ignore },
      secret: ignore,
      call: nothing,
      log: ignore,
      fault: ignore,
      denied: ignore,
      crashed: ignore,
    },
  });
  void broker; // It listens for as long as the host lives.
}

async function run(host: LiveHost, code: string): Promise<Outcome> {
  const signal = AbortSignal.timeout(CALL_MS_MAX);
  const live = host.begin({ principal: OWNER, body: JSON.stringify({ code }), signal });
  try {
    const answer = await host.request(live, "run", 0);
    if (answer instanceof Response || !answer.ok) throw new Error("The doer itself failed");
    const said = String(JSON.parse(answer.text));
    const result = said.startsWith("succeeds") ? "succeeds" : "refused";
    return { result, why: said.slice(result.length + 1) };
  } catch (error) {
    if (isMoultError(error) && error.code === "function/crashed") {
      // Only another program ends like that: a function that was refused would still be there.
      const isAnother = error.message.endsWith("exit code 0");
      return { result: isAnother ? "succeeds" : "killed", why: error.message };
    }
    throw error;
  } finally {
    host.end(live);
  }
}
