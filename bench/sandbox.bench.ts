/** What the confinement of functions costs: a host's cold start, and the calls of a function. */
import { join } from "node:path";
import { LAYERS } from "../adapters/linux/omitted.ts";
import { PlainSandbox } from "../adapters/linux/plain.ts";
import { LinuxSandbox } from "../adapters/linux/sandbox.ts";
import type { Sandbox } from "../runtime/ports.ts";
import { type Daemon, makePlace, spawnDaemon } from "./daemon.ts";
import { type Bench, type Report, type Row, atMost, exactly, fact, median } from "./harness.ts";
import { type LoadResult, sendLoad } from "./load_client.ts";
import { REQUEST } from "./peers.ts";
import { cpuMs } from "./process_tree.ts";

const STARTS = 41;
const ROUNDS = 8;
const CONNECTIONS = 32;

/** One claim. */
export const bench: Bench = {
  title: "The sandbox",
  about: `Cold starts: from the wish for a process until it listens and is confined, ${STARTS} of each kind, interleaved; differences of medians. Calls: \`POST /fn/hello\` to two daemons, one of which runs its functions without any layer, ${CONNECTIONS} keep-alive connections, ${ROUNDS} interleaved rounds of 1.5 s after one to warm up; the median of the ratios within a round.`,
  run: async () => {
    const starts = await measureStarts();
    const calls = await measureCalls();
    return { rows: [...starts.rows, ...calls.rows], notes: starts.notes ?? [] };
  },
};

async function measureStarts(): Promise<Report> {
  const full = new LinuxSandbox();
  const bare = new LinuxSandbox({ layers: LAYERS });
  const plain = new PlainSandbox();
  const contenders = [
    { sandbox: full, read: [], ms: [] as number[] },
    { sandbox: bare, read: [], ms: [] as number[] },
    { sandbox: plain, read: [], ms: [] as number[] },
    { sandbox: full, read: [import.meta.dir], ms: [] as number[] },
  ] as const;
  const { tier, has } = full.tier();
  try {
    for (const { sandbox, read } of contenders) await coldStart(sandbox, read); // Builds what all share.
    for (let round = 0; round < STARTS; round++)
      for (const { sandbox, read, ms } of contenders) ms.push(await coldStart(sandbox, read));
  } finally {
    for (const sandbox of [full, bare, plain]) await sandbox.close();
  }
  const [inFull, inBare, inPlain, inWide] = contenders.map(({ ms }) => median(ms)) as [
    number,
    number,
    number,
    number,
  ];
  return {
    rows: [
      atMost("the full stack adds to a cold start", inFull - inBare, 25, "ms"),
      fact("a cold start under the full stack", inFull, "ms"),
      fact("without any layer", inBare, "ms"),
      fact("of a plain child process", inPlain, "ms"),
      fact("under the full stack with a folder of its own, which takes a thread", inWide, "ms"),
    ],
    notes: [`The full stack here is tier ${tier}: ${has.join("; ")}.`],
  };
}

/** Milliseconds until a blank host is up. */
async function coldStart(sandbox: Sandbox, read: readonly string[]): Promise<number> {
  const begin = performance.now();
  const files = { read, write: [], exec: [] };
  const host = await sandbox.start({ files, memoryMiB: 256, onOutput: () => undefined });
  const ms = performance.now() - begin;
  host.kill("measured");
  await host.exited;
  return ms;
}

async function measureCalls(): Promise<Report> {
  const places = [makePlace("hello"), makePlace("hello")] as const;
  const daemons: Daemon[] = [];
  try {
    const full = spawnDaemon(places[0]);
    daemons.push(full);
    const bare = spawnDaemon(places[1], { preload: join(import.meta.dir, "without_layers.ts") });
    daemons.push(bare);
    for (const daemon of daemons) await daemon.ready();
    await expectTiers(full, bare);
    const ratios: number[] = [];
    const cpu: number[] = [];
    let failures = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      // Each goes first every other time: who comes second finds the machine warmer.
      const first = await hammer(round % 2 === 0 ? full : bare);
      const second = await hammer(round % 2 === 0 ? bare : full);
      const [confined, free] = round % 2 === 0 ? [first, second] : [second, first];
      failures += confined.failures + free.failures;
      if (round === 0) continue; // Compilers warm up.
      ratios.push(confined.perSecond / free.perSecond);
      cpu.push(confined.cpuPerCall / free.cpuPerCall);
    }
    return { rows: callRows(ratios, cpu, failures) };
  } finally {
    for (const daemon of daemons) await daemon.stop();
    for (const place of places) place.remove();
  }
}

function callRows(
  ratios: readonly number[],
  cpu: readonly number[],
  failures: number,
): readonly Row[] {
  return [
    atMost("calls a second that the full stack costs", 100 * (1 - median(ratios)), 10, "%"),
    fact("CPU time that it adds to a call", 100 * (median(cpu) - 1), "%"),
    exactly("failed calls", failures, 0),
  ];
}

/** Throws unless one daemon confines its functions and the other does not. */
async function expectTiers(full: Daemon, bare: Daemon): Promise<void> {
  const tierOf = async (daemon: Daemon) =>
    /moult_sandbox_tier\{tier="(\w)"\} 1/.exec(await (await daemon.ask("/metrics")).text())?.[1];
  const tiers = [await tierOf(full), await tierOf(bare)];
  if (tiers[1] !== "E" || tiers[0] === undefined || tiers[0] > "C")
    throw new Error(`The daemons are of tiers ${tiers.join(" and ")}, not full and E`);
}

/** Sends calls for a while. The CPU time is that of the daemon and its processes. */
async function hammer(daemon: Daemon): Promise<LoadResult & { readonly cpuPerCall: number }> {
  const before = cpuMs(daemon.pid);
  const result = await sendLoad({
    port: daemon.port,
    headers: { authorization: `Bearer ${daemon.key()}` },
    path: "/fn/hello",
    body: REQUEST,
    connections: CONNECTIONS,
    warmMs: 200,
    countMs: 1_500,
  });
  return { ...result, cpuPerCall: (cpuMs(daemon.pid) - before) / result.perSecond };
}
