/** How long a person waits until the answer begins. */
import { makePlace, withDaemon } from "./daemon.ts";
import type { Daemon } from "./daemon.ts";
import { type Bench, type Report, type Row, atMost, exactly, fact, quantile } from "./harness.ts";
import { longPrompts } from "./long_prompts.ts";
import { events } from "./sse.ts";

const SESSIONS = 10;
const MESSAGES = 30;
const WARM = 10;

/** Everyday requests; about half of them need a tool. */
const SAY = [
  "Hello!",
  "What is 17 times 23?",
  "Thank you.",
  "What time is it in Tokyo?",
  "Who are you?",
  "How many kilometres are 26.2 miles?",
  "Good morning",
  "Turn on the lamp in the kitchen.",
  "What can you do?",
  "What is 15 percent of 80?",
] as const;

interface Wait {
  /** Message sent → first `token` or `tool_call` event. */
  readonly signMs: number;
  /** Message sent → first `token` event; after the tool ran, if one was called. */
  readonly tokenMs: number;
  readonly doneMs: number;
  readonly answered: boolean;
  readonly calledTool: boolean;
}

/** One claim. */
export const bench: Bench = {
  title: "First token",
  about: `Message over HTTP → events of the answer, embedded model, warm: ${SESSIONS} sessions of ${MESSAGES} messages, one after the other. The first sign is the first word of the answer or the call of a tool, whichever comes first. Then prompts of 600 tokens over \`/v1\`, medians.`,
  run: measure,
};

async function measure(): Promise<Report> {
  const place = makePlace();
  try {
    return await withDaemon(place, {}, async (daemon) => {
      await talk(daemon, "bench:warm", WARM);
      const waits: Wait[] = [];
      for (let session = 0; session < SESSIONS; session++)
        waits.push(...(await talk(daemon, `bench:first-${session}`, MESSAGES)));
      return report(waits, await longPrompts(daemon));
    });
  } finally {
    place.remove();
  }
}

async function talk(daemon: Daemon, session: string, count: number): Promise<Wait[]> {
  const waits: Wait[] = [];
  for (let index = 0; index < count; index++)
    waits.push(await wait(daemon, session, SAY[index % SAY.length] ?? ""));
  return waits;
}

async function wait(daemon: Daemon, session: string, text: string): Promise<Wait> {
  const begin = performance.now();
  const response = await daemon.ask(`/api/sessions/${session}/messages`, {
    method: "POST",
    body: JSON.stringify({ text, stream: true }),
    signal: AbortSignal.timeout(60_000),
  });
  const first = new Map<string, number>();
  let outcome = "";
  for await (const { event, data } of events(response)) {
    if (!first.has(event)) first.set(event, performance.now() - begin);
    if (event === "done") ({ outcome } = data as { outcome: string });
  }
  const tokenMs = first.get("token") ?? Number.POSITIVE_INFINITY;
  return {
    tokenMs,
    signMs: Math.min(tokenMs, first.get("tool_call") ?? Number.POSITIVE_INFINITY),
    doneMs: first.get("done") ?? Number.POSITIVE_INFINITY,
    answered: outcome === "answered",
    calledTool: first.has("tool_call"),
  };
}

function report(waits: readonly Wait[], more: readonly Row[]): Report {
  const at = (field: "signMs" | "tokenMs" | "doneMs", q: number, of = waits) =>
    quantile(
      of.map((one) => one[field]),
      q,
    );
  const text = waits.filter((one) => !one.calledTool);
  const tool = waits.filter((one) => one.calledTool);
  return {
    rows: [
      fact("first sign: p50", at("signMs", 0.5), "ms"),
      atMost("first sign: p99", at("signMs", 0.99), 200, "ms"),
      fact("answers without a tool, first token: p50", at("tokenMs", 0.5, text), "ms"),
      fact("answers without a tool, first token: p99", at("tokenMs", 0.99, text), "ms"),
      fact("answers by a tool, first token after it ran: p50", at("tokenMs", 0.5, tool), "ms"),
      fact("answers by a tool, first token after it ran: p99", at("tokenMs", 0.99, tool), "ms"),
      fact("whole answer: p50", at("doneMs", 0.5), "ms"),
      exactly("messages that were not answered", waits.filter((one) => !one.answered).length, 0),
      ...more,
    ],
    notes: [`${waits.length} messages, ${tool.length} of them answered by a tool call.`],
  };
}
