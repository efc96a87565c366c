import { expect, test } from "bun:test";
import { collect, openModel, requestOf, EMBEDDED } from "../../runtime/model/answers.ts";

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
