import { expect, setDefaultTimeout, test } from "bun:test";
import { openLlama } from "../../../adapters/llama/library.ts";
import { TextSize } from "../../../adapters/llama/prompt_size.ts";
import { collect, openModel, requestOf, EMBEDDED } from "../../runtime/model/answers.ts";

// Loading a model takes its time where others work too.
setDefaultTimeout(120_000);

test("a long text is never said to have more tokens than it has, and nearly as many, whatever it is made of", async () => {
  const llama = await openLlama(false, 1);
  const model = await llama.loadModel({ modelPath: EMBEDDED, useMmap: false, gpuLayers: 0 });
  const size = new TextSize(model.tokenizer);
  for (const part of [
    "the quick brown fox ",
    "x",
    "\n",
    " ",
    "a😀",
    "中文字",
    "dGhlIHF1aWNr/+Z1",
  ]) {
    const text = part.repeat(90_000 / part.length);
    const { length } = model.tokenizer(text);
    const least = await size.atLeast(text, 1_000_000);
    expect(least).toBeLessThanOrEqual(length);
    expect(least).toBeGreaterThan(0.9 * length);
    // It is known by now, and counted no further than it has to be where it is not.
    expect(await size.atLeast(text, 3_000)).toBe(least);
    const early = await size.atLeast(`${text}!`, 3_000);
    expect(early).toBeGreaterThan(3_000);
    expect(early).toBeLessThanOrEqual(length + 1);
  }
  expect(await size.atLeast("x".repeat(20_000), 10)).toBe(0);
  await model.dispose();
  await llama.dispose();
});

test("while a long text is counted others go on, and what is refused is not counted to its end", async () => {
  const pieces: number[] = [];
  let turns = 0;
  const size = new TextSize((text) => {
    pieces.push(turns);
    return text;
  });
  let isOver = false;
  const turn = (): void => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  turn();
  expect(await size.atLeast("x".repeat(200_000), 199_000)).toBeGreaterThan(199_000);
  // Each piece is counted in a turn of its own.
  expect(new Set(pieces).size).toBe(10);
  pieces.length = 0;
  expect(await size.atLeast("y".repeat(200_000), 30_000)).toBeGreaterThan(30_000);
  expect(pieces).toHaveLength(2);
  isOver = true;
});

test("megabytes are refused before they are read, in a message, a call or a tool, and the next request is answered", async () => {
  const model = openModel({ path: EMBEDDED });
  const long = "x".repeat(4_000_000);
  const spec = {
    name: "note",
    description: "",
    parameters: { type: "object", properties: { a: { type: "string", description: long } } },
  };
  const call = { id: "1", name: "note", arguments: { text: long } };
  const refused = { code: "input/invalid", details: { contextTokens: 2_048 } };
  for (const request of [
    requestOf(long),
    { ...requestOf("hi"), tools: [spec], toolChoice: "required" as const },
    {
      ...requestOf("hi"),
      messages: [{ role: "assistant" as const, content: "", toolCalls: [call] }],
    },
  ])
    await expect(collect(model.generate(request))).rejects.toMatchObject(refused);
  const tools = Array.from({ length: 1_000 }, (_, n) => ({
    name: `tool_${n}`,
    description: "something that nobody has asked for ".repeat(10),
    parameters: { type: "object", properties: {} },
  }));
  expect((await collect(model.generate(requestOf("hello", { tools })))).at(-1)?.type).toBe("done");
  await model.close();
});
