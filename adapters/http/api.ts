/**
 * The routes behind the front, on Elysia, with their OpenAPI page. Requests come here checked: the front knows who
 * asks and what the path names. Loaded after the server listens, because Elysia costs 100 ms of CPU.
 */
import { swagger } from "@elysiajs/swagger";
import { Elysia } from "elysia";
import { failure, json, missing, unread } from "./answer.ts";
import { type Documentation, documentation } from "./openapi.ts";
import type { Asked, Operation } from "./operation.ts";
import { localPage } from "./page.ts";
import type { Services } from "./services.ts";

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
    failure(
      code === "NOT_FOUND" ? missing("There is nothing here; /docs lists what there is") : error,
      log,
      new URL(request.url).pathname,
    ),
  );
  for (const { method, path, handle } of operations) {
    if (!handle) continue;
    const answer = async ({ request }: { readonly request: Request }): Promise<Response> => {
      const here = asked.get(request);
      if (!here) throw new TypeError("A request reached Elysia without passing the front");
      return await respond(here, handle).catch((error: unknown) =>
        here.signal.aborted ? unread() : failure(error, log, path),
      );
    };
    // The plugin would print valibot's insides as schemas; the document below has its own.
    app.route(method, path.replaceAll(/\{(\w+)\}/g, ":$1"), answer, {
      parse: "none",
      detail: { hide: true },
    });
  }
  app.use(docs(documentation(services, operations, cookieName)));
  return async (here) => {
    asked.set(here.request, here);
    const response = await app.fetch(here.request);
    const isPage = response.headers.get("content-type")?.startsWith("text/html") === true;
    return isPage ? localPage(await response.text()) : response;
  };
}

async function respond(asked: Asked, handle: NonNullable<Operation["handle"]>): Promise<Response> {
  const result = await handle(asked);
  return result instanceof Response ? result : json(result);
}

function docs(document: Documentation) {
  return swagger({
    provider: "swagger-ui",
    path: "/docs",
    autoDarkMode: true,
    // The plugin spreads this object at each request, so that its getters are read anew.
    documentation: document as unknown as NonNullable<
      Parameters<typeof swagger>[0]
    >["documentation"] &
      object,
    // No badge from a stranger's validator.
    swaggerOptions: { validatorUrl: null, docExpansion: "list", tryItOutEnabled: true } as object,
  });
}
