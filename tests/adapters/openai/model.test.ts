import { afterAll, beforeAll } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { testModel } from "../../contract/model.ts";
import { makePlace, type Place } from "../../program/program.ts";
import { openModel } from "../../runtime/model/answers.ts";

// The provider is moult itself, over its own /v1: both ends are real.
const SCRIPT = join(import.meta.dir, "../../fixtures/scripted/basics.jsonl");
const ROOT = join(import.meta.dir, "../../..");

let place: Place;
let url: string;

beforeAll(async () => {
  place = makePlace();
  place.write("script.jsonl", readFileSync(SCRIPT, "utf8"));
  ({ url } = await place.start());
});
afterAll(() => place.remove());

testModel({
  open: () =>
    openModel({
      path: "provider:moult/default",
      provider: {
        name: "moult",
        model: "default",
        url: `${url}/v1`,
        key: readFileSync(join(place.home, "owner.key"), "utf8").trim(),
        loopbackOnly: true,
      },
      hostEntry: join(ROOT, "adapters/openai/host.ts"),
    }),
  chat: "hello Bob",
  calling: "what is the weather in Oslo?",
  tool: {
    name: "get_weather",
    description: "Get the weather for a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
  input: { city: "Oslo" },
});
