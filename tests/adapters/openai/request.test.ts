import { expect, test } from "bun:test";
import type { GenerateRequest } from "../../../schemas/model.ts";
import { answerOf, hello, KEY, openEngine } from "./opening.ts";
import { refusing, saying, serveProvider, type Deed } from "./provider_server.ts";

/** Requests as the provider gets them; it does these one after another. */
const sent = async (more: Partial<GenerateRequest>, deeds: readonly Deed[] = [saying("Yes")]) => {
  using server = serveProvider();
  server.script.push(...deeds);
  await answerOf(await openEngine(server.url), hello(more));
  return server.asked.filter(({ method }) => method === "POST");
};

const TOOL = { name: "weather", description: "Says the weather", parameters: { type: "object" } };
const OTHER = { ...TOOL, name: "clock" };
const sentTool = ({ name, description, parameters }: typeof TOOL) => ({
  type: "function",
  function: { name, description, parameters },
});

test("a request names the model, streams, asks for usage and proves who asks", async () => {
  const [request] = await sent({});
  expect(request).toMatchObject({ path: "/v1/chat/completions" });
  expect(request?.headers).toMatchObject({ authorization: `Bearer ${KEY}` });
  expect(request?.body).toEqual({
    model: "some-model",
    messages: [{ role: "user", content: "Hello" }],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 512,
    temperature: 0,
  });
});

test("all that a request says is passed on", async () => {
  const [request] = await sent({
    tokensMax: 9,
    temperature: 0.5,
    topP: 0.9,
    seed: 7,
    stop: ["\n"],
    tools: [TOOL, OTHER],
    toolChoice: "required",
  });
  expect(request?.body).toMatchObject({
    max_tokens: 9,
    temperature: 0.5,
    top_p: 0.9,
    seed: 7,
    stop: ["\n"],
    tools: [sentTool(TOOL), sentTool(OTHER)],
    tool_choice: "required",
  });
});

test("a tool that must be called is the only one that is shown", async () => {
  const [request] = await sent({ tools: [TOOL, OTHER], toolChoice: { name: "clock" } });
  expect(request?.body).toMatchObject({ tools: [sentTool(OTHER)], tool_choice: "required" });
});

test("calls and what came of them are told in the provider's words", async () => {
  const [request] = await sent({
    messages: [
      { role: "system", content: "Be kind" },
      { role: "user", content: "Notes" },
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: "",
        toolCalls: [{ id: "c1", name: "weather", arguments: { a: 1 } }],
      },
      { role: "tool", id: "c1", name: "weather", content: "Rain" },
      {
        role: "assistant",
        content: "",
        toolCalls: [{ id: "c2", name: "clock", arguments: "{no" }],
      },
      { role: "tool", id: "c2", name: "clock", content: "Failed" },
    ],
  });
  const called = (id: string, name: string, args: string) => ({
    role: "assistant",
    content: "",
    tool_calls: [{ id, type: "function", function: { name, arguments: args } }],
  });
  expect(request?.body["messages"]).toEqual([
    { role: "system", content: "Be kind" },
    { role: "user", content: "Notes\n\nWeather?" },
    called("c1", "weather", '{"a":1}'),
    { role: "tool", tool_call_id: "c1", content: "Rain" },
    called("c2", "clock", '{"not_an_object":"{no"}'),
    { role: "tool", tool_call_id: "c2", content: "Failed" },
  ]);
});

test.each([
  [
    true,
    {
      type: "object",
      properties: { a: { type: "string" } },
      required: ["a"],
      additionalProperties: false,
    },
  ],
  [false, { type: "object", properties: { a: { type: "string" } } }],
  [
    false,
    {
      type: "object",
      properties: { a: { type: "object", properties: {} } },
      required: ["a"],
      additionalProperties: false,
    },
  ],
  [true, { type: "array", items: { type: "number" } }],
])("a schema is strict (%p) where the provider can promise it", async (strict, schema) => {
  const [request] = await sent({ jsonSchema: schema });
  expect(request?.body["response_format"]).toEqual({
    type: "json_schema",
    json_schema: { name: "answer", schema, strict },
  });
});

test("what a model does not take is left out from then on", async () => {
  using server = serveProvider();
  server.script.push(
    refusing(400, {
      message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
    }),
    refusing(400, { message: "'temperature' does not support 0", param: "temperature" }),
    saying("one"),
    saying("two"),
  );
  const engine = await openEngine(server.url);
  expect((await answerOf(engine)).text).toBe("one");
  expect((await answerOf(engine)).text).toBe("two");
  const posts = server.asked.filter(({ method }) => method === "POST");
  expect(posts).toHaveLength(4);
  for (const { body } of posts.slice(2)) {
    expect(body).toMatchObject({ max_completion_tokens: 512 });
    expect(Object.keys(body)).not.toContain("temperature");
    expect(Object.keys(body)).not.toContain("max_tokens");
  }
});

test("texts become vectors of length 1, in their order", async () => {
  using server = serveProvider();
  const data = [
    { index: 1, embedding: [0, 2] },
    { index: 0, embedding: [3, 4] },
  ];
  const usage = { prompt_tokens: 5 };
  server.script.push({ type: "application/json", pieces: [JSON.stringify({ data, usage })] });
  const engine = await openEngine(server.url);
  const { signal } = new AbortController();
  const embedded = await engine.embed?.(["a", "b"], signal);
  expect(embedded).toEqual({
    vectors: [
      [0.6, 0.8],
      [0, 1],
    ],
    tokens: 5,
  });
  expect(server.asked.at(-1)).toMatchObject({
    path: "/v1/embeddings",
    body: { model: "some-model", input: ["a", "b"] },
  });
  await expect(engine.embed?.([""], signal)).rejects.toMatchObject({ code: "input/invalid" });
});
