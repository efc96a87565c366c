import { expect, test } from "bun:test";
import { isMoultError } from "../../../schemas/error.ts";
import { answerOf, hello, KEY, openEngine, type Opening } from "./opening.ts";
import { delta, event, refusing, saying, serveProvider, type Deed } from "./provider_server.ts";

/** What comes of a request to which the provider does these, one after another. */
const fate = async (deeds: readonly Deed[], opening: Opening = {}) => {
  using server = serveProvider();
  server.script.push(...deeds);
  const engine = await openEngine(server.url, opening);
  const failed = { code: "", message: "", details: {} as Readonly<Record<string, unknown>> };
  const answer = await answerOf(engine).catch((error: unknown) => {
    if (!isMoultError(error)) throw error;
    const { code, message, details = {} } = error;
    return { code, message, details };
  });
  const posts = server.asked.filter(({ method }) => method === "POST").length;
  return { text: "", ...failed, ...answer, posts };
};

const broken = (error: object): Deed => ({ pieces: [event({ error })] });

test("a key that is refused names the provider and where the key stands", async () => {
  const said = { message: `Incorrect API key provided: ${KEY}.` };
  const { code, message, posts } = await fate([refusing(401, said)]);
  expect([code, posts]).toEqual(["model/unavailable", 1]);
  expect(message).toBe(
    'The provider "there" does not let us in (401: Incorrect API key provided: [key]); check its key under providers in moult.yaml',
  );
});

test("a missing key is asked for", async () => {
  const { message } = await fate([refusing(401, { message: "No key" })], {
    hasKey: false,
  });
  expect(message).toContain("set its key under providers in moult.yaml");
});

test("a model that the provider does not have is named", async () => {
  const fated = await fate([refusing(404, { message: "no such model" })]);
  expect(fated).toMatchObject({ code: "model/unavailable", posts: 1 });
  expect(fated.message).toContain('knows no model "some-model"');
});

test("too many requests are a full queue that says when to come again, and are not repeated before", async () => {
  using server = serveProvider();
  server.script.push(refusing(429, { message: "Slow down" }, { "retry-after": "7" }), saying("no"));
  const engine = await openEngine(server.url);
  const full = { code: "queue/full", details: { retryAfterMs: 7_000 } };
  await expect(answerOf(engine)).rejects.toMatchObject({
    ...full,
    message:
      'The provider "there" takes no more requests for "some-model" just now (429: Slow down); try again in 7 s',
  });
  await expect(answerOf(engine)).rejects.toMatchObject({
    code: "queue/full",
    message: expect.stringMatching(/"there" .* "some-model" just now; try again in \d s$/),
  });
  expect(server.asked.filter(({ method }) => method === "POST")).toHaveLength(1);
});

test("Retry-After may be a date", async () => {
  const after = new Date(Date.now() + 3_600_000).toUTCString();
  const { details } = await fate([refusing(429, {}, { "retry-after": after })]);
  expect(details["retryAfterMs"]).toBeGreaterThan(3_000_000);
});

test("a provider that wants money is no full queue", async () => {
  const error = { message: "You exceeded your current quota", code: "insufficient_quota" };
  expect(await fate([refusing(429, error)])).toMatchObject({ code: "model/unavailable", posts: 1 });
});

test("a request that is refused is the caller's fault, in the provider's words", async () => {
  const error = { message: "This model's maximum context length\n is 100 tokens." };
  const { code, message } = await fate([refusing(400, error)]);
  expect(code).toBe("input/invalid");
  expect(message).toContain("(400: This model's maximum context length is 100 tokens)");
});

test("a provider that sends elsewhere is not followed", async () => {
  const fated = await fate([{ status: 302, headers: { location: "http://127.0.0.1:9/v1" } }]);
  expect(fated).toMatchObject({ code: "model/unavailable", posts: 1 });
  expect(fated.message).toContain("sends us elsewhere");
});

test.each([
  ["a server error", refusing(503, { message: "Loading model" })],
  ["a page of a gateway", { status: 502, type: "text/html", pieces: ["<html>Bad gateway</html>"] }],
  ["a connection that breaks", { pieces: [], ending: "break" }],
  ["a stream that ends before it begins", { pieces: [delta({ role: "assistant" })] }],
  ["an error as the first event", broken({ message: "overloaded", code: 503 })],
] satisfies [string, Deed][])("%s before the first token is tried again", async (_name, deed) => {
  expect(await fate([deed, deed, saying("At last")])).toMatchObject({ text: "At last", posts: 3 });
});

test("after a few tries it is given up", async () => {
  const deed = refusing(500, { message: "Internal" });
  const fated = await fate([deed, deed, deed, deed, saying("too late")]);
  expect(fated).toMatchObject({ code: "model/unavailable", posts: 4 });
});

test.each([
  ["a connection that breaks", { pieces: [delta({ content: "Half" })], ending: "break" }],
  ["a stream that ends", { pieces: [delta({ content: "Half" })] }],
  ["an error", { pieces: [delta({ content: "Half" }), event({ error: { message: "crash" } })] }],
  ["something else", { pieces: [delta({ content: "Half" }), "data: {not json}\n\n"] }],
  ["silence", { pieces: [delta({ content: "Half" })], ending: "silence" }],
] satisfies [string, Deed][])("%s after the first token is never tried again", async (_n, deed) => {
  const fated = await fate([deed, saying("again")], { patience: { nextMs: 50 } });
  expect(fated).toMatchObject({ code: "model/unavailable", posts: 1 });
  expect(fated.message).toContain("broke off its answer");
});

test("a provider that says nothing is not waited for any longer", async () => {
  const fated = await fate([{ pieces: [], ending: "silence" }], { patience: { firstMs: 50 } });
  expect(fated).toMatchObject({ code: "model/unavailable", posts: 1 });
  expect(fated.message).toContain("has said nothing for");
});

test("an answer that is held back is said to be", async () => {
  const fated = await fate([{ pieces: [delta({}, "content_filter"), "data: [DONE]\n\n"] }]);
  expect(fated.message).toContain("withholds its answer");
});

test("an event without an end is not collected for ever", async () => {
  const pieces = Array.from({ length: 5 }, () => "data: ".padEnd(1_048_576, "x"));
  expect(await fate([{ pieces, ending: "silence" }])).toMatchObject({ code: "model/unavailable" });
});

test("aborting ends the connection at once, and the answer as cancelled", async () => {
  using server = serveProvider();
  server.script.push({ pieces: [delta({ content: "One" })], ending: "silence" });
  const engine = await openEngine(server.url);
  const abort = new AbortController();
  const sink = { token: () => abort.abort(), call: () => undefined };
  const { finish, usage } = await engine.generate(hello(), sink, abort.signal);
  expect({ finish, tokens: usage.completionTokens }).toEqual({ finish: "cancelled", tokens: 1 });
  await server.left;
});

test("aborting between two tries ends at once", async () => {
  using server = serveProvider();
  server.script.push(refusing(500, {}), saying("no"));
  const again = { firstMs: 3_600_000, maxMs: 3_600_000 };
  const engine = await openEngine(server.url, { patience: { again } });
  const abort = new AbortController();
  const coming = answerOf(engine, hello(), abort.signal);
  while (server.asked.every(({ method }) => method !== "POST")) await Bun.sleep(2);
  abort.abort();
  expect(await coming).toMatchObject({ finish: "cancelled", text: "" });
});
