/** What a reading says of a tool: what was given, chosen and missing. */
import { expect, test } from "bun:test";
import { readingFor } from "../../../../adapters/llama/filling/reading.ts";
import type { ToolSpec } from "../../../../schemas/model.ts";

const HOME: ToolSpec = {
  name: "home",
  description: "Switches a device or tells its state",
  parameters: {
    type: "object",
    properties: {
      device: { type: "string" },
      action: { type: "string", enum: ["on", "off", "set", "status"] },
      value: { type: "number" },
    },
    required: ["device", "action"],
  },
};

test("a choice that no word names is not given where what it is chosen for is missing", () => {
  expect(readingFor(HOME, ["what is 17 * 23?"])).toMatchObject({ choices: 0, given: 0 });
});

test("what was said is given and chosen", () => {
  expect(readingFor(HOME, ["turn off the fan"])).toMatchObject({
    missing: 0,
    choices: 1,
    given: 2,
    texts: ["fan"],
  });
});

test("where something is said, a tool is read better than where nothing is", () => {
  const [said, unsaid] = ["turn off the fan", "good evening"].map((message) =>
    readingFor(HOME, [message]),
  );
  expect(said?.score).toBeGreaterThan(unsaid?.score ?? 0);
});

test("a tool without parameters has no reading", () => {
  const none = { type: "object", properties: {} };
  expect(readingFor({ ...HOME, parameters: none }, ["turn off the fan"])).toBeUndefined();
});
