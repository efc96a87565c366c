/** How the models of a configuration are loaded: the one that answers, and those that are loaded when somebody asks. */
import { join } from "node:path";
import { otherModels } from "./other_models.ts";
import { findPulled } from "./pull.ts";
import { pulling } from "./pulling.ts";
import { type EngineOptions, isScripted } from "../../runtime/model/engine.ts";
import { chooseModel, modelsFolder, type Places } from "../../runtime/model/files.ts";
import type { PooledOptions, PoolSource } from "../../runtime/model/pooled.ts";
import type { PrepareModel } from "../../runtime/model/prepared.ts";
import { providedBy } from "../../runtime/model/provided.ts";
import type { Config } from "../../schemas/config.ts";

/** Where models and those that run them are looked for. */
export interface LoadPlaces extends Places {
  /** Folder of the adapters: each that runs models has a `host.ts`. */
  readonly adapters: string;
}

/** The models of a daemon. */
export interface ModelsToLoad {
  /** The one that answers. Its path is its name until it is there. */
  readonly model: PooledOptions;
  /** The way to bring it while it is not there. */
  readonly prepareModel?: PrepareModel;
  readonly otherModels: () => readonly PoolSource[];
}

/** All models that may be asked. Nothing is loaded, and of the others nothing is read before they are asked for. */
export function modelsToLoad(config: Config, places: LoadPlaces, offline: boolean): ModelsToLoad {
  const { path: _path, pull: _pull, gpu, kv, ...rest } = config.model;
  const { path, pull = "" } = chooseModel(config.model, places);
  const folder = modelsFolder(places.home);
  const there = path ?? findPulled(pull, folder);
  const load = {
    ...rest,
    path: there ?? pull,
    ...providedBy(there ?? pull, { providers: config.providers, offline }),
    embedded: there === places.embedded,
    gpu: gpu === true ? ("auto" as const) : gpu,
    kv: { ...kv, folder: join(places.home, "kv") },
  };
  const entryOf = (options: EngineOptions): string => hostOf(options, places.adapters);
  return {
    model: { ...load, hostEntry: entryOf(load) },
    ...(there === undefined && { prepareModel: pulling(pull, folder, offline) }),
    otherModels: otherModels({ config, places, offline, resident: load.path, entryOf }),
  };
}

/** Entry of the host that runs a model. */
function hostOf({ path, provider }: EngineOptions, adapters: string): string {
  const adapter = isScripted(path) ? "scripted" : provider ? "openai" : "llama";
  return join(adapters, adapter, "host.ts");
}
