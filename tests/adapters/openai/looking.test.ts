import { expect, test } from "bun:test";
import { answerOf, openEngine } from "./opening.ts";
import { refusing, saying, serveProvider, type Deed } from "./provider_server.ts";

const listing = (...models: readonly object[]): Deed => ({
  type: "application/json",
  pieces: [JSON.stringify({ data: models })],
});

const contextOf = async (models: Deed, contextTokens?: number) => {
  using server = serveProvider();
  server.models = models;
  const options = contextTokens === undefined ? {} : { contextTokens };
  return (await openEngine(server.url, { options })).info.contextTokens;
};

test.each([
  ["vLLM's", { max_model_len: 4_096 }],
  ["llama-server's", { meta: { n_ctx_train: 4_096 } }],
  ["a cloud's", { context_length: 4_096 }],
])("a conversation is as long as %s list says", async (_whose, facts) => {
  expect(await contextOf(listing({ id: "other" }, { id: "some-model", ...facts }))).toBe(4_096);
});

test("the only model of a list is the one, whatever it is called", async () => {
  expect(await contextOf(listing({ id: "/models/x.gguf", max_model_len: 2_048 }))).toBe(2_048);
});

test("what the configuration says goes first", async () => {
  expect(await contextOf(listing({ id: "some-model", max_model_len: 4_096 }), 1_024)).toBe(1_024);
});

test.each([
  ["nobody says it", listing({ id: "some-model" }), 8_192],
  ["it has no end", listing({ id: "some-model", max_model_len: 1_000_000 }), 32_768],
  ["there is no list", refusing(404, { message: "Not found" }), 8_192],
  ["the list is not for us", refusing(403, { message: "Forbidden" }), 8_192],
])("where %s, a conversation has a length of its own", async (_why, models, tokens) => {
  expect(await contextOf(models)).toBe(tokens);
});

test("a provider that is not there yet is told of and looked for until it is", async () => {
  const told: (string | undefined)[] = [];
  let port: number;
  {
    using gone = serveProvider();
    port = gone.port;
  }
  const there = Promise.withResolvers<void>();
  const opening = openEngine(`http://127.0.0.1:${port}/v1`, {
    tell: (text) => {
      told.push(text);
      there.resolve();
    },
  });
  await there.promise;
  using server = serveProvider(port);
  server.script.push(saying("Here"));
  expect((await answerOf(await opening)).text).toBe("Here");
  expect(told[0]).toBe(
    `The provider "there" cannot be reached at 127.0.0.1:${port}: nobody listens there. It is looked for`,
  );
});

test("a key that is refused at the start is not tried again", async () => {
  using server = serveProvider();
  server.models = refusing(401, { message: "No" });
  await expect(openEngine(server.url)).rejects.toMatchObject({ code: "model/unavailable" });
});

test("without connections to other machines, a provider elsewhere is refused by name", async () => {
  const provider = { loopbackOnly: true };
  await expect(openEngine("https://api.example.com/v1", { provider })).rejects.toThrow(
    'The provider "there" is at api.example.com, and --offline lets moult ask no other machine',
  );
  using server = serveProvider();
  expect((await openEngine(server.url, { provider })).info.name).toBe("there/some-model");
});

test("a place that is no such API is told from one that is not there", async () => {
  using server = serveProvider();
  const told = Promise.withResolvers<string | undefined>();
  server.models = { type: "text/html", pieces: ["<html>Welcome</html>"] };
  void openEngine(server.url, { tell: told.resolve });
  expect(await told.promise).toContain("does not answer as OpenAI's API does");
  server.models = listing();
});

test("a provider that goes away is told of once, looked for, and told of when it is back", async () => {
  const told: (string | undefined)[] = [];
  const back = Promise.withResolvers<void>();
  const server = serveProvider();
  const { port, url } = server;
  const engine = await openEngine(url, {
    tell: (text) => {
      told.push(text);
      if (text === undefined) back.resolve();
    },
  });
  server[Symbol.dispose]();
  const unreachable = { code: "model/unavailable", message: expect.stringContaining("reached") };
  const answers = await Promise.allSettled([answerOf(engine), answerOf(engine)]);
  for (const answer of answers) expect(answer).toMatchObject({ reason: unreachable });
  using again = serveProvider(port);
  await back.promise;
  again.script.push(saying("Back"));
  expect((await answerOf(engine)).text).toBe("Back");
  expect(told.filter((text) => text?.includes("It is looked for")).length).toBeGreaterThan(0);
  expect(told.at(-1)).toBeUndefined();
  await engine.close();
});
