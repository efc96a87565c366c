/** The whole program on a machine that is played: hot, then with more requests than it takes. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Started, makePlace } from "./program.ts";
import { SensorTree } from "../adapters/linux/sensor_tree.ts";
import { until } from "../waiting.ts";

const place = makePlace([
  { match: "hold", reply: "held", delayMs: 60_000 },
  { reply: "you said {{text}}" },
]);
const machine = new SensorTree().processor(97);
let daemon: Started;
beforeAll(async () => {
  const model = "  path: scripted:script.jsonl\n  slots: 2\n  headroom: 0.95\n";
  const governor = `  governor:\n    root: ${machine.root}\n`;
  place.write("moult.yaml", `model:\n${model}${governor}server:\n  port: 0\n`);
  place.write(
    "functions/ask.ts",
    `import { defineTool, v } from "moult";
export default defineTool({
  description: "Asks the model.",
  input: v.object({ prompt: v.string() }),
  output: v.object({ text: v.string() }),
  limits: { timeMs: 60_000, concurrency: 64 },
  run: async ({ prompt }, { model }) => ({ text: await model.generate({ prompt }) }),
});
`,
  );
  daemon = await place.start();
  await daemon.serves("ask");
});
afterAll(async () => {
  await place.remove();
  machine.remove();
});

/** Asks the model through a function, which is nobody's conversation. */
function ask(prompt: string, signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ prompt });
  return daemon.ask("/fn/ask", { method: "POST", body, ...(signal && { signal }) });
}

test("on a hot machine answers still come, and status, doctor, events and metrics tell of it", async () => {
  const events = await daemon.ask("/api/events");
  expect((await daemon.say("a:1", "hello")).reply).toBe("you said hello");
  const { model } = (await (await daemon.ask("/api/status")).json()) as {
    readonly model: { readonly governed?: object };
  };
  expect(model.governed).toEqual({
    limits: { threads: 1, batchTokens: 64, slots: 1, rest: 0.4 },
    because: ["coretemp/Package id 0 has 97 °C (limit 90)"],
  });
  expect((await place.moult("doctor")).out).toContain("slowed down");
  const metrics = await (await daemon.ask("/metrics")).text();
  expect(metrics).toContain('device_temperature_celsius{sensor="coretemp/Package id 0"} 97');
  const reader = events.body?.getReader();
  let text = "";
  while (!text.includes("model.governed")) {
    const { value } = (await reader?.read()) ?? {};
    text += new TextDecoder().decode(value);
  }
  await reader?.cancel();
  machine.processor(40);
});

test("beyond its share the rest is told when to come again, and conversations are answered", async () => {
  const abort = new AbortController();
  const held = Array.from({ length: 12 }, () => ask("hold", abort.signal).catch(() => undefined));
  const refused = await until(async () => {
    const response = await ask("hello");
    return response.status === 429 && response;
  });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  expect(await refused.json()).toMatchObject({
    error: { code: "queue/full", message: expect.stringContaining("room for conversations") },
  });
  const said = daemon.say("b:1", "burst");
  abort.abort();
  expect((await said).reply).toBe("you said burst");
  await Promise.all(held);
  expect(await (await ask("hello")).json()).toEqual({ text: "you said hello" });
});
