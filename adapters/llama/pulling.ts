/** A model that is downloaded before it loads, and what is said meanwhile. */
import { pullModel } from "./pull.ts";
import type { PrepareModel } from "../../runtime/model/prepared.ts";
import type { PullEvent } from "../../schemas/model_file.ts";

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
