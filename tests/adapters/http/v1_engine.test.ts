/** `/v1` with real models behind it: the embedded one, and one that knows nothing, for which everything is likely. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeModel } from "../../../bench/gguf/make.ts";
import { PRESETS } from "../../../bench/gguf/presets.ts";
import { CHAT_TEMPLATE } from "../../../bench/gguf/template.ts";
import { trainTokenizer } from "../../../bench/gguf/tokenizer.ts";
import { makePlace, type Place, type Started } from "../../program/program.ts";
import { clientOf, failureOf, hasOpenAi, type V1 } from "./v1_client.ts";

/** ChatML of a reasoning model: it begins to think at once. */
const THINKING =
  "{%- for message in messages %}{{- '<|im_start|>' + message['role'] + '\\n' }}" +
  "{%- if message['role'] == 'assistant' and message['reasoning_content'] %}" +
  "{{- '<think>\\n' + message['reasoning_content'] + '\\n</think>\\n\\n' }}{%- endif %}" +
  "{{- message['content'] + '<|im_end|>\\n' }}{%- endfor %}" +
  "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n<think>\\n' }}{%- endif %}";

const TOOLS = [
  tool("get_weather", "Get the weather for a city", { city: { type: "string", maxLength: 12 } }),
  tool("set_alarm", "Set an alarm", { hour: { type: "integer", minimum: 0, maximum: 23 } }),
];

function tool(name: string, description: string, properties: Record<string, unknown>) {
  const parameters = { type: "object", properties, required: Object.keys(properties) };
  return { type: "function", function: { name, description, parameters } } as const;
}

/** A model of noise, and the same with a template of the same length that thinks. */
function makeModels(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const noise = join(folder, "noise.gguf");
  const words = trainTokenizer(
    readFileSync(join(import.meta.dir, "../../../README.md"), "utf8"),
    500,
  );
  makeModel(PRESETS.mini, "F16", noise, words);
  const bytes = readFileSync(noise);
  const padding = " ".repeat(CHAT_TEMPLATE.length - THINKING.length - 4);
  bytes.write(`${THINKING}{#${padding}#}`, bytes.indexOf(CHAT_TEMPLATE), "latin1");
  writeFileSync(join(folder, "thinker.gguf"), bytes);
}

describe.skipIf(!hasOpenAi)("OpenAI's client", () => {
  let place: Place;
  let daemon: Started;
  let client: V1;

  beforeAll(async () => {
    place = makePlace();
    place.write("moult.yaml", "server:\n  port: 0\n");
    makeModels(join(place.home, "models"));
    daemon = await place.start();
    client = clientOf(daemon.url, place.home);
  });

  afterAll(() => place.remove());

  const ask = async (model: string, content: string, more: object = {}) => {
    const messages = [{ role: "user", content } as const];
    const { choices, usage } = await client.chat.completions.create({
      model,
      messages,
      max_tokens: 64,
      ...more,
    });
    const [choice] = choices;
    if (choice === undefined) throw new Error("No choice");
    const calls = (choice.message.tool_calls ?? []).map((call) =>
      call.type === "function"
        ? { name: call.function.name, input: JSON.parse(call.function.arguments) as unknown }
        : undefined,
    );
    const thought = (choice.message as { reasoning_content?: string }).reasoning_content;
    return { ...choice, text: choice.message.content ?? "", calls, thought, usage };
  };

  describe("and the embedded model:", () => {
    test("a chat and its usage, the same as a stream", async () => {
      const { text, finish_reason, usage } = await ask("default", "Hello");
      expect([text, finish_reason]).not.toContain("");
      expect(usage?.completion_tokens).toBeGreaterThan(0);
      const stream = client.chat.completions.stream({
        model: "moult-mini",
        messages: [{ role: "user", content: "Hello" }],
        stream_options: { include_usage: true },
      });
      const final = await stream.finalChatCompletion();
      expect(final.choices[0]?.message.content).toBe(text);
      // The second time all but the last token is known.
      const { prompt_tokens = 0, prompt_tokens_details } = final.usage ?? {};
      expect(prompt_tokens_details?.cached_tokens).toBe(prompt_tokens - 1);
    });

    test("a call where it is due, none where there is to be none", async () => {
      const weather = "What is the weather in Paris?";
      const { calls, finish_reason } = await ask("default", weather, { tools: TOOLS });
      expect([calls, finish_reason]).toEqual([
        [{ name: "get_weather", input: { city: "Paris" } }],
        "tool_calls",
      ]);
      const none = await ask("default", weather, { tools: TOOLS, tool_choice: "none" });
      expect([none.calls, none.finish_reason]).toEqual([[], "stop"]);
    });

    test("a call where there must be one, though nothing speaks for it", async () => {
      const any = await ask("default", "Hello you", { tools: TOOLS, tool_choice: "required" });
      expect(any.calls).toHaveLength(1);
      const tool_choice = { type: "function", function: { name: "set_alarm" } };
      const one = await ask("default", "Hello you", { tools: TOOLS, tool_choice });
      expect(one.calls).toEqual([{ name: "set_alarm", input: { hour: expect.any(Number) } }]);
    });

    test("JSON of a schema", async () => {
      const schema = {
        type: "object",
        properties: { ok: { type: "boolean" }, n: { enum: [3, 5] } },
        required: ["ok", "n"],
        additionalProperties: false,
      };
      const { text } = await ask("default", "Tell me", {
        response_format: { type: "json_schema", json_schema: { name: "x", schema, strict: true } },
      });
      const { ok, n } = JSON.parse(text) as { ok: boolean; n: number };
      expect([typeof ok, [3, 5].includes(n)]).toEqual(["boolean", true]);
    });

    test("what does not fit into its context says both numbers", async () => {
      const error = (await failureOf(ask("default", "word ".repeat(4_000)))) as Error;
      expect(error).toMatchObject({ status: 400, code: "context_length_exceeded" });
      expect(error.message).toMatch(/\d+ tokens .* holds \d+/);
    });

    test("the lines of docs/openai.md, as they stand", async () => {
      const page = await Bun.file(join(import.meta.dir, "../../../docs/openai.md")).text();
      const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, code = ""]) => code);
      const code = blocks.join("\n").replaceAll("127.0.0.1:7333", new URL(daemon.url).host);
      const line = ["bash", "-c", code.replaceAll("curl ", "curl -s ")];
      const child = Bun.spawn(line, { cwd: place.dir, stdio: ["ignore", "pipe", "inherit"] });
      const out = await new Response(child.stdout).text();
      expect(out).toContain('"object":"chat.completion"');
      expect(out).toContain('"object":"embedding"');
      expect(out).not.toContain('"error"');
    });

    test("vectors of texts, as floats and as this client asks for them", async () => {
      const input = ["the cat sat on the mat", "a cat sits on a mat", "quarterly tax report"];
      const { data } = await client.embeddings.create({ model: "default", input });
      const floats = await client.embeddings.create({
        model: "default",
        input,
        encoding_format: "float",
      });
      for (const [index, { embedding }] of data.entries()) {
        expect(Math.hypot(...embedding)).toBeCloseTo(1, 4);
        const other = floats.data[index]?.embedding ?? [];
        expect(embedding.map((value) => value.toFixed(4))).toEqual(
          other.map((value) => value.toFixed(4)),
        );
      }
    });
  });

  describe("and a model that knows nothing:", () => {
    const drawn = { temperature: 1, max_tokens: 300 };

    test("a call whenever there must be one, of the tool that was named", async () => {
      for (const seed of [1, 2, 3, 4]) {
        const one = { ...drawn, seed, tools: TOOLS, parallel_tool_calls: false };
        const any = await ask("noise", `number ${seed}`, { ...one, tool_choice: "required" });
        expect([any.finish_reason, any.calls.length]).toEqual(["tool_calls", 1]);
        const tool_choice = { type: "function", function: { name: "set_alarm" } };
        const named = await ask("noise", `number ${seed}`, { ...one, tool_choice });
        const hour = expect.any(Number) as number;
        expect(named.calls).toEqual([{ name: "set_alarm", input: { hour } }]);
      }
    });

    test("an answer up to a stop text, wherever that lies, and never a part of it", async () => {
      const { text, finish_reason } = await ask("noise", "hello");
      expect(finish_reason).toBe("length");
      for (const at of [0, 1, 7, 20, 33]) {
        const stop = text.slice(at, at + 1 + (at % 5));
        const stopped = await ask("noise", "hello", { stop: [stop, "never said"] });
        expect([stop, stopped.text, stopped.finish_reason]).toEqual([
          stop,
          text.slice(0, text.indexOf(stop)),
          "stop",
        ]);
      }
    });

    test("the same text for the same seed, another one for another", async () => {
      const texts: string[] = [];
      // What was read before changes how the prompt is read, and so the last digits: the first answer is none of them.
      for (const seed of [5, 5, 5, 6])
        texts.push((await ask("noise", "seed", { ...drawn, seed, max_tokens: 12 })).text);
      const [, first, second, other] = texts;
      expect(second).toBe(first as string);
      expect(other).not.toBe(first as string);
    });

    test("thoughts apart from the answer", async () => {
      const { text, thought } = await ask("thinker", "hello", { max_tokens: 16 });
      expect(text).toBe("");
      expect(thought).not.toBeEmpty();
    });
  });
});
