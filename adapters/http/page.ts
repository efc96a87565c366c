/** Pages for browsers: the API page with local files only, and the form that asks for the key. */
import { createHash } from "node:crypto";
import { missing } from "./answer.ts";
import type { Operation } from "./operation.ts";

/** Files of the API page, by the name they are served under. */
const FILES: Readonly<Record<string, string>> = {
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "swagger-ui.css": "text/css; charset=utf-8",
};
/** Where the OpenAPI plugin would have a browser fetch them from. */
const FOREIGN = /https:\/\/unpkg\.com\/swagger-ui-dist@[^/"]+\//g;

/** The page that the OpenAPI plugin wrote, with our own files in place of a stranger's. */
export function localPage(html: string): Response {
  return page(html.replaceAll(FOREIGN, "/docs/ui/").replaceAll(" crossorigin", ""), 200);
}

/** A file of the API page; `undefined` when there is none of this name. */
export function pageFile(name: string): Response | undefined {
  const type = FILES[name];
  if (type === undefined) return undefined;
  const path = Bun.resolveSync(`swagger-ui-dist/${name}`, import.meta.dir);
  return new Response(Bun.file(path), {
    headers: {
      "content-type": type,
      "cache-control": "private, max-age=86400",
      "x-content-type-options": "nosniff",
    },
  });
}

/** The form that a browser without a key sees instead of a page. */
export function loginPage(): Response {
  return page(LOGIN, 401);
}

/**
 * What a browser sees for a moment after it was logged in by an address. No redirect: where a page of another site led
 * to that address, the browser would not send the new cookie along.
 */
export function enterPage(): Response {
  return page(ENTER, 200);
}

/** The routes of these pages. Those without `handle` are the OpenAPI plugin's. */
export function docsOperations(): readonly Operation[] {
  const route = { method: "GET", grant: "read:docs", tag: "daemon" } as const;
  return [
    {
      ...route,
      path: "/",
      summary: "Leads to the API page",
      answer: { status: 302, description: "See /docs", types: ["text/plain"] },
      handle: () => new Response(null, { status: 302, headers: { location: "/docs" } }),
    },
    {
      ...route,
      path: "/docs",
      summary: "The API as a page",
      answer: { description: "A page", types: ["text/html"] },
    },
    {
      ...route,
      path: "/docs/json",
      summary: "The API as an OpenAPI 3.0 document",
      answer: { description: "The document", schema: { type: "object" } },
    },
    {
      ...route,
      path: "/docs/ui/{file}",
      summary: "Files of the API page",
      answer: { description: "A file", types: ["text/javascript", "text/css"] },
      handle: ({ params }) => {
        const file = pageFile(params["file"] ?? "");
        if (file) return file;
        throw missing("The API page has no such file");
      },
    },
  ];
}

/** HTML under a policy that lets the browser load nothing from anywhere else, and run no script but the page's own. */
export function page(html: string, status: number): Response {
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  );
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${scripts.join(" ")}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy.join("; "),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
  });
}

const ENTER = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>moult</title></head>
<body><p><a href="/">Logged in</a></p><script>location.replace("/")</script></body>
</html>
`;

const LOGIN = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>moult</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 15vh auto; padding: 0 1rem; color-scheme: light dark; }
input, button { font: inherit; padding: .5rem .75rem; width: 100%; box-sizing: border-box; margin-top: .5rem; }
output { color: #c33; display: block; min-height: 1.5em; }
</style>
</head>
<body>
<h1>moult</h1>
<form>
<label for="key">Key</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
<button>Log in</button>
<output></output>
</form>
<p>The key is the one line of <code>owner.key</code> in moult's home folder: <code>cat .moult/owner.key</code></p>
<script>
document.forms[0].addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch("/api/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key: document.getElementById("key").value }),
  }).catch(() => undefined);
  if (answer?.ok) return location.reload();
  const text = answer && (await answer.json()).error.message;
  document.querySelector("output").textContent = text ?? "The daemon does not answer";
});
</script>
</body>
</html>
`;
