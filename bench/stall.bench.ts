/** What a long prompt does to those who are being answered while it is read. */
import { type ChatServer, chat } from "./chat_server.ts";
import { inRounds, middleModel, ratio, threadCounts, withBoth } from "./contest.ts";
import {
  type Bench,
  type Report,
  type Row,
  atMost,
  fact,
  median,
  option,
  until,
} from "./harness.ts";
import { Prompts } from "./prompts.ts";

const STREAMS = 2;
const PROMPT_TOKENS = 1_024;
const ROUNDS = 3;
/** Pieces of each stream before the prompt comes: both write at their pace then. */
const PIECES_BEFORE = 6;
/** More than they can write meanwhile. */
const STREAM_TOKENS = 6_000;
const CONTEXT_TOKENS = 8_192;
const BAR = 0.33;

/** One claim. */
export const bench: Bench = {
  title: "A long prompt beside others",
  about: `${STREAMS} answers are being written (0.5B, Q4_K) when a prompt of ${PROMPT_TOKENS} tokens arrives: the longest pause between two tokens of either answer until the newcomer has its first one. llama-server in turns with moult; medians of ${ROUNDS} rounds, the bar is the median of the ratios within a round.`,
  onlyByName: true,
  run: measure,
};

interface Stall {
  readonly gapMs: number;
  /** Tokens of all streams while the prompt was read. */
  readonly written: number;
  /** The newcomer's prompt → first token. */
  readonly firstMs: number;
}

async function measure(): Promise<Report> {
  const rows: Row[] = [];
  const body: string[][] = [];
  const notes = new Set<string>();
  const model = middleModel();
  for (const threads of threadCounts()) {
    const room = { model, slots: STREAMS + 1, contextTokens: CONTEXT_TOKENS, threads };
    const name = `${threads} ${threads === 1 ? "thread" : "threads"}`;
    await withBoth(room, {}, async ({ moult, peer, servers }) => {
      const results = await inRounds(servers, option("ROUNDS", ROUNDS), (server, round) =>
        interrupt(server, new Prompts(round + 1)),
      );
      const of = (server: ChatServer, field: keyof Stall) =>
        (results.get(server) ?? []).map((one) => one[field]);
      for (const server of servers) {
        const [gap, written, first] = (["gapMs", "written", "firstMs"] as const).map((field) =>
          median(of(server, field)).toFixed(0),
        ) as [string, string, string];
        body.push([name, server.name, gap, written, first]);
      }
      const claim = `${name}: longest pause`;
      if (typeof peer === "string") {
        notes.add(peer);
        rows.push(fact(claim, median(of(moult, "gapMs")), "ms"));
      } else {
        const gaps = ratio(of(moult, "gapMs"), of(peer, "gapMs"));
        rows.push(atMost(claim, gaps, BAR, "× llama-server's"));
        const firsts = ratio(of(moult, "firstMs"), of(peer, "firstMs"));
        rows.push(fact(`${name}: the newcomer's first token`, firsts, "× llama-server's"));
      }
    });
  }
  const head = ["threads", "server", "longest pause ms", "tokens meanwhile", "newcomer's ms"];
  return { rows, tables: [{ head, body }], notes: [...notes] };
}

async function interrupt(server: ChatServer, prompts: Prompts): Promise<Stall> {
  const enough = new AbortController();
  const streams = Array.from({ length: STREAMS }, () => {
    const seen: Seen = { pieces: [], ended: false };
    const done = chat(server, {
      messages: [{ role: "user", content: prompts.next(16) }],
      tokensMax: STREAM_TOKENS,
      signal: enough.signal,
      onPiece: (pieces) => (seen.pieces = pieces),
    }).then(
      // A newcomer that has to wait for the others' end is no pause of theirs; its own time shows it.
      () => (seen.ended = true),
      (error: unknown) => (seen.failure = error),
    );
    return { seen, done };
  });
  try {
    await eachHas(streams, () => PIECES_BEFORE);
    const newcomer = await chat(server, {
      messages: [{ role: "user", content: prompts.next(PROMPT_TOKENS) }],
      tokensMax: 1,
    });
    // A pause that began while the prompt was read ends with the next token only.
    const counts = streams.map(({ seen }) => seen.pieces.length + 1);
    await eachHas(streams, (at) => counts[at] ?? 0);
    const from = newcomer.askedAt;
    const to = from + newcomer.firstMs;
    return {
      firstMs: newcomer.firstMs,
      gapMs: Math.max(...streams.map(({ seen }) => longestPause(seen.pieces, from, to))),
      written: streams.flatMap(({ seen }) => seen.pieces).filter((at) => at > from && at < to)
        .length,
    };
  } finally {
    enough.abort();
    await Promise.all(streams.map(({ done }) => done));
  }
}

/** What is known of an answer that is being written. */
interface Seen {
  pieces: readonly number[];
  ended: boolean;
  failure?: unknown;
}

async function eachHas(
  streams: readonly { readonly seen: Seen }[],
  count: (at: number) => number,
): Promise<void> {
  await until(
    "both answers to go on",
    () => {
      const failed = streams.find(({ seen }) => seen.failure !== undefined);
      if (failed !== undefined) throw failed.seen.failure;
      const isThere = ({ pieces, ended }: Seen, at: number) => ended || pieces.length >= count(at);
      return streams.every(({ seen }, at) => isThere(seen, at)) ? true : undefined;
    },
    { limitMs: 120_000 },
  );
}

/** The longest time between two pieces that touches the span. */
function longestPause(pieces: readonly number[], from: number, to: number): number {
  let longest = 0;
  for (let at = 1; at < pieces.length; at++) {
    const [before = 0, after = 0] = [pieces[at - 1], pieces[at]];
    if (after > from && before < to) longest = Math.max(longest, after - before);
  }
  return longest;
}
