import { expect, test } from "bun:test";
import { KnownTools } from "../../../adapters/llama/known_tools.ts";

const tool = (name: string, description = "Does it") => ({ name, description, parameters: {} });

test("a tool that says the same is the object that it was before", () => {
  const known = new KnownTools();
  const [first] = known.of([tool("light"), tool("clock")]);
  const [, again] = known.of([tool("door"), structuredClone(tool("light"))]);
  expect(again).toBe(first);
});

test("a tool that says something else under the same name is another one", () => {
  const known = new KnownTools();
  const [first] = known.of([tool("light", "Switches a light")]);
  const [other] = known.of([tool("light", "Weighs nothing")]);
  expect(other).not.toBe(first);
  expect(other).toEqual(tool("light", "Weighs nothing"));
});

test("tools are handed over as they came, in their order, however many were known before", () => {
  const known = new KnownTools();
  for (let at = 0; at < 2_000; at++) known.of([tool(`old_${at}`)]);
  const tools = [tool("b"), tool("a"), tool("old_0")];
  expect(known.of(tools)).toEqual(tools);
});
