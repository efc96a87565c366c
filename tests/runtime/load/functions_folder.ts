/** A functions folder in a temporary place, with a loader that watches it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseYaml } from "../../../adapters/yaml/frontmatter.ts";
import { EventHub } from "../../../runtime/events.ts";
import { buildAll } from "../../../runtime/load/build_all.ts";
import { type Loader, type LoaderOptions, createLoader } from "../../../runtime/load/loader.ts";
import { Grants } from "../../../runtime/policy/grants.ts";
import { Keepers } from "../../../runtime/policy/keepers.ts";
import type { FunctionCall, Log, Meter } from "../../../runtime/ports.ts";
import { OWNER } from "../../../schemas/message.ts";
import { hosts } from "./in_process_deployment.ts";

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Remembers what was counted, as `name{label=value,…}`. */
function meter() {
  const counts = new Map<string, number>();
  const write = (name: string, value: number, labels: object = {}, add = true) => {
    const key = `${name}{${Object.entries(labels)
      .map((pair) => pair.join("="))
      .join(",")}}`;
    counts.set(key, (add ? (counts.get(key) ?? 0) : 0) + value);
  };
  const port: Meter = {
    count: (name, labels, by = 1) => write(name, by, labels),
    gauge: (name, value, labels) => write(name, value, labels, false),
    observe: (name, _value, labels) => write(name, 1, labels),
    collect() {},
    expose: () => "",
  };
  return { counts, port };
}

/** A call without anything special. */
export function call(input: unknown = {}): FunctionCall {
  return { body: JSON.stringify(input), principal: OWNER };
}

/** A function file that answers `says`. */
export function tool(says: string, imports = ""): string {
  return `import { defineTool, v } from "moult";
${imports}
export default defineTool({
  description: "Says something.",
  input: v.object({}),
  run: () => ${says},
});
`;
}

/** A folder with a loader, not started yet. */
export function functionsFolder(change: Partial<LoaderOptions> = {}) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "moult-load-")));
  const dir = join(base, "functions");
  const home = join(base, ".moult");
  mkdirSync(dir);
  const host = hosts();
  const measured = meter();
  const clock = { now: () => Date.now() };
  const hub = new EventHub(clock);
  const loaders: Loader[] = [];

  /** Another loader on the same folder and home, as after a restart. */
  const loader = (again: Partial<LoaderOptions> = {}): Loader => {
    const made = createLoader({
      roots: [dir],
      home,
      deploy: host.deploy,
      openWorkbench: () => ({ build: buildAll, warm() {}, close() {} }),
      parseYaml: async (text) => parseYaml(text),
      grants: new Grants(home, clock),
      keepers: new Keepers(home, { kvOwners: () => Promise.resolve([]) }),
      builtinNames: new Set(),
      // As in `moult dev`, so that only the tests about approvals have to approve.
      ownRoot: dir,
      hub,
      meter: measured.port,
      clock,
      log: silent,
      rescanMs: 200,
      ...change,
      ...again,
    });
    loaders.push(made);
    return made;
  };
  const events = (type: string) => hub.since(0).filter((event) => event.type === type);
  return {
    base,
    dir,
    home,
    host,
    hub,
    counts: measured.counts,
    events,
    loader,
    path: (file: string) => join(dir, file),
    /** Writes a file below the functions folder, or above it with `../`. */
    save: (file: string, text: string): void => {
      const path = join(dir, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(loaders.map((one) => one.close()));
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** What a function answers now: its output, or the code of its error. */
export async function answer(loader: Loader, name: string): Promise<unknown> {
  const result = await loader.run(name, call());
  return result.error === undefined ? result.output : result.error.code;
}
