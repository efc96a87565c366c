/** The model that answers: where it lies, or how it is pulled before it loads. */
import { join } from "node:path";
import { findPulled, pullModel } from "./pull.ts";
import type { EngineOptions } from "../../runtime/model/engine.ts";
import { chooseModel, modelsFolder, type Places } from "../../runtime/model/files.ts";
import { providedBy } from "../../runtime/model/provided.ts";
import type { PrepareModel } from "../../runtime/model/prepared.ts";
import type { Config } from "../../schemas/config.ts";
import type { PullEvent } from "../../schemas/model_file.ts";

/** What the host is told of the model that answers. */
type Load = Omit<EngineOptions, "copyArguments"> & Pick<Config["model"], "headroom" | "governor">;

/** The model that answers; with the way to bring it while it is not there: its path is its name until then. */
export function modelToLoad(
  { model, providers }: Config,
  places: Places,
  offline: boolean,
): { readonly load: Load; readonly prepareModel?: PrepareModel } {
  const { path: _path, pull: _pull, gpu, kv, ...rest } = model;
  const { path, pull = "" } = chooseModel(model, places);
  const folder = modelsFolder(places.home);
  const there = path ?? findPulled(pull, folder);
  const load: Load = {
    ...rest,
    path: there ?? pull,
    ...providedBy(there ?? pull, { providers, offline }),
    embedded: there === places.embedded,
    gpu: gpu === true ? "auto" : gpu,
    kv: { ...kv, folder: join(places.home, "kv") },
  };
  return there === undefined ? { load, prepareModel: pulling(pull, folder, offline) } : { load };
}

/** Downloads a model, and says how far that is. */
export function pulling(source: string, folder: string, offline: boolean): PrepareModel {
  return async (tell, signal) => {
    tell(`downloading ${source}`);
    const onEvent = (event: PullEvent): void => tell(sentence(event));
    return (await pullModel({ source, folder, offline, signal, onEvent })).path;
  };
}

/** Whole percents: whoever listens hears a hundred times of a download, not a million times. */
function sentence(event: PullEvent): string {
  if (event.type === "retry")
    return `downloading ${event.file}: ${event.because}; it is tried again`;
  const { step, file, bytes, bytesTotal } = event;
  const doing = step === "download" ? "downloading" : "checking";
  if (!bytesTotal) return `${doing} ${file}`;
  return `${doing} ${file}: ${Math.floor((bytes / bytesTotal) * 100)} %`;
}
