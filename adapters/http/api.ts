/**
 * The routes behind the front, on Elysia. Requests come here checked: the front knows who
 * asks and what the path names. Loaded after the server listens, because Elysia costs 100 ms of CPU.
 */
import { Elysia } from "elysia";
import { json, missing, unread } from "./answer.ts";
import type { Docs } from "./docs.ts";
import { documentation } from "./openapi.ts";
import type { Asked, Operation } from "./operation.ts";
import type { Services } from "./services.ts";
import { failureAt } from "./failure.ts";

/** What the plugin answers; the files of the page are operations like others. */
const DOCS_PATHS = new Set(["/docs", "/docs/json"]);

/** Answers a request that the front has let in. Never rejects. */
export type Api = (asked: Asked) => Promise<Response>;

/** Joins the operations to Elysia. */
export function createApi(
  services: Services,
  operations: readonly Operation[],
  cookieName: string,
): Api {
  const { log } = services;
  const asked = new WeakMap<Request, Asked>();
  // Without `standardHostname: false`, hosts of up to three letters (`http://pi/`) get 404 for every route with a part that varies.
  const app = new Elysia({ handler: { standardHostname: false } });
  app.onError(({ code, error, request }) =>
    failureAt(
      new URL(request.url).pathname,
      code === "NOT_FOUND" ? missing("There is nothing here; /docs lists what there is") : error,
      log,
    ),
  );
  for (const { method, path, handle } of operations) {
    if (!handle) continue;
    const answer = async ({ request }: { readonly request: Request }): Promise<Response> => {
      const here = asked.get(request);
      if (!here) throw new TypeError("A request reached Elysia without passing the front");
      return await respond(here, handle).catch((error: unknown) =>
        here.signal.aborted ? unread() : failureAt(path, error, log),
      );
    };
    // The plugin would print valibot's insides as schemas; the document below has its own.
    app.route(method, path.replaceAll(/\{(\w+)\}/g, ":$1"), answer, {
      parse: "none",
      detail: { hide: true },
    });
  }
  const document = documentation(services, operations, cookieName);
  let docs: Promise<Docs> | undefined;
  return async (here) => {
    if (DOCS_PATHS.has(new URL(here.request.url).pathname)) {
      // Few look at the page, and it takes memory.
      docs ??= import("./docs.ts").then(({ createDocs }) => createDocs(document));
      return await (
        await docs
      )(here.request);
    }
    asked.set(here.request, here);
    return await app.fetch(here.request);
  };
}

async function respond(asked: Asked, handle: NonNullable<Operation["handle"]>): Promise<Response> {
  const result = await handle(asked);
  return result instanceof Response ? result : json(result);
}
