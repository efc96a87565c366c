/** What `/v1` refuses, and how it says so. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { MoultError } from "../../../schemas/error.ts";
import { V1Server, fn, openAiErrorOf } from "./v1_model.ts";

const v1 = new V1Server();
afterAll(() => v1.server.stop());
beforeEach(() => v1.reset());

const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA" } };
const badCall = { id: "1", type: "function", function: { name: "f", arguments: "{" } };
const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
const deepCall = { id: "1", type: "function", function: { name: "f", arguments: deep } };
const deepSchema = { enum: JSON.parse(deep) as unknown };
const REFUSED: [string, object, string, string][] = [
  ["no messages", { messages: [] }, "messages", "at least one"],
  [
    "an unknown role",
    { messages: [{ role: "ghost", content: "" }] },
    "messages.0.role",
    "expected",
  ],
  [
    "an image",
    { messages: [{ role: "user", content: [image] }] },
    "messages.0.content.0",
    "image_url",
  ],
  [
    "broken arguments",
    { messages: [{ role: "assistant", tool_calls: [badCall] }] },
    "messages.0.tool_calls.0.function.arguments",
    "JSON",
  ],
  [
    "a result of nothing",
    { messages: [{ role: "tool", tool_call_id: "9", content: "" }] },
    "messages.0.tool_call_id",
    "this id",
  ],
  [
    "a result without a call",
    { messages: [{ role: "tool", content: "" }] },
    "messages.0.tool_call_id",
    "call",
  ],
  [
    "arguments without a bottom",
    { messages: [{ role: "assistant", tool_calls: [deepCall] }] },
    "messages.0.tool_calls.0.function.arguments",
    "256 levels",
  ],
  [
    "a tool without a bottom",
    { tools: [fn("f", { parameters: deepSchema })] },
    "tools.0.function.parameters",
    "256 levels",
  ],
  [
    "a tool without a name",
    { tools: [fn(undefined as never)] },
    "tools.0.function.name",
    "missing",
  ],
  ["two answers", { n: 2 }, "n", "not supported"],
  ["probabilities", { logprobs: true }, "logprobs", "not supported"],
  ["biases", { logit_bias: { 5: -100 } }, "logit_bias", "not supported"],
  ["sound", { modalities: ["text", "audio"] }, "modalities", "text"],
  ["old functions", { functions: [{ name: "f" }] }, "functions", "tools"],
  ["five stop texts", { stop: ["a", "b", "c", "d", "e"] }, "stop", "up to 4"],
  ["a temperature beyond 2", { temperature: 3 }, "temperature", "expected"],
  ["no tokens at all", { max_tokens: 0 }, "max_tokens", "expected"],
  ["a tool that is no function", { tools: [{ type: "web_search" }] }, "tools.0.type", "function"],
  ["two tools of one name", { tools: [fn("a"), fn("a")] }, "tools.1.function.name", '"a"'],
  ["a call without tools", { tool_choice: "required" }, "tool_choice", "tools"],
  ["a call of another tool", { tools: [fn("a")], tool_choice: fn("b") }, "tool_choice", '"b"'],
  ["an unknown choice", { tools: [fn("a")], tool_choice: "maybe" }, "tool_choice", "required"],
  [
    "JSON and tools at once",
    { tools: [fn("a")], response_format: { type: "json_object" } },
    "response_format",
    "either",
  ],
  [
    "an unknown format",
    { response_format: { type: "xml" } },
    "response_format.type",
    "json_schema",
  ],
];

describe("400 with the field for", () => {
  test.each(REFUSED)("%s", async (_, body, param, text) => {
    const response = await v1.chat(body);
    const error = await openAiErrorOf(response);
    expect([response.status, error.type, error.param]).toEqual([
      400,
      "invalid_request_error",
      param,
    ]);
    expect(error.message).toContain(text);
    expect(v1.asked).toHaveLength(0);
  });
});

describe("an error has OpenAI's shape:", () => {
  const expectError = async (response: Response, status: number, code: string) => {
    expect(response.status).toBe(status);
    const error = await openAiErrorOf(response);
    expect(Object.keys(error).toSorted()).toEqual(["code", "message", "param", "type"]);
    expect(error.code).toBe(code);
    return error;
  };

  test("no key, an unknown path, a wrong method", async () => {
    await expectError(await fetch(`${v1.server.url}/v1/models`), 401, "invalid_api_key");
    await expectError(await v1.server.ask("/v1/engines"), 404, "unknown_url");
    await expectError(await v1.server.ask("/v1/chat/completions"), 405, "method_not_allowed");
  });

  test("an unknown model", async () => {
    const error = await expectError(await v1.chat({ model: "gpt-9" }), 404, "model_not_found");
    expect(error.message).toContain("gpt-9");
    await expectError(await v1.server.ask("/v1/models/gpt-9"), 404, "model_not_found");
  });

  test("a body that is too long, or no JSON", async () => {
    const text = "x".repeat(17 * 1_048_576);
    const long = await v1.chat({ messages: [{ role: "user", content: text }] });
    await expectError(long, 413, "request_too_large");
    const broken = await v1.server.post("/v1/chat/completions", "{");
    expect(broken.status).toBe(400);
  });

  test("a prompt that does not fit says both numbers", async () => {
    const details = { promptTokens: 900, contextTokens: 512 };
    v1.said = [new MoultError("input/invalid", "900 tokens, and 512 fit", details)];
    for (const stream of [false, true]) {
      const error = await expectError(await v1.chat({ stream }), 400, "context_length_exceeded");
      expect(error.message).toContain("900");
      expect(error.param).toBe("messages");
    }
  });

  test("no room, with when to come again", async () => {
    v1.said = [new MoultError("queue/full", "Full", { retryAfterMs: 7_000 })];
    for (const stream of [false, true]) {
      const response = await v1.chat({ stream });
      expect(response.headers.get("retry-after")).toBe("7");
      await expectError(response, 429, "rate_limit_exceeded");
    }
  });

  test("a queue that is too long is not waited for", async () => {
    v1.said = [{ type: "queued", position: 90, etaMs: 900_000 }];
    const response = await v1.chat({});
    expect(response.headers.get("retry-after")).toBe("60");
    const { message } = await expectError(response, 429, "rate_limit_exceeded");
    expect(message).toMatch(
      /^The model ".+" has so much to do .* 900 s to begin; try again in 60 s$/,
    );
    expect(v1.left).toBeGreaterThan(0);
  });

  test("a model that is not there", async () => {
    v1.said = [new MoultError("model/unavailable", "It is loading")];
    const response = await v1.chat({ stream: true });
    expect(response.headers.get("retry-after")).not.toBeNull();
    await expectError(response, 503, "model_unavailable");
  });
});
