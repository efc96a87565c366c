/** What the owner learns of a function that tries the network by itself: events, metrics, the trace of the turn. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Trace } from "../../schemas/turn.ts";
import { LinuxSandbox } from "../../adapters/linux/sandbox.ts";
import { until } from "../waiting.ts";
import { makePlace, type Place } from "./program.ts";

const SCRIPT = [
  { match: "^peek$", call: { name: "peek", arguments: {} } },
  { onTool: "peek", reply: "Done." },
  { reply: "{{text}}" },
];

/** It hides that it was refused. */
const PEEK = `import { defineTool, v } from "moult";
export default defineTool({
  description: "Peeks at a server",
  input: v.object({}),
  run: async () => {
    await fetch("http://127.0.0.1:9/").catch(() => undefined);
    return "all is well";
  },
});
`;

async function reportsRefusals(): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const sandbox = new LinuxSandbox();
  const { tier } = sandbox.tier();
  await sandbox.close();
  return tier <= "B";
}

const isReported = await reportsRefusals();

describe("a function that tries the network by itself", () => {
  let place: Place;
  beforeAll(() => {
    place = makePlace(SCRIPT);
    place.write("functions/peek.ts", PEEK);
  });
  afterAll(async () => await place.remove());

  test.skipIf(!isReported)(
    "is seen in the events, the metrics and the trace",
    async () => {
      const daemon = await place.start();
      const stream = (await daemon.ask("/api/events?topics=function")).body;
      const reply = await daemon.say("s", "peek");
      expect(reply).toMatchObject({ outcome: "answered", toolCalls: [{ output: "all is well" }] });

      const wanted = "Cannot open a socket (TCP over IPv4)";
      const trace = (await (await daemon.ask(`/api/turns/${reply.turn}`)).json()) as Trace;
      expect(trace.events.find(({ type }) => type === "refusal")).toMatchObject({
        code: "policy/denied",
        message: expect.stringContaining(wanted),
      });
      const metrics = await (await daemon.ask("/metrics")).text();
      expect(metrics).toContain('moult_sandbox_denials_total{function="peek",kind="net"} 1');
      expect(metrics).toMatch(/^moult_sandbox_tier\{tier="[A-E]"\} 1$/m);
      let text = "";
      const reader = stream?.pipeThrough(new TextDecoderStream()).getReader();
      await until(async () => {
        text += (await reader?.read())?.value ?? "";
        return text.includes("function.denied") && text.includes(wanted);
      });
      expect(text).toContain('net: [\\"HOST:443\\"]');
      await reader?.cancel();
      await daemon.kill();
    },
    30_000,
  );

  test("does not run where the owner wants more than the machine has", async () => {
    place.write(
      "strict.yaml",
      "model:\n  path: scripted:script.jsonl\nserver:\n  port: 0\nsandbox:\n  minimum: A\n",
    );
    const daemon = await place.start("--config", "strict.yaml");
    const [peek, clock] = await Promise.all(
      ["peek", "clock"].map(
        async (name) => await daemon.ask(`/fn/${name}`, { method: "POST", body: "{}" }),
      ),
    );
    expect(peek?.ok).toBe(false);
    expect(await peek?.text()).toContain("sandbox.minimum is A");
    expect(clock?.ok).toBe(true);
    await daemon.kill();
  }, 30_000);
});
