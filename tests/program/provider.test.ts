/** The real program with a model that somebody else runs: it lives without it, finds it, and keeps its key to itself. */
import { afterEach, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { delta, saying, serveProvider } from "../adapters/openai/provider_server.ts";
import { until } from "../waiting.ts";
import { type Place, makePlace } from "./program.ts";

const KEY = "sk-test-abcdefghijklmnopqrstuvwxyz";

let place: Place | undefined;
afterEach(() => place?.remove());

const prepare = (url: string): Place => {
  place = makePlace();
  const provider = JSON.stringify({ name: "near", url, key: KEY, models: ["some-model"] });
  place.write(
    "moult.yaml",
    `providers: [${provider}]\nmodel: { path: "provider:near/some-model" }\nserver: { port: 0 }\n`,
  );
  return place;
};

/** What processes of a daemon were started with. */
const commandLines = (): string =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8")];
      } catch {
        return [];
      }
    })
    .join("\n");

test("a provider that comes late answers turns and calls tools, and its key is nowhere to be seen", async () => {
  let port: number;
  {
    using gone = serveProvider();
    port = gone.port;
  }
  const here = prepare(`http://127.0.0.1:${port}/v1`);
  const daemon = await here.launch();
  const reasons = async () => await (await daemon.ask("/readyz")).text();
  await until(async () => (await reasons()).includes("nobody listens there. It is looked for"));
  const failed = await daemon.say("one", "hello");
  expect(failed.outcome).toBe("failed");
  expect(failed.reply).toContain('The provider "near" cannot be reached');

  using server = serveProvider(port);
  const call = { index: 0, id: "c1", function: { name: "calculate", arguments: '{"expression":' } };
  const rest = { index: 0, function: { arguments: '"12 * 7"}' } };
  const pieces = [
    delta({ tool_calls: [call] }),
    delta({ tool_calls: [rest] }),
    delta({}, "tool_calls"),
  ];
  server.script.push({ pieces: [...pieces, "data: [DONE]\n\n"] }, saying("It is ", "84."));
  await until(async () => (await daemon.ask("/readyz")).ok);
  const { reply, toolCalls } = await daemon.say("two", "What is 12 * 7?");
  expect(reply).toBe("It is 84.");
  expect(toolCalls).toMatchObject([{ name: "calculate", output: { result: 84 } }]);
  const [asked, after] = server.asked.filter(({ method }) => method === "POST");
  expect(asked?.headers["authorization"]).toBe(`Bearer ${KEY}`);
  expect(JSON.stringify(asked?.body["tools"])).toContain('"calculate"');
  const told = { role: "tool", tool_call_id: "c1", content: '{"result":84}' };
  expect(after?.body["messages"]).toContainEqual(told);

  const status = await (await daemon.ask("/api/status")).text();
  expect(status).toContain('"near/some-model"');
  const log = readFileSync(join(here.home, "logs/moult.log"), "utf8");
  for (const text of [status, log, commandLines()]) expect(text).not.toContain(KEY);
  const doctor = await here.moult("doctor");
  expect(doctor.out).toMatch(/ok +provider near at http:\/\/127\.0\.0\.1/);
  expect(doctor.out + doctor.err).not.toContain(KEY);
});

test("with --offline a provider on another machine is not asked, and the daemon says why", async () => {
  const daemon = await prepare("https://models.example/v1").launch("--offline");
  const reason = "models.example, and --offline lets moult ask no other machine";
  await until(async () => (await (await daemon.ask("/readyz")).text()).includes(reason));
  expect((await daemon.say("one", "hello")).reply).toContain(reason);
});
