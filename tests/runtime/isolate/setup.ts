/** Function hosts for tests: a real sandbox, values in memory, and everything that is reported kept for looking at. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSandbox } from "../../../adapters/linux/open_sandbox.ts";
import type { Bundle, Crash, Deployment } from "../../../runtime/isolate/deployment.ts";
import { Hosts, type HostsOptions } from "../../../runtime/isolate/hosts.ts";
import type { HostServices } from "../../../runtime/isolate/services.ts";
import type { CallResult, FunctionCall, KvWrite } from "../../../runtime/ports.ts";
import { OWNER } from "../../../schemas/message.ts";

/** What a test looks at. */
export interface Bench {
  readonly hosts: Hosts;
  /** The folder moult was started in; its home is `home` in it. */
  readonly root: string;
  /** Values by `function/key`. */
  readonly kv: Map<string, unknown>;
  readonly commits: { fn: string; writes: readonly KvWrite[] }[];
  readonly logs: { fn: string; level: string; facts: object; text: string }[];
  /** What is not a function's doing. */
  readonly faults: { fn: string; text: string }[];
  readonly denials: { fn: string; kind: string; text: string; wanted: string | undefined }[];
  readonly crashes: Crash[];
  /** Deploys a file with `source` after the imports. */
  readonly deploy: (source: string, more?: Partial<Bundle>) => Promise<Deployment>;
  /** A bundle that was not deployed. */
  readonly bundle: (source: string, more?: Partial<Bundle>) => Bundle;
  readonly close: () => Promise<void>;
}

const IMPORTS = `import { defineTool, defineSkill, defineChannel, v, MoultError } from "moult";\n`;

/** Opens hosts. */
export function openBench(
  options: Partial<HostsOptions> = {},
  services: Partial<HostServices> = {},
): Bench {
  const root = mkdtempSync(join(tmpdir(), "moult-isolate-"));
  mkdirSync(join(root, "home"));
  mkdirSync(join(root, "bundles"));
  const sandbox = options.sandbox ?? openSandbox();
  const kv = new Map<string, unknown>();
  const commits: Bench["commits"] = [];
  const logs: Bench["logs"] = [];
  const faults: Bench["faults"] = [];
  const denials: Bench["denials"] = [];
  const crashes: Crash[] = [];
  const hosts = new Hosts({
    sandbox,
    root,
    home: join(root, "home"),
    poolSize: 1,
    services: {
      kv: memory(kv, commits),
      keepers: { check() {}, claim() {} },
      secret: () => undefined,
      call: () => Promise.reject(new Error("not expected")),
      log: (fn, level, facts, text) => logs.push({ fn, level, facts, text }),
      fault: (fn, text) => faults.push({ fn, text }),
      denied: (fn, kind, text, wanted) => denials.push({ fn, kind, text, wanted }),
      crashed: (crash) => crashes.push(crash),
      ...services,
    },
    ...options,
  });
  let count = 0;
  const bundle: Bench["bundle"] = (source, more = {}) => {
    const version = (++count).toString(16).padStart(12, "0");
    const path = join(root, "bundles", `${version}.js`);
    writeFileSync(path, IMPORTS + source);
    return { name: "example", version, path, origin: "user", ...more };
  };
  return {
    hosts,
    root,
    kv,
    commits,
    logs,
    faults,
    denials,
    crashes,
    bundle,
    deploy: async (source, more) => await hosts.deploy(bundle(source, more)),
    async close() {
      await hosts.close();
      await sandbox.close();
      rmSync(root, { recursive: true });
    },
  };
}

function memory(kv: Map<string, unknown>, commits: Bench["commits"]): HostServices["kv"] {
  return {
    kvGet: (fn, key) => Promise.resolve(kv.get(`${fn}/${key}`)),
    kvList: (fn, prefix, limit) =>
      Promise.resolve(
        [...kv]
          .filter(([key]) => key.startsWith(`${fn}/${prefix}`))
          .map(([key, value]) => ({ key: key.slice(fn.length + 1), value }))
          .slice(0, limit),
      ),
    kvRoom: () => Promise.resolve(),
    kvCommit: (fn, writes) => {
      commits.push({ fn, writes });
      for (const { key, value } of writes)
        if (value === undefined) kv.delete(`${fn}/${key}`);
        else kv.set(`${fn}/${key}`, value);
      return Promise.resolve();
    },
  };
}

/** Body of a tool that runs the code of its input. */
export const EVALUATE = `return await new Function("input", "return (async () => {" + input.code + "})()")(input);`;

/** A tool whose `run` has this body; `fields` come before it. */
export function tool(body: string, fields = ""): string {
  return `export default defineTool({ description: "Example.", input: v.looseObject({}), ${fields} async run(input, ctx) { ${body} } });`;
}

/** A call by the owner. */
export function call(input: unknown = {}, more: Partial<FunctionCall> = {}): FunctionCall {
  return { body: JSON.stringify(input), principal: OWNER, ...more };
}

/** Status and JSON body of an answer. */
export async function read(response: Response): Promise<{ status: number; body: unknown }> {
  return { status: response.status, body: await response.json() };
}

/** The code of a result's error. */
export function codeOf(result: CallResult): string | undefined {
  return result.error?.code;
}
