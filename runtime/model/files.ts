/**
 * Which model answers, and where models lie: `models/` of the home, and the choice that `moult model use` leaves there.
 * Knows nothing of what is in a model file.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { isProvided, isScripted, SCRIPTED_PREFIX } from "./engine.ts";
import { partOf } from "./parts.ts";
import { removeQuietly, writeWhole } from "../whole_file.ts";

/** Which model answers, and who said so. */
export interface Choice {
  readonly from: "moult.yaml" | "home" | "embedded";
  /** Absolute path, `scripted:` and an absolute path, or `provider:NAME/MODEL`. Absent: it is to be pulled. */
  readonly path?: string;
  /** To be pulled when it is not there. */
  readonly pull?: string;
}

/** What the configuration says: at most one of both. */
export interface ConfiguredModel {
  readonly path?: string | undefined;
  readonly pull?: string | undefined;
}

/** Where to look. */
export interface Places {
  readonly home: string;
  /** Relative paths of the configuration begin here. */
  readonly base: string;
  /** The model that ships with moult. */
  readonly embedded: string;
}

/** The configuration's model; else the one chosen by `moult model use`; else the embedded one. */
export function chooseModel(
  { path, pull }: ConfiguredModel,
  { home, base, embedded }: Places,
): Choice {
  if (pull !== undefined) return { from: "moult.yaml", pull };
  if (path !== undefined && isProvided(path)) return { from: "moult.yaml", path };
  if (path !== undefined) {
    const file = resolve(base, isScripted(path) ? path.slice(SCRIPTED_PREFIX.length) : path);
    return { from: "moult.yaml", path: isScripted(path) ? SCRIPTED_PREFIX + file : file };
  }
  const used = readUsed(home);
  return used === undefined ? { from: "embedded", path: embedded } : { from: "home", path: used };
}

/** Where pulled models lie. */
export function modelsFolder(home: string): string {
  return join(home, "models");
}

/** Model files of a home, by name; of a model in several files only the first. */
export function listModels(home: string): readonly string[] {
  const folder = modelsFolder(home);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.gguf$/i.test(name) && !name.startsWith("."))
    .filter((name) => (partOf(name)?.index ?? 1) === 1)
    .toSorted();
}

/** Path of the model that `moult model use` chose. */
export function readUsed(home: string): string | undefined {
  const file = usedFile(home);
  if (!existsSync(file)) return undefined;
  const named = readFileSync(file, "utf8").trim();
  if (named === "") return undefined;
  return isAbsolute(named) ? named : join(modelsFolder(home), named);
}

/** Chooses a model: a name in the models folder, or an absolute path. `undefined`: the embedded one again. */
export function writeUsed(home: string, named: string | undefined): void {
  if (named === undefined) removeQuietly(usedFile(home));
  else writeWhole(usedFile(home), `${named}\n`, { folder: true, mode: 0o600 });
}

function usedFile(home: string): string {
  return join(home, "model");
}
