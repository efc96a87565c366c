/** The models that may be asked by name. Knows no file and no engine: only the resident model as it says it is. */
import type { Model, Models } from "../ports.ts";

/** What requests call the resident model, whatever its file. */
const DEFAULT = "default";

/** A model file's name as requests say it. */
export function modelId(name: string): string {
  return (name.split("/").at(-1) ?? name).replace(/\.gguf$/i, "");
}

/** The one resident model. @param created unix seconds of its file's last change */
export function modelsOf(resident: Model, created: number): Models {
  const idNow = (): string => modelId(resident.status().name);
  return {
    list: () => {
      const loaded = resident.status().state === "ready";
      return [{ id: idNow(), created, ownedBy: "moult", loaded }];
    },
    find: (id = DEFAULT) => (id === DEFAULT || id === idNow() ? resident : undefined),
    close: async () => {},
  };
}
