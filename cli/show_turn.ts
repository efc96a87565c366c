/** Prints a turn while it happens: the reply on standard output, everything else as dim asides. */
import { shortText } from "../runtime/short_text.ts";
import { fromWire } from "../schemas/error.ts";
import type { Outcome, Reply } from "../schemas/turn.ts";
import { aside, paint, word } from "./print.ts";
import { visible } from "./visible.ts";

/** Characters of a tool's input or output that are shown. */
const SHOWN_CHARS_MAX = 160;

/**
 * Follows one turn. Returns its outcome; `undefined` when the events ended before the turn did.
 * Throws what went wrong when nothing but an error came; a turn that failed has a reply that says so.
 */
export async function showTurn(
  events: AsyncIterable<Readonly<Record<string, unknown>>>,
): Promise<Outcome | undefined> {
  let streamed = "";
  let failure: unknown;
  let refused = "";
  const write = (text: string): void => {
    streamed += text;
    process.stdout.write(visible(text));
  };
  for await (const event of events) {
    if (event["type"] === "token") write(word(event["text"]));
    // Inside the daemon the event carries the error; over HTTP it is the error.
    else if (event["type"] === "error") failure = event["error"] ?? event;
    else if (event["type"] === "done") {
      const { reply, outcome } = replyOf(event);
      // What was streamed may be less than the reply: a resumed turn, a channel that renders.
      if (streamed.trim() !== reply.trim())
        process.stdout.write(`${streamed && "\n"}${visible(reply)}`);
      process.stdout.write("\n");
      return outcome;
    } else {
      // A call that was refused failed with those same words, which stand there already.
      if (event["type"] !== "refusal" || word(event["message"]) !== refused) showStep(event);
      if (event["error"]) refused = fromWire(event["error"]).message;
    }
  }
  if (failure !== undefined) throw fromWire(failure);
  return undefined;
}

/** The reply object: over HTTP the event is that object, inside the daemon it carries it. */
function replyOf(event: Readonly<Record<string, unknown>>): Pick<Reply, "reply" | "outcome"> {
  const reply = typeof event["reply"] === "string" ? event : event["reply"];
  return reply as Pick<Reply, "reply" | "outcome">;
}

function showStep(event: Readonly<Record<string, unknown>>): void {
  const dim = (text: string): void => aside(paint("dim", text, process.stderr));
  switch (event["type"]) {
    case "queued":
      if (Number(event["position"]) > 0)
        dim(`· waiting, ${word(event["position"])} before you${soon(event["etaMs"])}`);
      break;
    case "tool_call":
      dim(`· ${word(event["name"])} ${short(event["input"])}`);
      break;
    case "tool_result":
      if (event["error"]) {
        aside(
          paint(
            "yellow",
            `· ${word(event["name"])}: ${fromWire(event["error"]).message}`,
            process.stderr,
          ),
        );
      } else dim(`  → ${short(event["output"])} (${Math.round(Number(event["ms"]))} ms)`);
      break;
    case "compacted":
      dim(`· ${word(event["turns"])} earlier turns are now a summary; none is lost`);
      break;
    case "recalled":
      dim(`· looked up ${countOf(event["turns"])} earlier in this conversation`);
      break;
    case "pinned":
      dim(`· ${countOf(event["pinned"])} kept in mind`);
      break;
    case "refusal":
      aside(paint("yellow", `· refused: ${word(event["message"])}`, process.stderr));
      break;
    default:
  }
}

function countOf(list: unknown): string {
  const count = Array.isArray(list) ? list.length : 0;
  return count === 1 ? "1 thing" : `${count} things`;
}

function short(value: unknown): string {
  return shortText(JSON.stringify(value) ?? "", SHOWN_CHARS_MAX);
}

/** When it is its turn, where that is known. */
function soon(etaMs: unknown): string {
  return typeof etaMs === "number" ? `, about ${Math.max(1, Math.round(etaMs / 1_000))} s` : "";
}
