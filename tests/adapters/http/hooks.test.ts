/** Webhooks of channels: no key, the platform's own words, and bounds. */
import { afterAll, expect, test } from "bun:test";
import { errorOf, serve } from "./server.ts";

const server = serve();
afterAll(() => server.stop());

const post = (
  path: string,
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
  headers: Record<string, string> = {},
) => fetch(server.url + path, { method: "POST", body, headers });

test("a delivery reaches its channel as it was sent, without a key", async () => {
  const response = await post("/hooks/post", "a text", { "x-proof": "mine" });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("mine a text");
});

test("a channel without a webhook, and another method, are refused", async () => {
  const response = await post("/hooks/pigeon", "{}");
  expect(response.status).toBe(401);
  // Without a key nobody learns which paths there are.
  expect((await errorOf(response)).code).toBe("auth/missing");
  expect((await server.post("/hooks/pigeon")).status).toBe(404);
  expect((await fetch(`${server.url}/hooks/post`)).status).toBe(401);
});

test("a delivery of more than 1 MiB is refused, announced or not", async () => {
  const large = new Uint8Array(1_048_577);
  expect((await post("/hooks/post", large)).status).toBe(413);
  const chunks = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (let n = 0; n < 17; n++) controller.enqueue(new Uint8Array(65_536));
      controller.close();
    },
  });
  expect((await post("/hooks/post", chunks)).status).toBe(413);
});

test("the OpenAPI document says that it needs no key", async () => {
  const document = (await (await server.ask("/docs/json")).json()) as {
    readonly paths: Readonly<Record<string, { readonly post?: { readonly security?: unknown } }>>;
  };
  expect(document.paths["/hooks/{channel}"]?.post?.security).toEqual([]);
});
