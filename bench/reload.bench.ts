/** How soon a saved file answers, and what saving does to those who call meanwhile. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Daemon, type Place, makePlace, withDaemon } from "./daemon.ts";
import {
  type Bench,
  type Report,
  type Row,
  atMost,
  exactly,
  fact,
  freePort,
  quantile,
  round,
  until,
} from "./harness.ts";
import { type Peer, REQUEST, installPeers, startPeer, versionOf, watching } from "./peers.ts";

const SAVES = 25;
const SAVES_UNDER_LOAD = 60;
const CLIENTS = 8;
const PEER_SAVES = 9;

/** One claim. */
export const bench: Bench = {
  title: "Saving a file",
  about: `Save → the new version answers over \`/fn\`, ${SAVES} saves each. Then ${SAVES_UNDER_LOAD} saves while ${CLIENTS} clients call without a pause: a third plain writes, a third torn writes (60 bytes, then all of it 2 ms later), a third atomic renames. A version regression is an answer older than one which the same client has already seen. Beside: servers that watch their file, ${PEER_SAVES} saves each.`,
  run: measure,
};

async function measure(): Promise<Report> {
  const rows = await measureOurs();
  await installPeers();
  const body: string[][] = [];
  for (const peer of watching) body.push(await reloadsOf(peer));
  return {
    rows,
    tables: [{ head: ["beside", "save → new version, p50", "failed requests meanwhile"], body }],
  };
}

async function measureOurs(): Promise<readonly Row[]> {
  const place = makePlace();
  mkdirSync(join(place.root, "granted"));
  const plain = (version: number) => source(version, "");
  const granted = (version: number) =>
    source(version, `  permissions: { read: [${JSON.stringify(join(place.root, "granted"))}] },\n`);
  save(place, "plain", plain(0));
  save(place, "granted", granted(0));
  try {
    return await withDaemon(place, {}, async (daemon) => {
      await daemon.approve("granted");
      return [
        ...rowsOf("no file access", 30, await reloads(daemon, place, "plain", plain)),
        ...rowsOf("with file access", 100, await reloads(daemon, place, "granted", granted)),
        ...(await saveUnderLoad(daemon, place, plain)),
      ];
    });
  } finally {
    place.remove();
  }
}

function source(version: number, permissions: string): string {
  return `import { defineTool, v } from "moult";

export default defineTool({
  description: "Tells its version.",
  input: v.object({}),
${permissions}  run: () => ({ version: ${version} }),
});
`;
}

const rowsOf = (which: string, bar: number, times: readonly number[]): Row[] => [
  atMost(`${which}: p50`, quantile(times, 0.5), bar, "ms"),
  fact(`${which}: slowest of ${SAVES}`, Math.max(...times), "ms"),
];

/** Milliseconds from each save to the first answer of its version. */
async function reloads(
  daemon: Daemon,
  place: Place,
  name: string,
  at: (version: number) => string,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let version = 1; version <= SAVES; version++) {
    // Saves of a person do not come in a row; the pool of blank hosts has time to fill again.
    await Bun.sleep(150);
    const begin = performance.now();
    save(place, name, at(version));
    await until(
      `version ${version} of ${name}`,
      async () => ((await ask(daemon, name)) === version ? true : undefined),
      { everyMs: 0, limitMs: 10_000 },
    );
    times.push(performance.now() - begin);
  }
  return times;
}

async function saveUnderLoad(
  daemon: Daemon,
  place: Place,
  at: (version: number) => string,
): Promise<readonly Row[]> {
  const first = 1_000;
  const last = first + SAVES_UNDER_LOAD - 1;
  const seen = { answers: 0, failures: 0, regressions: 0, problems: new Set<string>() };
  const over = new AbortController();
  const client = async () => {
    for (let newest = 0; !over.signal.aborted;) {
      try {
        const version = await ask(daemon, "plain");
        if (version < newest) seen.regressions++;
        newest = Math.max(newest, version);
        seen.answers++;
      } catch (error) {
        seen.failures++;
        if (seen.problems.size < 3) seen.problems.add(String(error));
      }
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  try {
    for (let version = first; version <= last; version++) {
      await saveSomehow(place, version, at(version));
      await Bun.sleep(80);
    }
    await until(`version ${last}`, async () =>
      (await ask(daemon, "plain")) === last ? true : undefined,
    );
  } finally {
    over.abort();
    await Promise.all(clients);
  }
  for (const problem of seen.problems) console.error(problem);
  return [
    exactly("failed requests under load", seen.failures, 0),
    exactly("version regressions under load", seen.regressions, 0),
    fact("answers under load", seen.answers),
  ];
}

async function saveSomehow(place: Place, version: number, text: string): Promise<void> {
  if (version % 3 === 0) return save(place, "plain", text);
  if (version % 3 === 1) {
    save(place, "plain", text.slice(0, 60));
    await Bun.sleep(2);
    return save(place, "plain", text);
  }
  // As editors do it: a whole file beside, then one rename.
  const beside = place.write(".saving", text);
  renameSync(beside, join(place.functions, "plain.ts"));
}

const save = (place: Place, name: string, text: string): void =>
  writeFileSync(join(place.functions, `${name}.ts`), text);

/** The version that answers; throws when none does. */
async function ask(daemon: Daemon, name: string): Promise<number> {
  const response = await daemon.call(name, {});
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return (JSON.parse(text) as { version: number }).version;
}

/** The same saves for a server that watches its file: a row of the table. */
async function reloadsOf(peer: Peer): Promise<string[]> {
  const running = await startPeer(peer, freePort());
  const times: number[] = [];
  let failures = 0;
  const versionNow = async (): Promise<number | undefined> => {
    try {
      const response = await fetch(`http://127.0.0.1:${running.port}/fn/hello`, {
        method: "POST",
        body: REQUEST,
        signal: AbortSignal.timeout(5_000),
      });
      return ((await response.json()) as { version?: number }).version;
    } catch {
      failures++;
      return undefined;
    }
  };
  try {
    for (let version = 1; version <= PEER_SAVES; version++) {
      await Bun.sleep(150);
      const begin = performance.now();
      writeFileSync(join(running.cwd, "hello.js"), versionOf(version));
      await until(
        `version ${version} of ${peer.name}`,
        async () => ((await versionNow()) === version ? true : undefined),
        { everyMs: 0 },
      );
      times.push(performance.now() - begin);
    }
  } finally {
    await running.stop();
  }
  return [peer.name, `${round(quantile(times, 0.5))} ms`, String(failures)];
}
