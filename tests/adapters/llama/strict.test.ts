/** What happens to calls and JSON that do not fit their schema, with the real model. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  call,
  collect,
  EMBEDDED,
  finishOf,
  openModel,
  requestOf,
  textOf,
} from "../../runtime/model/answers.ts";
import type { Model } from "../../../runtime/ports.ts";
import type { GenerateRequest, ToolSpec } from "../../../schemas/model.ts";

let model: Model;
beforeAll(() => {
  model = openModel({ path: EMBEDDED, embedded: false, contextTokens: 1_024 });
});
afterAll(() => model.close());

function tool(city: object): ToolSpec {
  const parameters = { type: "object", properties: { city }, required: ["city"] };
  return { name: "get_weather", description: "Get the weather for a city", parameters };
}

const ask = (city: object, more: Partial<GenerateRequest> = {}) =>
  collect(
    model.generate(
      requestOf("what's the weather in Oslo?", {
        tools: [tool(city)],
        toolChoice: "required",
        tokensMax: 200,
        ...more,
      }),
    ),
  );
/** No grammar holds this, and nothing is it. */
const NOTHING = { type: "string", maxLength: 12, not: { type: "string" } };

test("a call that does not fit is made for those who judge it, and left out for others", async () => {
  const judged = await ask(NOTHING);
  expect(call(judged)?.name).toBe("get_weather");
  const strict = await ask(NOTHING, { strict: true });
  expect(call(strict)).toBeUndefined();
  expect(finishOf(strict)).toBe("length");
  expect(textOf(strict)).toBe("");
});

test("a call keeps to bounds and patterns that the model would not", async () => {
  const city = { type: "string", pattern: "^[A-Z]{3}-\\d{2}$" };
  const made = call(await ask(city, { strict: true }))?.arguments as { city: string };
  expect(made.city).toMatch(/^[A-Z]{3}-\d{2}$/);
});

test("a tool that no arguments fit is refused where that is wanted", async () => {
  await expect(ask({ enum: [] }, { strict: true })).rejects.toMatchObject({
    code: "input/invalid",
  });
});

test("JSON that does not fit is not handed over", async () => {
  const json = (jsonSchema: object) =>
    collect(model.generate(requestOf("hello", { jsonSchema: { ...jsonSchema }, tokensMax: 100 })));
  const none = await json(NOTHING);
  expect([textOf(none), finishOf(none)]).toEqual(["", "length"]);
  const one = await json({ type: "integer", minimum: 40, maximum: 49 });
  expect(Number(textOf(one))).toBeWithin(40, 50);
});

test("parameters may be called what chat templates call functions", async () => {
  const names = ["items", "keys", "get"];
  const properties = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
  const parameters = { type: "object", properties, required: ["items"] };
  const order = { name: "order", description: "Order food", parameters };
  const made = call(await ask({}, { tools: [order] }));
  expect(made?.name).toBe("order");
});
