/** What becomes of messages when the daemon is killed with SIGKILL, again and again, while it works. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HistoryItem } from "../runtime/ports.ts";
import { type Conversation, IN_FLIGHT, converse } from "./conversation.ts";
import { type Daemon, type Place, makePlace, scripted } from "./daemon.ts";
import { type Bench, type Report, type Row, atLeast, exactly, fact } from "./harness.ts";
import { Mortal } from "./mortal.ts";

const SEED = 20_260_101;
const MESSAGES = 200;
const SESSIONS = 5;
const KILLS_MIN = 10;

/** One claim. */
export const bench: Bench = {
  title: "Killed at random moments",
  about: `${MESSAGES} messages in ${SESSIONS} sessions, each answered by a tool call, while the daemon is killed with SIGKILL at random moments (at least ${KILLS_MIN} times, seed ${SEED}) and started again on the same home. Clients have up to ${IN_FLIGHT} messages in flight and send a message again, with the same id, until they have its reply. Once with a tool whose effect is in moult's own durable memory (\`ctx.kv\`), once with one that appends a line to a file that it may write.`,
  run: measure,
};

/** The tool call of one message. */
interface Call {
  /** It returned a result; else the error says why not. */
  readonly finished: boolean;
  readonly error: string | undefined;
  /** How often its effect is there. */
  readonly effects: number;
}

/** What the clients saw, and what the daemon says at the end. */
interface Outcome {
  readonly kills: number;
  readonly retries: number;
  readonly lost: number;
  readonly twice: number;
  readonly disordered: number;
  readonly calls: readonly Call[];
  /** Processes of a killed daemon that were still there 3 s later. */
  readonly orphans: number;
}

async function measure(): Promise<Report> {
  const inside = await survive("tally", async (daemon) => {
    const marks = (await (await daemon.call("tally", {})).json()) as {
      key: string;
      value: number;
    }[];
    return new Map(marks.map(({ key, value }) => [key, value]));
  });
  const outside = await survive("diary", async (_daemon, place) => {
    const counts = new Map<string, number>();
    const file = join(place.root, "diary", "marks.txt");
    for (const mark of existsSync(file) ? readFileSync(file, "utf8").split("\n") : [])
      if (mark !== "") counts.set(mark, (counts.get(mark) ?? 0) + 1);
    return counts;
  });
  return {
    rows: [...rows("effect in ctx.kv", inside, true), ...rows("effect in a file", outside, false)],
    notes: [
      "Values in `ctx.kv` are committed together with the record of the call, so a call that was cut off is simply made again. An effect outside of moult cannot be: a call that was cut off there is not repeated, and the model is told that it may or may not have taken effect.",
      ...[...new Set([...inside.calls, ...outside.calls].map(({ error }) => error))]
        .filter((error) => error !== undefined)
        .map((error) => `Told to the model: \`${error}\``),
    ],
  };
}

function rows(which: string, outcome: Outcome, isTransactional: boolean): Row[] {
  const count = (is: (call: Call) => boolean) => outcome.calls.filter(is).length;
  const cut = count(({ finished }) => !finished);
  const tookEffect = count(({ finished, effects }) => !finished && effects > 0);
  return [
    atLeast(`${which}: kills while messages were under way`, outcome.kills, KILLS_MIN, ""),
    fact(`${which}: messages sent again`, outcome.retries),
    exactly(`${which}: lost`, outcome.lost, 0),
    exactly(`${which}: answered twice`, outcome.twice, 0),
    exactly(`${which}: out of order`, outcome.disordered, 0),
    exactly(
      `${which}: finished calls without their effect`,
      count(({ finished, effects }) => finished && effects === 0),
      0,
    ),
    exactly(
      `${which}: effects repeated`,
      count(({ effects }) => effects > 1),
      0,
    ),
    isTransactional
      ? exactly(`${which}: calls cut off`, cut, 0)
      : fact(`${which}: calls cut off, and how many of them took effect`, `${cut}, ${tookEffect}`),
    exactly(`${which}: processes left behind`, outcome.orphans, 0),
  ];
}

async function survive(
  tool: "tally" | "diary",
  count: (daemon: Daemon, place: Place) => Promise<ReadonlyMap<string, number>>,
): Promise<Outcome> {
  const place = makePlace("tally");
  mkdirSync(join(place.root, "diary"));
  const diary = readFileSync(join(import.meta.dir, "functions/diary.ts"), "utf8");
  writeFileSync(
    join(place.functions, "diary.ts"),
    diary.replaceAll("/tmp/moult-bench-diary", join(place.root, "diary")),
  );
  const sessions = Array.from({ length: SESSIONS }, (_, session) =>
    Array.from({ length: MESSAGES / SESSIONS }, (__, index) => `m${session}x${index}`),
  );
  const config = scripted(place, [
    { match: String.raw`^m\d+x\d+$`, call: { name: tool, arguments: { mark: "{{0}}" } } },
    { onTool: tool, reply: "did {{text}}" },
  ]);
  const mortal = new Mortal(place, config, SEED);
  try {
    await mortal.start();
    await mortal.daemon.ready();
    await mortal.daemon.approve("diary");
    const clients = sessions.map((marks, index) =>
      converse(() => mortal.daemon, `bench:kill-${index}`, marks),
    );
    const isDone = Promise.all(clients);
    await mortal.dieDuring(isDone);
    const conversations = await isDone;
    await mortal.daemon.ready();
    return {
      kills: mortal.kills,
      retries: conversations.reduce((sum, one) => sum + one.retries, 0),
      ...(await inspect(mortal.daemon, conversations)),
      calls: callsOf(conversations, await count(mortal.daemon, place)),
      orphans: await mortal.orphans(),
    };
  } catch (error) {
    console.error(mortal.daemon.output());
    throw error;
  } finally {
    await mortal.daemon.kill();
    place.remove();
  }
}

const callsOf = (
  conversations: readonly Conversation[],
  counts: ReadonlyMap<string, number>,
): readonly Call[] =>
  conversations.flatMap(({ marks, replies }) =>
    marks.map((mark, index) => {
      const [call] = replies[index]?.toolCalls ?? [];
      const { error } = call ?? {};
      return {
        finished: call?.output !== undefined,
        error: error === undefined ? undefined : `${error.code}: ${error.message}`,
        effects: counts.get(mark) ?? 0,
      };
    }),
  );

/** Compares what the clients were told with what the daemon remembers. */
async function inspect(
  daemon: Daemon,
  conversations: readonly Conversation[],
): Promise<Pick<Outcome, "lost" | "twice" | "disordered">> {
  const found = { lost: 0, twice: 0, disordered: 0 };
  for (const { session, marks, replies } of conversations) {
    const response = await daemon.ask(`/api/sessions/${session}/messages`);
    const history = (await response.json()) as HistoryItem[]; // The contract's shape; another one shows as lost.
    const asked = history.filter(({ role }) => role === "user").map(({ content }) => content);
    for (const [index, mark] of marks.entries()) {
      const reply = replies[index];
      const answers = history.filter(
        (item) =>
          item.role === "assistant" && item.turn === reply?.turn && item.content === `did ${mark}`,
      ).length;
      const askedTimes = asked.filter((text) => text === mark).length;
      if (answers === 0 || askedTimes === 0 || reply?.reply !== `did ${mark}`) found.lost++;
      if (answers > 1 || askedTimes > 1) found.twice++;
      if (asked[index] !== mark) found.disordered++;
    }
  }
  return found;
}
