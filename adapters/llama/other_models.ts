/** The models that may be asked beside the resident one: configured ones, files of the home, those of providers. */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { needOf } from "./fit.ts";
import { findPulled } from "./pull.ts";
import { pulling } from "./pulling.ts";
import { type EngineOptions, isModelFile, isProvided } from "../../runtime/model/engine.ts";
import { chooseModel, listModels, modelsFolder, type Places } from "../../runtime/model/files.ts";
import { modelId } from "../../runtime/model/pool.ts";
import type { PoolSource } from "../../runtime/model/pooled.ts";
import { providedBy } from "../../runtime/model/provided.ts";
import type { Config } from "../../schemas/config.ts";
import { PROVIDER_PREFIX } from "../../schemas/provider.ts";

/** Conversations in memory at once, of a model that is asked now and then. */
const SLOTS_DEFAULT = 2;
const KEEP_ALIVE_MS_DEFAULT = 300_000;
/** The process that asks a provider: 6 MB of its own when it rests, and the texts that pass through. */
const PROVIDED_BYTES = 33_554_432;

/** What is there. */
export interface OtherOptions {
  readonly config: Config;
  readonly places: Places;
  readonly offline: boolean;
  /** Path of the file of the model that answers; it is no other one. */
  readonly resident: string;
  /** Absolute path of the entry file of the host that runs a model. */
  readonly entryOf: (options: EngineOptions) => string;
}

/** How one model is to be loaded, as the configuration says it. */
type Entry = Config["models"][number];

/** Finds them anew at each call: a file that was copied into the home may be asked at once. */
export function otherModels(options: OtherOptions): () => readonly PoolSource[] {
  const startedAt = Math.floor(Date.now() / 1_000);
  let isTidy = false;
  return () => {
    const sources = sourcesOf(options, startedAt);
    if (!isTidy) removeStates(options, sources);
    isTidy = true;
    return sources;
  };
}

function sourcesOf(options: OtherOptions, startedAt: number): readonly PoolSource[] {
  const { config, places, resident } = options;
  const { home, embedded } = places;
  const configured = config.models.map((entry) => sourceOf(entry, options, startedAt));
  const provided = config.providers.flatMap(({ name, models }) =>
    models.map((model) => {
      const id = `${name}/${model}`;
      return sourceOf({ ...ENTRY, name: id, path: PROVIDER_PREFIX + id }, options, startedAt);
    }),
  );
  const known = new Set([resident, ...configured.map((source) => source.options.path)]);
  const files = [embedded, ...listModels(home).map((name) => join(modelsFolder(home), name))]
    .filter((path) => !known.has(path))
    .map((path) => sourceOf({ ...ENTRY, path }, options, startedAt));
  return [...configured, ...files, ...provided];
}

const ENTRY = { keepAliveMs: KEEP_ALIVE_MS_DEFAULT } as const;

function sourceOf(entry: Entry, options: OtherOptions, startedAt: number): PoolSource {
  const { config, places, offline, entryOf } = options;
  const { path: chosen, pull = "" } = chooseModel(entry, places);
  const folder = modelsFolder(places.home);
  const path = chosen ?? findPulled(pull, folder) ?? pull;
  const id = entry.name ?? modelId(path.startsWith("scripted:") ? basename(path) : path);
  const isFile = isModelFile(path) && path !== pull;
  const load = { ...loadOf(config, path, { places, offline }), ...roomOf(entry), path };
  const kv = { ...config.model.kv, folder: join(statesFolder(places), encodeURIComponent(id)) };
  let bytes: number | undefined;
  return {
    id,
    created: isFile ? changedAt(path) : startedAt,
    ownedBy: load.provider?.name ?? "moult",
    options: { ...load, kv, hostEntry: entryOf(load) },
    ...(path === pull && { prepare: pulling(pull, folder, offline) }),
    keepAliveMs: entry.keepAliveMs,
    needBytes: () => (bytes ??= isFile ? needOf(load) : isProvided(path) ? PROVIDED_BYTES : 0),
  };
}

function loadOf(
  { model, providers }: Config,
  path: string,
  { places, offline }: Pick<OtherOptions, "places" | "offline">,
) {
  const { gpu, threads, headroom, governor } = model;
  return {
    headroom,
    governor,
    ...(threads !== undefined && { threads }),
    gpu: gpu === true ? ("auto" as const) : gpu,
    embedded: path === places.embedded,
    ...providedBy(path, { providers, offline }),
  };
}

function roomOf({ slots = SLOTS_DEFAULT, contextTokens }: Entry) {
  return { slots, ...(contextTokens !== undefined && { contextTokens }) };
}

function changedAt(path: string): number {
  try {
    return Math.floor(statSync(path).mtimeMs / 1_000);
  } catch {
    return 0;
  }
}

/** What models have read of conversations lies apart: each keeps to its own room. */
function statesFolder({ home }: Places): string {
  return join(home, "kv", "models");
}

/** What was kept for models that are gone goes as well. */
function removeStates({ places }: OtherOptions, sources: readonly PoolSource[]): void {
  const folder = statesFolder(places);
  if (!existsSync(folder)) return;
  const wanted = new Set(sources.map(({ id }) => encodeURIComponent(id)));
  for (const name of readdirSync(folder))
    if (!wanted.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
}
