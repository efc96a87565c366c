/** `GET /v1/models`, and which model a request means. */
import { noSuchModel } from "./errors.ts";
import { modelId } from "../../../runtime/model/pool.ts";
import type { Model, ModelEntry, Models } from "../../../runtime/ports.ts";
import { ref } from "../documents.ts";
import type { Operation } from "../operation.ts";
import type { Services } from "../services.ts";

/** What stands for the resident model, whatever its file. */
const DEFAULT = "default";

/** The model that a request names, with its own name. Throws a 404. */
export function findModel(
  models: Models,
  wanted: string = DEFAULT,
): { readonly model: Model; readonly id: string } {
  const model = models.find(wanted);
  if (model === undefined) throw noSuchModel(wanted);
  return { model, id: wanted === DEFAULT ? modelId(model.status().name) : wanted };
}

/** The routes. */
export function modelRoutes({ models }: Pick<Services, "models">): readonly Operation[] {
  return [
    {
      method: "GET",
      path: "/v1/models",
      grant: "list:model",
      tag: "models",
      summary: "Lists the models that may be asked",
      answer: { description: "Models", schema: ref("ModelList") },
      handle: () => ({ object: "list", data: models.list().map(documentOf) }),
    },
    {
      method: "GET",
      path: "/v1/models/{model}",
      grant: "list:model",
      tag: "models",
      summary: "Shows one model",
      answer: { description: "The model", schema: ref("Model") },
      handle: ({ params }) => {
        const id = params["model"] ?? "";
        const found = models.list().find((entry) => entry.id === id);
        if (found !== undefined) return documentOf(found);
        throw noSuchModel(id);
      },
    },
  ];
}

function documentOf({ id, created, ownedBy }: ModelEntry): object {
  return { id, object: "model", created, owned_by: ownedBy };
}
