import { expect, test } from "bun:test";
import { answerOf, openEngine, type Opening } from "./opening.ts";
import { delta, event, saying, serveProvider, type Deed } from "./provider_server.ts";

const answer = async (deed: Deed, opening: Opening = {}) => {
  using server = serveProvider();
  server.script.push(deed);
  return await answerOf(await openEngine(server.url, opening));
};

const DONE = "data: [DONE]\n\n";

test("an answer is the text of all its chunks", async () => {
  expect(await answer(saying("Good", " ", "day"))).toMatchObject({
    text: "Good day",
    finish: "stop",
  });
});

test("a stream that comes byte by byte, with CR LF and comments, says the same", async () => {
  const text = [
    ": hello\r\n\r\n",
    "event: chunk\r\nid: 7\r\ndata:",
    JSON.stringify({ choices: [{ delta: { content: "你好, Zoë" } }] }),
    "\r\n\r\n: still here\r\n\r\n",
    delta({}, "stop").replaceAll("\n", "\r\n"),
    DONE.replaceAll("\n", "\r\n"),
  ].join("");
  const pieces = Array.from(Buffer.from(text), (byte) => Uint8Array.of(byte));
  expect(await answer({ pieces })).toMatchObject({ text: "你好, Zoë", finish: "stop" });
});

test("lines that end in CR alone are lines", async () => {
  const text = saying("a", "b").pieces?.join("").replaceAll("\n", "\r") ?? "";
  expect(await answer({ pieces: [text.slice(0, 40), text.slice(40)] })).toMatchObject({
    text: "ab",
  });
});

test("the end of the connection ends an answer that had said it is whole", async () => {
  const pieces = [delta({ content: "Hi" }), delta({}, "length").trimEnd()];
  expect(await answer({ pieces })).toMatchObject({ text: "Hi", finish: "length" });
});

test("a provider that never says that it is done is not waited for after the answer", async () => {
  const pieces = [delta({ content: "Hi" }), delta({}, "stop")];
  const opening = { patience: { lastMs: 50 } };
  expect(await answer({ pieces, ending: "silence" }, opening)).toMatchObject({
    text: "Hi",
    finish: "stop",
  });
});

test("usage is the provider's, cached tokens too", async () => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 64 },
  };
  const pieces = [delta({ content: "Hi" }), delta({}, "stop"), event({ choices: [], usage }), DONE];
  expect((await answer({ pieces })).usage).toMatchObject({
    promptTokens: 100,
    completionTokens: 7,
    cachedTokens: 64,
  });
});

test("without usage, pieces are counted and the prompt is estimated", async () => {
  const { usage } = await answer(saying("a", "b", "c"));
  expect(usage).toMatchObject({ completionTokens: 3, cachedTokens: 0 });
  expect(usage.promptTokens).toBeGreaterThan(0);
});

test("what the model thinks is no part of the answer", async () => {
  const pieces = [
    delta({ role: "assistant", content: null, reasoning_content: "Hm" }),
    delta({ reasoning: "well" }),
    delta({ content: "<thi" }),
    delta({ content: "nk>Secretly, <b>" }),
    delta({ content: "</b></thi" }),
    delta({ content: "nk>\n\n" }),
    delta({ content: "Yes" }),
    delta({ content: " <think>really</think>" }),
    delta({}, "stop"),
    DONE,
  ];
  expect(await answer({ pieces })).toMatchObject({
    text: "Yes <think>really</think>",
    thoughts: "HmwellSecretly, <b></b>",
  });
});

test("a text in parts is their text, and what is no text is left out", async () => {
  const content = [
    { type: "thinking", thinking: [] },
    { type: "text", text: "Yes" },
  ];
  const pieces = [delta({ content, reasoning: { effort: 1 } }), delta({}, "stop"), DONE];
  expect(await answer({ pieces })).toMatchObject({ text: "Yes", thoughts: "" });
});

test("thoughts that are cut off are no answer", async () => {
  const pieces = [delta({ content: "<think>One, two </thi" }), delta({}, "length"), DONE];
  expect(await answer({ pieces })).toMatchObject({ text: "", thoughts: "One, two </thi" });
});

test.each(["<b>bold</b>", "<", "<thin", "  <tea> for two"])(
  "text that only begins like a thought is text: %s",
  async (text) => {
    expect((await answer(saying(...text.split("")))).text).toBe(text);
  },
);

test("a call is joined from its pieces by its index, and calls may be interleaved", async () => {
  const piece = (index: number, id: string | null, fn: object) =>
    delta({ tool_calls: [{ index, ...(id && { id, type: "function" }), function: fn }] });
  const pieces = [
    piece(0, "c1", { name: "weather", arguments: "" }),
    piece(0, null, { arguments: '{"city"' }),
    piece(1, "c2", { name: "clock", arguments: "{" }),
    piece(0, null, { arguments: ':"Oslo"}' }),
    piece(1, null, { arguments: "}" }),
    delta({}, "tool_calls"),
    DONE,
  ];
  expect(await answer({ pieces })).toMatchObject({
    text: "",
    finish: "tool_calls",
    calls: [
      { id: "c1", name: "weather", arguments: { city: "Oslo" } },
      { id: "c2", name: "clock", arguments: {} },
    ],
  });
});

test("calls without an index, without an id or with an object as arguments are calls all the same", async () => {
  const pieces = [
    delta({ tool_calls: [{ id: "a", function: { name: "one", arguments: '{"x":' } }] }),
    delta({ tool_calls: [{ function: { arguments: "1}" } }] }),
    delta({ tool_calls: [{ id: "b", function: { name: "two", arguments: { y: 2 } } }] }),
    delta({ tool_calls: [{ function: { name: "three" } }] }),
    delta({}, "stop"),
    DONE,
  ];
  const { calls, finish } = await answer({ pieces });
  expect(finish).toBe("tool_calls");
  expect(calls.map(({ name, arguments: args }) => [name, args])).toEqual([
    ["one", { x: 1 }],
    ["two", { y: 2 }],
    ["three", {}],
  ]);
  expect(calls[2]?.id).toMatch(/^call_/);
});

test("arguments that are no JSON are handed over as they are, for whoever checks them", async () => {
  const call = { index: 0, id: "c", function: { name: "weather", arguments: '{"city": Oslo' } };
  const pieces = [delta({ tool_calls: [call] }), delta({}, "tool_calls"), DONE];
  expect((await answer({ pieces })).calls).toEqual([
    { id: "c", name: "weather", arguments: '{"city": Oslo' },
  ]);
});

test("a call that the limit of tokens has cut is no call", async () => {
  const call = { index: 0, id: "c", function: { name: "weather", arguments: '{"city": "Os' } };
  const pieces = [delta({ tool_calls: [call] }), delta({}, "length"), DONE];
  expect(await answer({ pieces })).toMatchObject({ calls: [], finish: "length" });
});

test("a provider that does not stream is understood", async () => {
  const message = { role: "assistant", content: "All at once" };
  const whole = { choices: [{ index: 0, message, finish_reason: "stop" }] };
  const usage = { prompt_tokens: 3, completion_tokens: 4 };
  const deed = { type: "application/json", pieces: [JSON.stringify({ ...whole, usage })] };
  expect(await answer(deed)).toMatchObject({ text: "All at once", usage: { completionTokens: 4 } });
});

test.each([
  ["text", delta({ content: "x".repeat(1_000_000) })],
  ["thoughts", delta({ reasoning_content: "x".repeat(1_000_000) })],
  ["lines of nothing in one event", "data:\n".repeat(1_000_000)],
])("an answer of %s without an end is no answer", async (_, piece) => {
  const pieces = Array.from({ length: 20 }, () => piece);
  await expect(answer({ pieces: [...pieces, delta({}, "stop"), DONE] })).rejects.toMatchObject({
    code: "model/unavailable",
    message: expect.stringMatching(/no end|without an end/),
  });
});
