/** Starts moult and llama-server with the same model, room and threads, and lends both to a bench. */
import { availableParallelism } from "node:os";
import type { ChatServer } from "./chat_server.ts";
import { benchModel } from "./gguf/make.ts";
import { median, option, optionList } from "./harness.ts";
import { llamaPrograms, startLlamaServer } from "./llama_server.ts";
import {
  type ModelKeys,
  type MoultServer,
  type ServerOptions,
  startMoult,
} from "./moult_server.ts";

/** Both servers, ready and idle. */
export interface Contest {
  readonly moult: MoultServer;
  /** A text says why there is none. */
  readonly peer: ChatServer | string;
  /** Those that run. */
  readonly servers: readonly ChatServer[];
}

/** Starts both, lends them to `work`, and ends them whatever happens. */
export async function withBoth<T>(
  options: ServerOptions,
  more: ModelKeys,
  work: (contest: Contest) => Promise<T>,
): Promise<T> {
  const programs = await llamaPrograms();
  const peer = typeof programs === "string" ? programs : await startLlamaServer(programs, options);
  const others = typeof peer === "string" ? [] : [peer];
  try {
    const moult = await startMoult(options, more);
    try {
      return await work({ moult, peer, servers: [moult, ...others] });
    } finally {
      await moult.stop();
    }
  } finally {
    for (const other of others) await other.stop();
  }
}

/** Runs `work` on every server in each of some rounds, in turns: who begins alternates. */
export async function inRounds<T>(
  servers: readonly ChatServer[],
  rounds: number,
  work: (server: ChatServer, round: number) => Promise<T>,
): Promise<ReadonlyMap<ChatServer, readonly T[]>> {
  const results = new Map<ChatServer, T[]>(servers.map((server) => [server, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? servers : servers.toReversed();
    for (const server of order) results.get(server)?.push(await work(server, round));
  }
  return results;
}

/** The median of the ratios within a round: what disturbs a round disturbs both. */
export function ratio(own: readonly number[], others: readonly number[]): number {
  return median(own.map((value, round) => value / (others[round] ?? Number.NaN)));
}

/** The half-billion model; `$BENCH_MODEL=tiny` tries a bench out in seconds. */
export function middleModel(): string {
  const [named = ""] = optionList("MODEL", ["0.5b"]);
  return named === "tiny" ? benchModel("tiny", "F16") : benchModel("0.5b", "Q4_K");
}

/** Thread counts to measure with: one, and two where there are as many cores. `$BENCH_THREADS` picks one. */
export function threadCounts(): readonly number[] {
  const only = option("THREADS", 0);
  if (only > 0) return [only];
  return availableParallelism() > 1 ? [1, 2] : [1];
}
