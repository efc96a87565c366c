/** The example pages of `examples/`, served from the daemon itself, so that they are of its own origin. */
import { join } from "node:path";
import { missing } from "./answer.ts";
import type { Operation } from "./operation.ts";
import { page } from "./page.ts";

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
        "An example page, as chat.html; a browser that has no cookie yet is asked for the key",
      answer: { description: "The page", types: ["text/html"] },
      handle: async ({ params }) => {
        const name = params["page"] ?? "";
        const file = Bun.file(join(FOLDER, name));
        if (/^[a-z0-9_]{1,64}\.html$/.test(name) && (await file.exists())) {
          return page(await file.text(), 200);
        }
        throw missing("There is no such example; see the examples folder");
      },
    },
  ];
}
