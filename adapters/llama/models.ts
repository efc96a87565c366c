/** The models of a home, as the command line asks for them. */
import { existsSync, mkdirSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { checkGguf } from "./gguf.ts";
import { inspectModel, type LoadPlan, readFacts } from "./inspect.ts";
import { findPulled, pullModel } from "./pull.ts";
import { quantizeModel } from "./quantize.ts";
import { bytesText } from "../../runtime/bytes_text.ts";
import { isModelFile } from "../../runtime/model/engine.ts";
import {
  type Choice,
  chooseModel,
  type ConfiguredModel,
  listModels,
  modelsFolder,
  type Places,
  readUsed,
  writeUsed,
} from "../../runtime/model/files.ts";
import { modelId } from "../../runtime/model/pool.ts";
import type { Config } from "../../schemas/config.ts";
import { isMoultError, MoultError } from "../../schemas/error.ts";
import type { ListedModel, ModelFacts, Models } from "../../schemas/model_file.ts";

/** What the embedded model is called. */
const EMBEDDED = "embedded";
/** It is loaded with less room than others, one conversation at a time. */
const EMBEDDED_PLAN: LoadPlan = { contextTokens: 2_048, slots: 1 };

/** Opens the models of a home. Reads and writes files; needs no daemon. */
export function createModels(
  config: ConfiguredModel & LoadPlan & { readonly others: Config["models"] },
  places: Places,
  offline: boolean,
): Models {
  const { home, embedded } = places;
  const choice = chooseModel(config, places);
  const folder = modelsFolder(home);
  const planOf = (path: string): LoadPlan => (path === embedded ? EMBEDDED_PLAN : config);
  const inUse = (): string | undefined =>
    choice.path ?? (choice.pull === undefined ? undefined : findPulled(choice.pull, folder));
  const others = otherFiles(config.others, places);
  const find = (name: string): string => findModel(name, { folder, embedded });

  function listed(path: string): ListedModel {
    const name = path === embedded ? EMBEDDED : nameIn(folder, path);
    const id = others.get(path) ?? modelId(path);
    const base = { name, id, path, inUse: path === inUse() };
    try {
      return { ...base, facts: readFacts(path, planOf(path)) };
    } catch (error) {
      if (!isMoultError(error)) throw error;
      return { ...base, error: error.message };
    }
  }

  return {
    check() {
      const path = inUse();
      if (path === undefined) return `${choice.pull}, to be downloaded at the next start`;
      if (isModelFile(path)) checkGguf(path);
      return path;
    },
    list() {
      const paths = [embedded, ...listModels(home).map((name) => join(folder, name))];
      const used = inUse();
      const more = [used, ...others.keys()].filter((path) => path !== undefined);
      paths.push(...more.filter((path) => isModelFile(path) && !paths.includes(path)));
      return [...new Set(paths)].map(listed);
    },
    inspect: (name) => {
      const path = name === undefined ? needInUse(choice, inUse()) : find(name);
      return inspectModel(path, planOf(path));
    },
    pull: (source, how) => pullModel({ source, folder, offline, ...how }),
    async quantize(name, how) {
      const path = find(name);
      checkGguf(path);
      mkdirSync(folder, { recursive: true });
      return await quantizeModel(path, folder, how);
    },
    async use(name, force) {
      refuseOverruled(choice);
      const path = find(name);
      const facts = await inspectModel(path, planOf(path));
      if (!force) refuseUnusable(facts);
      const before = readUsed(home) ?? embedded;
      if (path === embedded) writeUsed(home, undefined);
      else writeUsed(home, nameIn(folder, path));
      return {
        name: path === embedded ? EMBEDDED : nameIn(folder, path),
        changed: before !== path,
        facts,
      };
    },
  };
}

/** Files that the configuration names beside the model that answers, with what requests call them. */
function otherFiles(models: Config["models"], places: Places): ReadonlyMap<string, string> {
  const folder = modelsFolder(places.home);
  return new Map(
    models.flatMap((entry) => {
      const { path, pull = "" } = chooseModel(entry, places);
      const file = path ?? findPulled(pull, folder);
      return file === undefined ? [] : [[file, entry.name ?? modelId(file)] as const];
    }),
  );
}

function nameIn(folder: string, path: string): string {
  return join(folder, basename(path)) === path ? basename(path) : path;
}

/** A name as people write it: whole, without `.gguf`, a part that only one has, what it was pulled as, or a path. */
function findModel(
  name: string,
  { folder, embedded }: { readonly folder: string; readonly embedded: string },
): string {
  if (name === EMBEDDED) return embedded;
  const names = listModels(join(folder, ".."));
  for (const whole of [name, `${name}.gguf`]) if (names.includes(whole)) return join(folder, whole);
  const pulled = pulledAs(name, folder);
  if (pulled !== undefined) return pulled;
  const path = isAbsolute(name) ? name : resolve(name);
  // A path, even of a file that is not called .gguf, as other programs keep them.
  if (/\/|\.gguf$/i.test(name) && existsSync(path)) return path;
  const parts = names.filter((one) => one.toLowerCase().includes(name.toLowerCase()));
  const [only, ...more] = parts;
  if (only !== undefined && more.length === 0) return join(folder, only);
  const which = parts.length > 1 ? `"${name}" is in the names of ${parts.join(", ")}` : undefined;
  throw new MoultError(
    "input/invalid",
    which
      ? `${which}; write more of one`
      : `There is no model "${name}"; there are: ${[EMBEDDED, ...names].join(", ")}. Bring it with "moult model pull", or name a file`,
  );
}

function pulledAs(name: string, folder: string): string | undefined {
  try {
    return findPulled(name, folder);
  } catch {
    return undefined;
  }
}

function needInUse({ pull, path }: Choice, inUse: string | undefined): string {
  if (inUse === undefined)
    throw new MoultError(
      "model/unavailable",
      `${pull} is not here yet; bring it with "moult model pull ${pull}"`,
    );
  if (path !== undefined && !isModelFile(path))
    throw new MoultError(
      "input/invalid",
      `The model in use is ${path}, no file; there is nothing to inspect`,
    );
  return inUse;
}

/** A choice that would have no effect is no choice. */
function refuseOverruled({ from, pull }: Choice): void {
  if (from !== "moult.yaml") return;
  const key = pull === undefined ? "model.path" : "model.pull";
  throw new MoultError(
    "input/invalid",
    `The configuration sets ${key}, and it goes first; take that line out of moult.yaml, or change it there`,
  );
}

function refuseUnusable({ title, problems, here }: ModelFacts): void {
  if (problems.length > 0)
    throw new MoultError("model/unavailable", `Cannot use ${title}: ${problems.join("; ")}`);
  if (here.fits !== "no") return;
  throw new MoultError(
    "model/unavailable",
    `Cannot use ${title}: it needs about ${bytesText(here.bytes)} with ${here.slots} conversations of ${here.contextTokens} tokens, and this machine has ${bytesText(here.machineBytes)}. Take a smaller one, lower model.slots or model.contextTokens, or write --force`,
  );
}
