/** The API page and its OpenAPI document, by Elysia's own plugin; everything the page loads comes from here. */
import { swagger } from "@elysiajs/swagger";
import { Elysia } from "elysia";
import type { Documentation } from "./openapi.ts";
import { localPage } from "./page.ts";

/** Answers `/docs` and `/docs/json`. */
export type Docs = (request: Request) => Promise<Response>;

/** Makes the page. The document is read anew at each request. */
export function createDocs(document: Documentation): Docs {
  const app = new Elysia({ handler: { standardHostname: false } }).use(page(document));
  return async (request) => {
    const response = await app.fetch(request);
    const isPage = response.headers.get("content-type")?.startsWith("text/html") === true;
    return isPage ? localPage(await response.text()) : response;
  };
}

function page(document: Documentation) {
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
