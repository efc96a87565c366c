/** What a call of a function costs over HTTP, confined in its own process, beside other ways to serve one. */
import { makePlace, withDaemon } from "./daemon.ts";
import {
  type Bench,
  type Report,
  atLeast,
  exactly,
  fact,
  freePort,
  median,
  round,
} from "./harness.ts";
import { type LoadResult, sendLoad } from "./load_client.ts";
import {
  REQUEST,
  type RunningPeer,
  deno,
  installPeers,
  nodeRed,
  rawBun,
  startPeer,
  workerd,
  wranglerDev,
} from "./peers.ts";

const ROUNDS = 3;
const CONNECTIONS = 32;
const OURS = "moult";

/** A server under load. */
interface Contender {
  readonly name: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly results: LoadResult[];
}

/** One claim. */
export const bench: Bench = {
  title: "Calling a function",
  about: `The same \`POST /fn/hello\` with a JSON body to every server: one round to warm up, then ${ROUNDS} interleaved rounds of 2 s, ${CONNECTIONS} keep-alive connections, one client process; medians, and medians of the ratios within a round. moult checks a key, validates input and output, and runs the function in a confined process; the others do none of that.`,
  run: measure,
};

async function measure(): Promise<Report> {
  await installPeers();
  const place = makePlace("hello");
  const peers: RunningPeer[] = [];
  try {
    for (const peer of [workerd, deno, wranglerDev, nodeRed, rawBun])
      peers.push(await startPeer(peer, freePort()));
    return await withDaemon(place, {}, async (daemon) => {
      const contenders: Contender[] = [
        {
          name: OURS,
          port: daemon.port,
          headers: { authorization: `Bearer ${daemon.key()}` },
          results: [],
        },
        ...peers.map(({ name, port }) => ({ name, port, headers: {}, results: [] })),
      ];
      // One round for every server's compiler to warm up.
      for (const contender of contenders) await hammer(contender);
      for (let turn = 0; turn < ROUNDS; turn++)
        for (const contender of contenders) contender.results.push(await hammer(contender));
      return report(contenders);
    });
  } finally {
    for (const peer of peers) await peer.stop();
    place.remove();
  }
}

const hammer = ({ port, headers }: Contender): Promise<LoadResult> =>
  sendLoad({
    port,
    headers,
    path: "/fn/hello",
    body: REQUEST,
    connections: CONNECTIONS,
    warmMs: 300,
    countMs: 2_000,
  });

function report(contenders: readonly Contender[]): Report {
  const ours = contenders[0]!;
  const ratio = (to: Contender) =>
    median(ours.results.map((result, index) => result.perSecond / to.results[index]!.perSecond));
  const rows = contenders.slice(1).map((peer) => {
    const claim = `requests per second, ratio to ${peer.name}`;
    return peer.name === workerd.name
      ? atLeast(claim, ratio(peer), 2, "×")
      : fact(claim, ratio(peer), "×");
  });
  const failures = ours.results.reduce((sum, result) => sum + result.failures, 0);
  const body = contenders.map(({ name, results }) => {
    const middle = (field: keyof LoadResult) =>
      String(round(median(results.map((result) => result[field]))));
    return [name, middle("perSecond"), middle("p50"), middle("p99"), middle("failures")];
  });
  return {
    rows: [...rows, exactly("failed requests of moult", failures, 0)],
    tables: [{ head: ["server", "requests/s", "p50 ms", "p99 ms", "failures"], body }],
  };
}
