/** Telegram and the real program, killed and cut off: nothing is lost, nothing is answered twice, the order stays. */
import { afterEach, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Letter } from "../../runtime/ports.ts";
import {
  type CrowdOptions,
  SCRIPT,
  chatter,
  crowdIds,
  settled,
  tally,
} from "../fixtures/telegram_crowd.ts";
import { TOKEN, TelegramServer } from "../fixtures/telegram_server.ts";
import { type Place, type Started, makePlace } from "./program.ts";
import { until } from "../waiting.ts";

let place: Place | undefined;
let server: TelegramServer | undefined;
afterEach(async () => {
  await place?.remove();
  await server?.stop();
});

/** A place whose moult answers on Telegram. */
async function prepare(script: readonly object[], allow: readonly number[]) {
  server = await TelegramServer.start({ answerMs: 5 });
  place = makePlace(script);
  const telegram = JSON.stringify({ token: TOKEN, apiRoot: server.url, allow });
  place.write(
    "moult.yaml",
    `model:\n  path: scripted:script.jsonl\nserver:\n  port: 0\nchannels:\n  telegram: ${telegram}\n`,
  );
  return { place, server };
}

test("messages of many chats are answered once and in order, however often the daemon dies", async () => {
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  let seed = 4_711;
  const options: CrowdOptions = { people: 4, groups: 1, perChat: 6, everyMs: 30, random };
  const here = await prepare(SCRIPT, crowdIds(options));
  let daemon = await here.place.launch();
  const writing = chatter(here.server, { ...options, slowShare: 0 });
  for (let kill = 0; kill < 3; kill++) {
    await Bun.sleep(50 + random() * 250);
    await daemon.kill();
    if (kill === 1) await here.server.stop();
    daemon = await here.place.launch();
    if (kill === 1) await here.server.start();
  }
  await writing;
  const letters = async (): Promise<readonly Letter[]> =>
    (await (await daemon.ask("/api/letters")).json()) as readonly Letter[];
  await until(async () => settled(here.server, options, await letters()) === 30);
  const { lost, twice, disordered, unknown, dead } = tally(here.server, options, await letters());
  expect({ lost, twice, disordered, dead }).toEqual({ lost: 0, twice: 0, disordered: 0, dead: 0 });
  expect(unknown).toBeLessThanOrEqual(4);
  expect(here.server.violations).toEqual([]);
}, 120_000);

test("the start says who the bot is; commands are answered; the token is in no file and no answer", async () => {
  const here = await prepare([{ reply: "{{text}}" }], [101]);
  const daemon = await here.place.start();
  const status = (await (await daemon.ask("/api/status")).json()) as { channels: unknown };
  expect(status.channels).toEqual([
    { channel: "telegram", state: "up", as: "@moult_test_bot, polling" },
  ]);
  here.server.write(101, "/start");
  here.server.write(101, "/tools");
  here.server.write(101, "hello");
  await until(() => here.server.seen(101).length >= 3);
  const [start, tools, reply] = here.server.seen(101).map(({ text }) => text);
  expect(start).toContain("/reset");
  expect(tools).toContain("clock:");
  expect(reply).toBe("hello");
  await here.server.stop();
  await until(async () => !(await fetch(new URL("/readyz", daemon.url))).ok);
  const ready = await (await fetch(new URL("/readyz", daemon.url))).text();
  expect(ready).toContain("telegram is down");
  const log = readFileSync(join(here.place.home, "logs/moult.log"), "utf8");
  const secret = TOKEN.split(":")[1] ?? "";
  for (const text of [ready, log, JSON.stringify(status)]) expect(text).not.toContain(secret);
}, 120_000);

test("a wrong token is said, and nothing else suffers", async () => {
  const here = await prepare([{ reply: "{{text}}" }], [101]);
  const wrong = TOKEN.replaceAll("A", "B");
  const telegram = JSON.stringify({ token: wrong, apiRoot: here.server.url });
  here.place.write(
    "moult.yaml",
    `model:\n  path: scripted:script.jsonl\nserver:\n  port: 0\nchannels:\n  telegram: ${telegram}\n`,
  );
  const daemon: Started = await here.place.launch();
  await until(async () => {
    const ready = await (await fetch(new URL("/readyz", daemon.url))).text();
    return ready.includes("does not know this token");
  });
  expect((await daemon.say("me", "still here")).reply).toBe("still here");
}, 120_000);

test("--offline asks Telegram nothing, and everything else works", async () => {
  const here = await prepare([{ reply: "{{text}}" }], [101]);
  const daemon = await here.place.launch("--offline");
  expect((await daemon.say("me", "still here")).reply).toBe("still here");
  expect(here.server.calls).toEqual([]);
}, 120_000);
