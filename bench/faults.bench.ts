/** What a function that misbehaves does to the others. */
import { type Daemon, makePlace, withDaemon } from "./daemon.ts";
import { type Bench, type Report, type Row, exactly, fact, freePort, until } from "./harness.ts";
import { type Peer, REQUEST, deno, installPeers, startPeer, workerd } from "./peers.ts";

const ASKED = 5;
/** The neighbour answers within this, or it does not count. */
const PATIENCE_MS = 2_000;
/** What the caller of the broken function must be told: a code, and the reason in words. */
const WAYS = {
  loop: /^function\/limit: .*(?:CPU|time)/i,
  eat: /^function\/limit: .*memory/i,
  exit: /^function\/crashed: .*code 3/,
  abort: /^function\/crashed: .*SIGABRT/,
  hang: /^function\/limit: .*time/i,
};

/** One claim. */
export const bench: Bench = {
  title: "A function that misbehaves",
  about: `One function loops, eats memory, exits, aborts or never answers; meanwhile another one is called ${ASKED} times (an answer counts within ${PATIENCE_MS} ms). The same loop inside one isolate of deno and workerd for comparison.`,
  run: measure,
};

async function measure(): Promise<Report> {
  await installPeers();
  const place = makePlace("hello", "misbehave");
  try {
    const rows: Row[] = [];
    await withDaemon(place, {}, async (daemon) => {
      for (const [how, told] of Object.entries(WAYS))
        rows.push(...(await provoke(daemon, how, told)));
    });
    for (const peer of [deno, workerd]) rows.push(await provokePeer(peer));
    return { rows };
  } finally {
    place.remove();
  }
}

async function provoke(daemon: Daemon, how: string, told: RegExp): Promise<readonly Row[]> {
  await until("the function to come back", async () =>
    (await daemon.call("misbehave", { how: "well" })).ok ? true : undefined,
  );
  const broken = daemon.call("misbehave", { how });
  // Until it is well under way, but not over.
  await Bun.sleep(200);
  const answers = await countAnswers(() =>
    daemon.call("hello", { name: "world" }, AbortSignal.timeout(PATIENCE_MS)),
  );
  const reason = await reasonOf(await broken);
  return [
    exactly(`${how}: the other function answers`, `${answers}/${ASKED}`, `${ASKED}/${ASKED}`),
    {
      claim: `${how}: its caller is told`,
      bar: "a typed reason",
      value: reason,
      unit: "",
      pass: told.test(reason),
    },
  ];
}

async function provokePeer(peer: Peer): Promise<Row> {
  const running = await startPeer(peer, freePort());
  try {
    const post = (path: string) =>
      fetch(`http://127.0.0.1:${running.port}${path}`, {
        method: "POST",
        body: REQUEST,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    const broken = post("/fn/loop").catch(() => undefined);
    await Bun.sleep(200);
    const answers = await countAnswers(() => post("/fn/hello"));
    await broken;
    return fact(`loop in ${peer.name}: the other path answers`, `${answers}/${ASKED}`);
  } finally {
    await running.stop();
  }
}

async function countAnswers(ask: () => Promise<Response>): Promise<number> {
  const results = await Promise.allSettled(
    Array.from({ length: ASKED }, async () => (await ask()).ok),
  );
  return results.filter((result) => result.status === "fulfilled" && result.value).length;
}

async function reasonOf(response: Response): Promise<string> {
  const text = await response.text();
  const { error } = JSON.parse(text) as { error?: { code: string; message: string } };
  return error === undefined ? `${response.status} ${text}` : `${error.code}: ${error.message}`;
}
