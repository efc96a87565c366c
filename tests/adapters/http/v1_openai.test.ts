/** `/v1` as OpenAI's own client sees it: the real program with a model that plays a script. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { MoultError } from "../../../schemas/error.ts";
import { makePlace, type Place, type Started } from "../../program/program.ts";
import { until } from "../../waiting.ts";
import { KEY } from "./server.ts";
import { SAID, V1Server } from "./v1_model.ts";
import { clientOf, failureOf, hasOpenAi, openAi, type V1 } from "./v1_client.ts";

const SCRIPT = [
  { match: "^weather", call: { name: "weather", arguments: { city: "Paris" } } },
  {
    match: "^both",
    calls: [
      { name: "weather", arguments: { city: "Rome" } },
      { name: "clock", arguments: {} },
    ],
  },
  { onTool: "weather", reply: "It is {{result.degrees}} degrees." },
  { match: "^think", thought: "Hm, two and two.", reply: "Four." },
  { match: "^json", reply: '{"answer":4}' },
  { match: "^slow", reply: "one two three four five six seven eight", tokenMs: 60_000 },
  { match: "^die", reply: "half of it is lost", crash: true },
  { reply: "You said: {{text}}" },
];
const user = (content: string) => ({ role: "user", content }) as const;
const tool = (name: string) =>
  ({
    type: "function",
    function: { name, parameters: { type: "object", properties: { city: { type: "string" } } } },
  }) as const;

describe.skipIf(!hasOpenAi)("OpenAI's client", () => {
  let place: Place;
  let daemon: Started;
  let client: V1;

  beforeAll(async () => {
    place = makePlace(SCRIPT);
    daemon = await place.start();
    client = clientOf(daemon.url, place.home);
  });

  afterAll(() => place.remove());

  const ask = (content: string, more: object = {}) =>
    client.chat.completions.create({ model: "default", messages: [user(content)], ...more });

  test("gets an answer with its usage", async () => {
    const answer = await ask("hello there");
    expect(answer).toMatchObject({
      object: "chat.completion",
      model: "scripted",
      choices: [
        {
          index: 0,
          finish_reason: "stop",
          message: { role: "assistant", content: "You said: hello there" },
        },
      ],
    });
    expect(answer.id).toStartWith("chatcmpl-");
    const { prompt_tokens, completion_tokens, total_tokens } = answer.usage ?? {};
    expect(completion_tokens).toBe(4);
    expect(total_tokens).toBe(Number(prompt_tokens) + 4);
    expect(answer.usage?.prompt_tokens_details?.cached_tokens).toBe(0);
  });

  test("streams an answer, its usage last and only when it is wanted", async () => {
    const seen = async (more: object) => {
      const stream = await client.chat.completions.create({
        model: "default",
        messages: [user("hello there")],
        stream: true,
        ...more,
      });
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      return chunks;
    };
    const chunks = await seen({ stream_options: { include_usage: true } });
    expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe(
      "You said: hello there",
    );
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    const plain = await seen({});
    expect(plain.every((chunk) => (chunk.usage ?? null) === null)).toBe(true);
    expect(plain.at(-1)?.choices[0]?.finish_reason).toBe("stop");
  });

  test("collects a stream with its helper", async () => {
    const deltas: string[] = [];
    const stream = client.chat.completions
      .stream({ model: "default", messages: [user("hello")] })
      .on("content", (delta: string) => deltas.push(delta));
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.message.content).toBe("You said: hello");
    expect(deltas.join("")).toBe("You said: hello");
  });

  test("calls tools with its runner until there is an answer", async () => {
    const asked: unknown[] = [];
    const runner = client.chat.completions.runTools({
      model: "default",
      messages: [user("weather please")],
      tools: [
        {
          type: "function",
          function: {
            name: "weather",
            description: "Weather of a city",
            parameters: { type: "object", properties: { city: { type: "string" } } },
            parse: JSON.parse,
            function: (input: object) => {
              asked.push(input);
              return JSON.stringify({ degrees: 21 });
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe("It is 21 degrees.");
    expect(asked).toEqual([{ city: "Paris" }]);
  });

  test("gets calls, one where it wants no more, none where it wants none", async () => {
    const tools = [tool("weather"), tool("clock")];
    const { choices } = await ask("both", { tools });
    expect(choices[0]?.finish_reason).toBe("tool_calls");
    expect(choices[0]?.message.content).toBeNull();
    const calls = choices[0]?.message.tool_calls ?? [];
    expect(calls).toMatchObject([
      { type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
      { type: "function", function: { name: "clock", arguments: "{}" } },
    ]);
    const one = await ask("both", { tools, parallel_tool_calls: false });
    expect(one.choices[0]?.message.tool_calls).toHaveLength(1);
    const none = await ask("both", { tools, tool_choice: "none" });
    expect(none.choices[0]).toMatchObject({ finish_reason: "stop" });
    expect(none.choices[0]?.message.tool_calls).toBeUndefined();
  });

  test("gets calls as deltas of a stream", async () => {
    const stream = client.chat.completions.stream({
      model: "default",
      messages: [user("both")],
      tools: [tool("weather"), tool("clock")],
    });
    const final = await stream.finalChatCompletion();
    expect(
      final.choices[0]?.message.tool_calls?.map((call) =>
        call.type === "function" ? [call.function.name, call.function.arguments] : [],
      ),
    ).toEqual([
      ["weather", '{"city":"Rome"}'],
      ["clock", "{}"],
    ]);
    expect(final.choices[0]?.finish_reason).toBe("tool_calls");
  });

  test("gets thoughts beside the answer, never in it", async () => {
    const whole = await ask("think");
    expect(whole.choices[0]?.message).toMatchObject({
      content: "Four.",
      reasoning_content: "Hm, two and two.",
    });
    const stream = await client.chat.completions.create({
      model: "default",
      messages: [user("think")],
      stream: true,
    });
    const said = { content: "", reasoning_content: "" };
    for await (const { choices } of stream) {
      const delta: Partial<typeof said> = { ...choices[0]?.delta } as object;
      said.content += delta.content ?? "";
      said.reasoning_content += delta.reasoning_content ?? "";
    }
    expect(said).toEqual({ content: "Four.", reasoning_content: "Hm, two and two." });
  });

  test("ends at a stop text, which is no part of the answer, and at a number of tokens", async () => {
    const stopped = await ask("alpha beta gamma", { stop: ["beta", "delta"] });
    expect(stopped.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: "You said: alpha " },
    });
    for (const field of ["max_tokens", "max_completion_tokens"]) {
      const cut = await ask("alpha beta gamma", { [field]: 2 });
      expect(cut.choices[0]).toMatchObject({
        finish_reason: "length",
        message: { content: "You said: " },
      });
    }
  });

  test("sends all kinds of messages", async () => {
    const answer = await client.chat.completions.create({
      model: "scripted",
      messages: [
        { role: "developer", content: [{ type: "text", text: "Be brief." }] },
        { role: "system", content: "Be kind." },
        { role: "user", content: "weather?" },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "c1",
              type: "function",
              function: { name: "weather", arguments: '{"city":"x"}' },
            },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: '{"degrees":3}' },
        { role: "assistant", content: "3 degrees" },
        {
          role: "user",
          content: [
            { type: "text", text: "one" },
            { type: "text", text: " two" },
          ],
        },
      ],
      prompt_cache_key: "mine",
      user: "u1",
      metadata: { a: "b" },
      store: false,
    });
    expect(answer.choices[0]?.message.content).toBe("You said: one two");
  });

  test("sees the models", async () => {
    const list = await client.models.list();
    expect(list.data[0]).toMatchObject({ id: "scripted", object: "model", owned_by: "moult" });
    expect(await client.models.retrieve("scripted")).toMatchObject({ id: "scripted" });
  });

  test("frees the slot when it leaves a stream in the middle, or does not wait", async () => {
    const running = async (count: number) => {
      const status = await (await daemon.ask("/api/status")).json();
      return (status as { model: { running: number } }).model.running === count;
    };
    const stream = await client.chat.completions.create({
      model: "default",
      messages: [user("slow")],
      stream: true,
    });
    for await (const { choices } of stream) {
      if ((choices[0]?.delta.content ?? "") === "") continue;
      await until(() => running(1));
      break;
    }
    await until(() => running(0));
    const leaving = new AbortController();
    const { signal } = leaving;
    const body = { model: "default", messages: [user("slow")] };
    const failed = failureOf(client.chat.completions.create(body, { signal }));
    await until(() => running(1));
    leaving.abort();
    expect(await failed).toBeInstanceOf(openAi().APIUserAbortError);
    await until(() => running(0));
  });

  test("gets errors of its own classes", async () => {
    const { AuthenticationError, BadRequestError, NotFoundError } = openAi();
    const stranger = clientOf(daemon.url, place.home, { apiKey: "moult_wrong" });
    expect(await failureOf(stranger.models.list())).toBeInstanceOf(AuthenticationError);
    const unknown = await failureOf(client.models.retrieve("gpt-9"));
    expect(unknown).toBeInstanceOf(NotFoundError);
    expect(unknown).toMatchObject({ code: "model_not_found", param: "model" });
    const streamed = await failureOf(ask("x", { model: "gpt-9", stream: true }));
    expect(streamed).toBeInstanceOf(NotFoundError);
    expect(await failureOf(ask("x", { n: 2 }))).toBeInstanceOf(BadRequestError);
    expect(await failureOf(client.files.list())).toMatchObject({
      status: 404,
      code: "unknown_url",
    });
    const embedding = client.embeddings.create({ model: "default", input: "hello" });
    expect(await failureOf(embedding)).toBeInstanceOf(BadRequestError);
  });

  test("is told when there is no room, and comes again by itself", async () => {
    const v1 = new V1Server();
    const { OpenAI, RateLimitError } = openAi();
    const options = { baseURL: `${v1.server.url}/v1`, apiKey: KEY };
    const messages = [user("hello")];
    const full = new MoultError("queue/full", "Full", { retryAfterMs: 1_000 });
    try {
      v1.said = [full];
      const once = new OpenAI({ ...options, maxRetries: 0 }).chat.completions;
      const error = await failureOf(once.create({ model: "default", messages }));
      expect(error).toBeInstanceOf(RateLimitError);
      expect((error as InstanceType<typeof RateLimitError>).headers?.get("retry-after")).toBe("1");
      const again = new OpenAI({ ...options, maxRetries: 1 }).chat.completions;
      const answer = again.create({ model: "default", messages });
      await until(() => v1.asked.length > 1);
      v1.said = SAID;
      expect((await answer).choices[0]?.message.content).toBe('say "hi"\n');
      expect(v1.asked).toHaveLength(3);
    } finally {
      await v1.server.stop();
    }
  });

  test("gets an error in the stream when the model dies in the middle", async () => {
    const stream = await client.chat.completions.create({
      model: "default",
      messages: [user("die")],
      stream: true,
    });
    let text = "";
    const reading = (async () => {
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
    })();
    expect(await failureOf(reading)).toMatchObject({ code: "model_unavailable" });
    expect(text).not.toBe("");
    await until(async () => (await ask("hello")).choices[0]?.message.content === "You said: hello");
  });
});
