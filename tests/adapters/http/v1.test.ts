/** Chat completions on the wire: what the model gets of them, and what becomes of its answers. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { MoultError } from "../../../schemas/error.ts";
import type { GenerateRequest } from "../../../schemas/model.ts";
import { SAID, V1Server, fn, hello } from "./v1_model.ts";
import { until } from "../../waiting.ts";

const v1 = new V1Server();
afterAll(() => v1.server.stop());
beforeEach(() => v1.reset());

/** The one request that the model got. */
function request(): GenerateRequest {
  expect(v1.asked).toHaveLength(1);
  return v1.asked[0] as GenerateRequest;
}

describe("a chat completion", () => {
  test("is asked in the api lane, and is as long as there is room for", async () => {
    await v1.chat({});
    const { lane, tokensMax = 0, session, messages } = request();
    expect([lane, messages]).toEqual(["api", [{ role: "user", content: "hello" }]]);
    expect(tokensMax).toBeGreaterThan(1e6);
    expect(session).toBeUndefined();
  });

  test("says its sampling, its stops, its tools and its choice of them", async () => {
    const parameters = { type: "object", properties: {} };
    const tools = [fn("a", { description: "A", parameters, strict: true }), fn("b")];
    await v1.chat({
      max_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      seed: 7,
      stop: "end",
      tools,
      tool_choice: fn("b"),
    });
    expect(request()).toMatchObject({
      tokensMax: 9,
      temperature: 0.5,
      topP: 0.9,
      seed: 7,
      stop: ["end"],
      tools: [
        { name: "a", description: "A", parameters },
        { name: "b", description: "", parameters },
      ],
      toolChoice: { name: "b" },
      callsMax: 1,
    });
  });

  test("says of what schema its JSON is", async () => {
    const schema = { type: "object", properties: { a: { type: "string" } } };
    await v1.chat({ response_format: { type: "json_schema", json_schema: { name: "x", schema } } });
    await v1.chat({
      response_format: { type: "json_object" },
      tools: [fn("a")],
      tool_choice: "none",
    });
    await v1.chat({ response_format: { type: "text" } });
    expect(v1.asked.map(({ jsonSchema }) => jsonSchema)).toEqual([
      schema,
      { type: "object" },
      undefined,
    ]);
    expect(v1.asked[1]?.tools).toBeUndefined();
  });

  test("ignores what it does not know, and what says nothing", async () => {
    const response = await v1.chat({
      n: 1,
      logprobs: false,
      top_logprobs: null,
      logit_bias: {},
      modalities: ["text"],
      presence_penalty: 0.5,
      service_tier: "auto",
      whatever: [1],
      stop: null,
      tools: null,
      tool_choice: null,
      stream_options: null,
    });
    expect(response.status).toBe(200);
    expect(request().tools).toBeUndefined();
  });

  test("goes on with a conversation by its key: the same beginning, the same name, never a chat's", async () => {
    const other = { role: "user", content: "else" };
    const more = [hello, { role: "assistant", content: "hi" }, other];
    for (const body of [{}, { messages: more }, { messages: [other] }])
      await v1.chat({ prompt_cache_key: "bot", ...body });
    await v1.chat({ prompt_cache_key: "bot2" });
    const [first, second, third, fourth] = v1.asked.map(({ session }) => session);
    expect(second).toBe(first as string);
    expect(new Set([first, third, fourth]).size).toBe(3);
    expect(first).not.toMatch(/^[A-Za-z0-9:_.@-]{1,128}$/);
  });

  test("is one document", async () => {
    v1.said = [{ type: "thought", text: "hm" }, ...SAID];
    const response = await v1.chat({ model: "lab/big" });
    const body: unknown = await response.json();
    expect(body).toMatchObject({
      object: "chat.completion",
      model: "lab/big",
      choices: [
        {
          message: { role: "assistant", content: 'say "hi"\n', reasoning_content: "hm" },
          finish_reason: "stop",
        },
      ],
      usage: {
        prompt_tokens: 9,
        completion_tokens: 2,
        total_tokens: 11,
        prompt_tokens_details: { cached_tokens: 4 },
      },
    });
  });

  test("is a stream of chunks that ends with [DONE]", async () => {
    const response = await v1.chat({ stream: true, stream_options: { include_usage: true } });
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    const lines = (await response.text()).split("\n\n");
    expect(lines.slice(-2)).toEqual(["data: [DONE]", ""]);
    const chunks = lines.slice(0, -2).map((line) => JSON.parse(line.slice(6)) as object);
    const chunk = (delta: object, finish: string | null = null) => ({
      object: "chat.completion.chunk",
      model: "real",
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      usage: null,
    });
    expect(chunks).toMatchObject([
      chunk({ role: "assistant", content: "" }),
      chunk({ content: 'say "hi"\n' }),
      chunk({}, "stop"),
      { choices: [], usage: { prompt_tokens: 9 } },
    ]);
  });

  test("lets go of the model when its reader leaves in the middle", async () => {
    v1.said = SAID.slice(0, 1);
    const leaving = new AbortController();
    const body = JSON.stringify({ messages: [hello], stream: true });
    const asked = { method: "POST", body, signal: leaving.signal };
    const response = await v1.server.ask("/v1/chat/completions", asked);
    await response.body?.getReader().read();
    leaving.abort();
    await until(() => v1.dropped === 1);
    expect(v1.dropped).toBe(1);
  });

  test("ends its stream with an error when the model fails in the middle", async () => {
    const failure = new MoultError("model/unavailable", "It crashed");
    v1.said = [{ type: "token", text: "half" }, failure];
    const text = await (await v1.chat({ stream: true })).text();
    const last = text.trim().split("\n\n").at(-1) ?? "";
    expect(JSON.parse(last.slice(6))).toEqual({
      error: {
        message: "It crashed",
        type: "server_error",
        param: null,
        code: "model_unavailable",
      },
    });
  });

  test("keeps a bug of ours to the log, in a stream as well", async () => {
    v1.said = [{ type: "token", text: "half" }, new Error("secret insides")];
    const text = await (await v1.chat({ stream: true })).text();
    expect(text).toContain("internal_error");
    expect(text).not.toContain("secret");
    expect(v1.server.logged.some(({ level }) => level === "error")).toBe(true);
  });
});

describe("messages", () => {
  const messages = (...list: object[]) => v1.chat({ messages: list });

  test("of developers are the system's, and parts are joined", async () => {
    const parts = [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ];
    await messages({ role: "developer", content: parts }, { ...hello, name: "Ada" });
    expect(request().messages).toEqual([
      { role: "system", content: "ab" },
      { role: "user", content: "hello" },
    ]);
  });

  test("with calls and results are told apart by their ids", async () => {
    const call = { id: "1", type: "function", function: { name: "f", arguments: '{"a":1}' } };
    const bare = { id: "2", type: "function", function: { name: "g", arguments: "" } };
    await messages(
      hello,
      { role: "assistant", tool_calls: [call, bare] },
      { role: "tool", tool_call_id: "2", content: "two" },
      { role: "tool", tool_call_id: "1", content: [{ type: "text", text: "one" }] },
    );
    expect(request().messages.slice(1)).toEqual([
      {
        role: "assistant",
        content: "",
        toolCalls: [
          { id: "1", name: "f", arguments: { a: 1 } },
          { id: "2", name: "g", arguments: {} },
        ],
      },
      { role: "tool", id: "2", name: "g", content: "two" },
      { role: "tool", id: "1", name: "f", content: "one" },
    ]);
  });
});
