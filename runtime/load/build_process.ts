/**
 * A process that builds: confined as functions are, and to be ended when a build takes too long or too much. What
 * bundlers do with hostile files is no affair of the daemon's then.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { LimitWatch } from "../isolate/limits.ts";
import { LiveHost } from "../isolate/live_host.ts";
import type { Confined, Sandbox } from "../ports.ts";
import { fromWire, isMoultError, messageOf, MoultError, WireError } from "../../schemas/error.ts";
import { type Limits, LIMITS_DEFAULT } from "../../schemas/function.ts";
import { OWNER } from "../../schemas/message.ts";
import type { Outcome, Source } from "./build_all.ts";
import { narrowReachOf, reachOf } from "./build_reach.ts";

/** The bundler may hold so much. */
const MEMORY_MIB = 1_024;
/** A process without a build ends after this. */
const IDLE_MS = 15_000;
/** Bytes of one answer: a bundle of the largest size, written as JSON. */
const ANSWER_BYTES_MAX = 192 * 1_048_576;

/** Looked at from here; how long a build may take its caller says, and its CPU time follows from that. */
const LIMITS: Limits = {
  ...LIMITS_DEFAULT,
  timeMs: 600_000,
  cpuMs: 6_000_000,
};

const Answer = v.object({
  outcomes: v.array(
    v.nullable(
      v.union([
        v.object({
          built: v.object({ text: v.string(), version: v.string(), inputs: v.array(v.string()) }),
        }),
        v.object({ error: WireError }),
      ]),
    ),
  ),
});

/** Where builds are made. */
export interface Workbench {
  /**
   * Builds files of one functions folder, one such request at a time. An outcome that is missing has to be asked for
   * alone. Throws `function/limit` or `function/crashed` when it was ended by what it built, `internal` when it does
   * not run.
   *
   * @param msMax The most that this may take
   */
  readonly build: (
    sources: readonly Source[],
    msMax: number,
  ) => Promise<readonly (Outcome | null)[]>;
  /** Something will have to be built in a moment. */
  readonly warm: () => void;
  readonly close: () => void;
}

/** What a build process is made of. */
export interface BuildProcessOptions {
  readonly sandbox: Sandbox;
  /** Functions folders, resolved. */
  readonly roots: readonly string[];
  /** moult's home, resolved. */
  readonly home: string;
  /** No build takes longer, whatever is asked for. @default as asked for */
  readonly msMax?: number;
  /** What the process may hold. @default 1_024 */
  readonly memoryMiB?: number;
}

/** Builds in a confined process, which is started when there is something to build. */
export class BuildProcess implements Workbench {
  readonly #options: BuildProcessOptions;
  readonly #watch = new LimitWatch();
  #host: Promise<LiveHost> | undefined;
  /** What that process may read. */
  #reach = "";
  #closed = false;

  constructor(options: BuildProcessOptions) {
    this.#options = options;
  }

  warm(): void {
    if (this.#closed) return;
    this.#living().then(
      (host) => {
        host.lastUsedAt = performance.now();
      },
      () => undefined, // The build that needs it says so.
    );
  }

  async build(sources: readonly Source[], msMax: number): Promise<readonly (Outcome | null)[]> {
    const host = await this.#living();
    const live = host.begin({ principal: OWNER, body: JSON.stringify({ sources }) });
    const ms = Math.min(msMax, this.#options.msMax ?? msMax);
    const reason = `it took longer than ${String(ms / 1_000)} s`;
    const late = setTimeout(() => host.stop({ limit: "timeMs", reason }), ms);
    this.#watch.wake();
    try {
      const answer = await host.request(live, "run", 0);
      const text = answer instanceof Response ? await textOf(answer, host) : answer.text;
      return readAnswer(text, sources.length);
    } catch (error) {
      // Its end may still be on the way.
      throw isMoultError(error) ? error : await host.whyGone(live);
    } finally {
      clearTimeout(late);
      host.end(live);
    }
  }

  close(): void {
    this.#closed = true;
    this.#watch.close();
    this.#end("moult stops");
  }

  #end(why: string): void {
    void this.#host?.then(({ confined }) => confined.kill(why)).catch(() => undefined);
    this.#host = undefined;
  }

  /** The process that may read what there is to read now. */
  async #living(): Promise<LiveHost> {
    const { roots, home } = this.#options;
    const files = reachOf(roots, [home]);
    const reach = files.read.join("\n");
    if (this.#host !== undefined && reach !== this.#reach) this.#end("there is more to read");
    if (this.#host === undefined) {
      this.#reach = reach;
      const host = this.#start(files);
      this.#host = host;
      const forget = () => {
        if (this.#host === host) this.#host = undefined;
      };
      host.then(({ exited }) => exited.then(forget), forget);
    }
    return await this.#host;
  }

  async #start(files: ReturnType<typeof reachOf>): Promise<LiveHost> {
    const [confined, program] = await Promise.all([this.#confined(files), buildProgram()]);
    const host = new LiveHost(confined, "build");
    const path = join(confined.bundles, "program.js");
    writeFileSync(path, program);
    await host.load({ name: "build", version: "build", path, origin: "builtin" });
    const { memoryMiB = MEMORY_MIB } = this.#options;
    this.#watch.add(host, { ...LIMITS, memoryMiB }, (idleMs) => {
      if (idleMs > IDLE_MS) confined.kill("nothing is built");
    });
    if (this.#closed) confined.kill("moult stops");
    return host;
  }

  async #confined(files: ReturnType<typeof reachOf>): Promise<Confined> {
    const { sandbox, roots, memoryMiB = MEMORY_MIB } = this.#options;
    const start = { memoryMiB, onOutput: () => undefined };
    try {
      return await sandbox.start({ ...start, files });
    } catch (error) {
      // moult's own run folder lies beside the functions: that is no project.
      if (!isMoultError(error) || error.code !== "function/invalid") throw error;
      return await sandbox.start({ ...start, files: narrowReachOf(roots) });
    }
  }
}

let program: Promise<string> | undefined;

/** What runs in a build process, as one file. */
async function buildProgram(): Promise<string> {
  program ??= Bun.build({
    entrypoints: [Bun.fileURLToPath(new URL("build_main.ts", import.meta.url))],
    target: "bun",
    minify: true,
  }).then(async ({ outputs: [output] }) => {
    if (output === undefined) throw new TypeError("The bundler gave nothing");
    return await output.text();
  });
  try {
    return await program;
  } catch (error) {
    program = undefined;
    throw new MoultError("internal", `Cannot build the build program: ${messageOf(error)}`);
  }
}

async function textOf(answer: Response, host: LiveHost): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.length;
    if (bytes > ANSWER_BYTES_MAX)
      host.stop({ limit: "memoryMiB", reason: "what it is built to is too large" });
    else parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** What a process says that may have been taken over: read with care. */
function readAnswer(text: string, count: number): readonly (Outcome | null)[] {
  const said: unknown = JSON.parse(text);
  const parsed = v.safeParse(Answer, said);
  if (parsed.success && parsed.output.outcomes.length === count) return parsed.output.outcomes;
  const refused = v.safeParse(v.object({ error: WireError }), said);
  const text_ = refused.success ? fromWire(refused.output.error).message : "it spoke nonsense";
  throw new MoultError("function/crashed", text_, { reason: text_ });
}
