/** What becomes of Telegram messages when the daemon is killed and Telegram goes away, again and again. */
import { readFileSync } from "node:fs";
import {
  crowdIds,
  chatter,
  settled,
  SCRIPT,
  tally,
  type Tally,
} from "../tests/fixtures/telegram_crowd.ts";
import { TOKEN, TelegramServer } from "../tests/fixtures/telegram_server.ts";
import type { Letter } from "../runtime/ports.ts";
import { type Daemon, type Place, makePlace, scripted, spawnDaemon } from "./daemon.ts";
import {
  type Bench,
  type Report,
  atMost,
  exactly,
  fact,
  freePort,
  seeded,
  until,
} from "./harness.ts";

const SEED = 20_260_102;
const KILLS = 10;
/** It lives this long after it answers: long enough for a reply or two, short enough to be in the middle of many. */
const LIFE_MS_MIN = 150;
const LIFE_MS_MAX = 2_500;

/** One claim. */
export const bench: Bench = {
  title: "Telegram, killed and cut off",
  about: `200 messages from 20 chats (16 private ones, 4 groups), a third of them delivered more than once, and the updates of each answer in reverse order, while the daemon is killed with SIGKILL ${KILLS} times at random moments and the Bot API server goes away every few seconds (seed ${SEED}). One answer in ten grows for seconds and is shown meanwhile. The server is a strict double: it refuses what Telegram refuses and counts calls that come too fast.`,
  run: measure,
};

async function measure(): Promise<Report> {
  const random = seeded(SEED);
  const options = { people: 16, groups: 4, perChat: 10, everyMs: 110, random };
  const server = await TelegramServer.start({ port: freePort(), answerMs: 15 });
  server.isMixedUp = true;
  const place = makePlace();
  const port = freePort();
  const config = configure(place, server, crowdIds(options));
  let daemon = spawnDaemon(place, { config, port });
  const began = performance.now();
  try {
    await daemon.healthy();
    const writing = chatter(server, options);
    const over = new AbortController();
    const outages = goAway(server, random, over.signal);
    for (let kill = 0; kill < KILLS; kill++) {
      await Bun.sleep(LIFE_MS_MIN + random() * (LIFE_MS_MAX - LIFE_MS_MIN));
      await daemon.kill();
      daemon = spawnDaemon(place, { config, port });
      await daemon.healthy();
    }
    const repeated = await writing;
    over.abort();
    const gone = await outages;
    const seconds = (performance.now() - began) / 1_000;
    const letters = await settle(server, daemon, options);
    return report(tally(server, options, letters), server, { repeated, gone, seconds });
  } catch (error) {
    console.error(daemon.output());
    throw error;
  } finally {
    await daemon.stop();
    await server.stop();
    place.remove();
  }
}

function configure(place: Place, server: TelegramServer, allow: readonly number[]): string {
  const model = readFileSync(scripted(place, SCRIPT), "utf8");
  const telegram = { token: TOKEN, apiRoot: server.url, allow };
  return place.write("moult.yaml", `${model}channels:\n  telegram: ${JSON.stringify(telegram)}\n`);
}

/** Closes the port for a moment, every few seconds. Returns how often. */
async function goAway(
  server: TelegramServer,
  random: () => number,
  over: AbortSignal,
): Promise<number> {
  let count = 0;
  while (!over.aborted) {
    await Bun.sleep(1_000 + random() * 2_000);
    await server.stop();
    await Bun.sleep(50 + random() * 400);
    await server.start();
    count++;
  }
  return count;
}

/** Waits until every message is answered or listed, and nothing more comes. */
async function settle(
  server: TelegramServer,
  daemon: Daemon,
  options: Parameters<typeof settled>[1],
): Promise<readonly Letter[]> {
  const total = crowdIds(options).length * options.perChat;
  const ask = async (): Promise<readonly Letter[]> =>
    (await (await daemon.ask("/api/letters")).json()) as readonly Letter[];
  try {
    await until(
      "all answers",
      async () => (settled(server, options, await ask()) >= total ? true : undefined),
      { limitMs: 90_000, everyMs: 100 },
    );
  } catch {
    // What is missing is the finding.
  }
  // A second answer would come now.
  await Bun.sleep(3_000);
  return await ask();
}

function report(
  { lost, twice, disordered, unfinished, unknown, unknownSeen, dead }: Tally,
  server: TelegramServer,
  { repeated, gone, seconds }: { repeated: number; gone: number; seconds: number },
): Report {
  return {
    rows: [
      fact("kills of the daemon", KILLS),
      fact("times the server went away", gone),
      fact("messages delivered more than once", repeated),
      exactly("messages lost", lost, 0),
      exactly("messages answered twice", twice, 0),
      exactly("answers out of order within a chat", disordered, 0),
      atMost("sends with an unknown outcome, listed", unknown, KILLS, ""),
      fact("of them arrived", unknownSeen),
      exactly("replies given up", dead, 0),
      fact("growing answers left unfinished in a chat", unfinished),
      exactly("calls faster than Telegram takes them", server.violations.length, 0),
      fact("seconds with kills", seconds, "s"),
    ],
  };
}
