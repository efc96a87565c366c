/** What moult itself adds to a turn: everything but the model. */
import type { Daemon } from "./daemon.ts";
import { makePlace, scripted, withDaemon } from "./daemon.ts";
import { type Bench, type Report, type Row, atMost, fact, quantile } from "./harness.ts";
import { cpuMs } from "./process_tree.ts";

const WARM_TURNS = 60;
const TURNS = 400;
const SESSIONS = 16;
/** Each of the sessions writes this often: 40 turns a second together, eight times what OpenClaw can do at most. */
const PAUSE_MS = 400;
const PACED_TURNS = 15;

const SCRIPT = [
  { match: "hello", call: { name: "hello", arguments: { name: "world" } } },
  { onTool: "hello", reply: "Hello {{result.hello}}" },
];

/** One claim. */
export const bench: Bench = {
  title: "Turn overhead",
  about: `A scripted model that answers at once, so that only moult is measured: message over HTTP → inbox row → model → one call of a confined tool → model → reply row → HTTP answer. One session, one message after the other; ${SESSIONS} sessions that write every ${PAUSE_MS} ms; ${SESSIONS} sessions without any pause. CPU is of the whole process tree. OpenClaw 2026.9.6 without any tool call: 199 ms on a quiet machine, at most 4.9 turns/s with 16 sessions.`,
  run: measure,
};

async function measure(): Promise<Report> {
  const place = makePlace("hello");
  try {
    return await withDaemon(place, { config: scripted(place, SCRIPT) }, async (daemon) => {
      await one(daemon, "warm", WARM_TURNS);
      const rows = [
        ...(await rowsOf("1 session", daemon, () => one(daemon, "alone", TURNS))),
        ...(await rowsOf(`${SESSIONS} sessions, paced`, daemon, () => paced(daemon))),
      ];
      const crowd = () => many((index) => one(daemon, `crowd-${index}`, TURNS / SESSIONS));
      rows.push(...(await rowsOf(`${SESSIONS} sessions, no pause`, daemon, crowd, false)));
      return { rows };
    });
  } finally {
    place.remove();
  }
}

/** Runs turns and makes the rows of them. */
async function rowsOf(
  which: string,
  daemon: Daemon,
  turns: () => Promise<readonly number[]>,
  isLatencyBound = true,
): Promise<Row[]> {
  const begin = performance.now();
  const cpuBefore = cpuMs(daemon.pid);
  const times = await turns();
  const perTurn = (cpuMs(daemon.pid) - cpuBefore) / times.length;
  const seconds = (performance.now() - begin) / 1000;
  const p50 = quantile(times, 0.5);
  return [
    // Without a pause every session waits for the others: its times say how many sessions there are, not what a turn costs.
    isLatencyBound ? atMost(`${which}: p50`, p50, 5, "ms") : fact(`${which}: p50`, p50, "ms"),
    fact(`${which}: p99`, quantile(times, 0.99), "ms"),
    atMost(`${which}: CPU per turn`, perTurn, 10, "CPU-ms"),
    fact(`${which}: throughput`, times.length / seconds, "turns/s"),
  ];
}

async function one(daemon: Daemon, session: string, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < count; turn++) times.push(await timed(daemon, `bench:${session}`));
  return times;
}

const many = async (
  work: (index: number) => Promise<readonly number[]>,
): Promise<readonly number[]> =>
  (await Promise.all(Array.from({ length: SESSIONS }, (_, index) => work(index)))).flat();

const paced = (daemon: Daemon): Promise<readonly number[]> =>
  many(async (index) => {
    const times: number[] = [];
    const begin = performance.now() + (index / SESSIONS) * PAUSE_MS;
    for (let turn = 0; turn < PACED_TURNS; turn++) {
      await Bun.sleep(Math.max(0, begin + turn * PAUSE_MS - performance.now()));
      times.push(await timed(daemon, `bench:paced-${index}`));
    }
    return times;
  });

/** Milliseconds of one turn, which must have called the tool and answered. */
async function timed(daemon: Daemon, session: string): Promise<number> {
  const begin = performance.now();
  const reply = await daemon.turn(session, "hello");
  const ms = performance.now() - begin;
  if (reply.outcome !== "answered" || reply.toolCalls[0]?.error !== undefined)
    throw new Error(`A turn went wrong: ${JSON.stringify(reply)}`);
  if (reply.toolCalls.length !== 1)
    throw new Error(`Expected one tool call: ${JSON.stringify(reply)}`);
  return ms;
}
