/** What a thousand functions cost: the start, the memory, a call of each, a turn among them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Daemon, Place } from "./daemon.ts";
import { makePlace, scripted, spawnDaemon, withDaemon } from "./daemon.ts";
import { type Bench, type Report, type Row, atMost, exactly, fact, median } from "./harness.ts";
import { cpuMs, memory, tree } from "./process_tree.ts";

const MANY = 1_000;
const FEW = 10;
const ROUNDS = 3;
const TURNS = 40;
/** Callers of the thousand. */
const CLIENTS = 8;
/** File systems are slow to make files while they remember that many were just removed, as after a round. */
const FORGET_MS = 7_000;
/** Hosts without a call go after 15 s, and are looked for every 2 s. */
const SETTLE_MS = 22_000;

const VERBS = ["convert", "find", "count", "list", "plan", "track", "compare", "measure"];
const THINGS = ["invoices", "lamps", "plants", "recipes", "parcels", "tickets", "rooms", "routes"];

/** One claim. */
export const bench: Bench = {
  title: "A thousand functions",
  about: `${MANY} function files of the user, each a tool with a schema, beside the built-in ones; a scripted model, so that only moult is measured. Start: from the command to the first 200 of /readyz, all loaded; medians of ${ROUNDS}; the first start has an empty home and builds and reads every file. Memory: proportional set size of all processes after ${SETTLE_MS / 1000} s of rest.`,
  run: measure,
};

interface Start {
  readonly ms: number;
  readonly cpuS: number;
}

async function measure(): Promise<Report> {
  const first: Start[] = [];
  const second: Start[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const place = placeWith(MANY);
    await Bun.sleep(FORGET_MS);
    try {
      first.push(await start(place));
      second.push(await start(place));
    } finally {
      place.remove();
    }
  }
  const few = await live(FEW);
  const many = await live(MANY);
  const middle = (starts: readonly Start[], field: keyof Start) =>
    median(starts.map((one) => one[field]));
  return {
    rows: [
      atMost("first start → /readyz", middle(first, "ms") / 1000, 3, "s"),
      fact("first start → /readyz, CPU", middle(first, "cpuS"), "CPU-s"),
      atMost("later start → /readyz", middle(second, "ms") / 1000, 3, "s"),
      fact("later start → /readyz, CPU", middle(second, "cpuS"), "CPU-s"),
      ...memoryRows(few, many),
      exactly("called once each: right answers", many.answered, MANY),
      fact("called once each: time for all", many.callS, "s"),
      fact("called once each: processes at most", many.processesMax),
      fact(`turn with a tool call among ${FEW}: p50`, few.turnMs, "ms"),
      fact(`turn with a tool call among ${MANY}: p50`, many.turnMs, "ms"),
      atMost("prompt before the conversation, estimated", many.prefixTokens, 1_500, "tokens"),
    ],
  };
}

function memoryRows(few: Live, many: Live): Row[] {
  return [
    fact(`memory at rest with ${FEW}`, few.restMiB, "MiB"),
    fact(`memory at rest with ${MANY}`, many.restMiB, "MiB"),
    atMost("more for the others", many.restMiB - few.restMiB, 30, "MiB"),
    atMost(
      "more for the others, each called once and at rest again",
      many.afterMiB - few.afterMiB,
      30,
      "MiB",
    ),
    exactly("function processes beyond those kept warm, at rest again", many.left - few.left, 0),
  ];
}

/** Folders with this many functions. */
function placeWith(count: number): Place {
  const place = makePlace();
  for (let n = 0; n < count; n++)
    writeFileSync(join(place.functions, `${nameOf(n)}.ts`), sourceOf(n));
  return place;
}

function nameOf(n: number): string {
  return `${VERBS[n % 8] ?? ""}_${THINGS[(n >> 3) % 8] ?? ""}_${n}`;
}

function sourceOf(n: number): string {
  const [verb, thing] = nameOf(n).split("_");
  return `import { defineTool, v } from "moult";

export default defineTool({
  description: "${verb} ${thing} of place ${n}",
  input: v.object({
    name: v.pipe(v.string(), v.maxLength(80)),
    count: v.optional(v.number(), 1),
    unit: v.optional(v.picklist(["day", "week", "month"]), "day"),
  }),
  output: v.object({ name: v.string(), total: v.number() }),
  examples: [{ say: "${verb} ${thing} ${n}", input: { name: "a", count: 2 } }],
  run: ({ name, count }) => ({ name, total: count * ${n} }),
});
`;
}

async function start(place: Place): Promise<Start> {
  const config = scripted(place, [{ reply: "Yes." }]);
  const begin = performance.now();
  const daemon = spawnDaemon(place, { config });
  try {
    await daemon.ready();
    const done = { ms: performance.now() - begin, cpuS: cpuMs(daemon.pid) / 1000 };
    const loaded = await readyOf(daemon);
    if (loaded < MANY) throw new Error(`${loaded} functions are ready of ${MANY}`);
    return done;
  } finally {
    await daemon.stop();
  }
}

async function readyOf(daemon: Daemon): Promise<number> {
  const response = await daemon.ask("/api/functions");
  const all = (await response.json()) as readonly { readonly state: string }[];
  return all.filter(({ state }) => state === "ready").length;
}

interface Live {
  readonly restMiB: number;
  readonly afterMiB: number;
  /** Processes at the end. */
  readonly left: number;
  readonly processesMax: number;
  readonly answered: number;
  readonly callS: number;
  readonly turnMs: number;
  readonly prefixTokens: number;
}

async function live(count: number): Promise<Live> {
  const place = placeWith(count);
  const config = scripted(place, [
    { onTool: "*", reply: "{{result.total}}" },
    { call: { name: nameOf(count - 1), arguments: { name: "a", count: 3 } } },
  ]);
  try {
    return await withDaemon(place, { config }, async (daemon) => {
      await Bun.sleep(SETTLE_MS);
      const restMiB = memory(daemon.pid).pssMiB;
      const called = await callAll(daemon, count);
      const turns = await takeTurns(daemon, count);
      await Bun.sleep(SETTLE_MS);
      const afterMiB = memory(daemon.pid).pssMiB;
      return { restMiB, afterMiB, left: tree(daemon.pid).length, ...called, ...turns };
    });
  } finally {
    place.remove();
  }
}

async function callAll(daemon: Daemon, count: number) {
  let answered = 0;
  let processesMax = 0;
  let next = 0;
  const caller = async () => {
    for (let n = next++; n < count; n = next++) {
      const response = await daemon.call(nameOf(n), { name: "a", count: 2 });
      const { total } = (await response.json()) as { readonly total?: number };
      if (total === 2 * n) answered++;
      if (n % 50 === 0) processesMax = Math.max(processesMax, tree(daemon.pid).length);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, caller));
  return { answered, processesMax, callS: (performance.now() - began) / 1000 };
}

/** Turns of one session that call the same tool, so that starting its process is no part of them. */
async function takeTurns(daemon: Daemon, count: number) {
  const name = nameOf(count - 1);
  const times: number[] = [];
  let prefixTokens = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    const began = performance.now();
    const reply = await daemon.turn("bench:many", name.replaceAll("_", " "));
    times.push(performance.now() - began);
    if (reply.reply !== String(3 * (count - 1))) throw new Error(`Wrong answer: ${reply.reply}`);
    const trace = await daemon.ask(`/api/turns/${reply.turn}`);
    const { events } = (await trace.json()) as {
      readonly events: readonly { readonly prefixTokens?: number }[];
    };
    prefixTokens = Math.max(prefixTokens, ...events.map((event) => event.prefixTokens ?? 0));
  }
  return { turnMs: median(times), prefixTokens };
}
