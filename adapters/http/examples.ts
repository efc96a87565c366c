/** The example pages of `examples/`, served from the daemon itself, so that they are of its own origin. */
import { join } from "node:path";
import { missing } from "./answer.ts";
import type { Operation } from "./operation.ts";
import { page } from "./page.ts";

const CSS = {
  headers: {
    "content-type": "text/css; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  },
};

const FOLDER = join(import.meta.dir, "../../examples");

/** `GET /examples/{page}`. Read anew each time: a change, or a further page, is there when the browser loads it again. */
export function exampleOperations(): readonly Operation[] {
  return [
    {
      method: "GET",
      path: "/examples/{page}",
      grant: "read:docs",
      tag: "daemon",
      summary:
        "An example page, as chat.html, or its style; a browser that has no cookie yet is asked for the key",
      answer: { description: "The page", types: ["text/html", "text/css"] },
      handle: async ({ params }) => {
        const name = params["page"] ?? "";
        const file = Bun.file(join(FOLDER, name));
        const [, ending] = /^[a-z0-9_]{1,64}\.(html|css)$/.exec(name) ?? [];
        if (ending !== undefined && (await file.exists())) {
          return ending === "html" ? page(await file.text(), 200) : new Response(file, CSS);
        }
        throw missing("There is no such example; see the examples folder");
      },
    },
  ];
}
