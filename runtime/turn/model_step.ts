/** One model call of a turn: tokens shown as they come, failures of the model's process waited out. */
import type { Clock, Model } from "../ports.ts";
import { MoultError, isMoultError } from "../../schemas/error.ts";
import type { Finish, GenerateRequest, GenerateUsage, ToolCall } from "../../schemas/model.ts";
import type { LiveTurn } from "./live.ts";
import { AnswerText } from "./tool_text.ts";

/** A restarted model host is ready well within this. */
const RETRY_MS_MAX = 60_000;

/** First pause between tries; each further one is twice as long. */
const PAUSE_MS_FIRST = 100;
const PAUSE_MS_MAX = 5_000;

/** What a model call gave. */
export interface ModelAnswer {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly finish: Finish;
  /** The text ended in a call that was broken off; it is not part of `text`. */
  readonly cut: boolean;
  readonly usage: GenerateUsage;
  readonly promptHash: string;
  /** When the first token or call came, in milliseconds since the epoch; 0 when none came. */
  readonly firstAt: number;
}

/** Who is asked, and who reads along. */
export interface Asking {
  readonly model: Model;
  readonly clock: Clock;
  readonly live: LiveTurn;
  /** What may be said instead of the model's text. With it, the text is shown when it is whole. */
  readonly check?: (text: string) => string;
}

/**
 * Asks the model, again when its process died or its queue is full.
 *
 * @throws {MoultError} `model/unavailable` or `queue/full`, when that does not pass
 */
export async function askModel(asking: Asking, request: GenerateRequest): Promise<ModelAnswer> {
  const { model, clock, live } = asking;
  const giveUpAt = clock.now() + RETRY_MS_MAX;
  const shown = { chars: 0 };
  for (let pauseMs = PAUSE_MS_FIRST; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
    try {
      return await askOnce(asking, request, shown);
    } catch (error) {
      const { state, coming = false } = model.status();
      // A download may take an hour: whoever asks should hear so, and not sit there.
      const loading = state === "loading" && !coming;
      const passes = loading || isPassing(error, giveUpAt - clock.now());
      if (live.stopped !== undefined || !isMoultError(error) || !passes) throw error;
      await pause(model, pauseMs, live.signal);
    }
  }
}

/** Whether it may be over before the time that is left. */
function isPassing(error: unknown, leftMs: number): boolean {
  if (!isMoultError(error) || leftMs <= 0) return false;
  const afterMs = error.details?.["retryAfterMs"];
  if (error.code === "queue/full") return typeof afterMs !== "number" || afterMs <= leftMs;
  return error.code === "model/unavailable" && error.details?.["restarting"] === true;
}

async function askOnce(
  { model, clock, live, check }: Asking,
  request: GenerateRequest,
  shown: { chars: number },
): Promise<ModelAnswer> {
  const answer = answerTo(request);
  const calls: ToolCall[] = [];
  const askedAt = clock.now();
  let firstAt = 0;
  const show = shower(live, shown);
  // What is checked is shown when it is whole.
  const say = check === undefined ? show : (): void => undefined;
  for await (const event of model.generate(request, live.signal)) {
    switch (event.type) {
      case "queued":
        live.show(live.next({ ...event }));
        break;
      case "thought":
        break;
      case "token":
        firstAt ||= clock.now();
        say(answer.push(event.text));
        break;
      case "tool_call":
        firstAt ||= clock.now();
        calls.push(event.call);
        break;
      case "done": {
        say(answer.end());
        const text = checkedBy(calls.length === 0 ? check : undefined, answer.text);
        if (check) show(text);
        const { finish, usage, promptHash } = event;
        // A call is handed over whole, some time after its first token.
        const first = Math.min(firstAt, askedAt + usage.firstTokenMs);
        return { text, cut: answer.cut, calls, finish, usage, promptHash, firstAt: first };
      }
    }
  }
  throw new MoultError("model/unavailable", "The model ended without an answer");
}

/** A call that came instead of a text needs no check. */
function checkedBy(check: Asking["check"], text: string): string {
  return check === undefined ? text : check(text);
}

function answerTo({ tools = [] }: GenerateRequest): AnswerText {
  return new AnswerText(tools.map(({ name }) => name));
}

/** Shows pieces of text. After a restart the model says the same again: what a client has seen is not shown twice. */
function shower(live: LiveTurn, shown: { chars: number }): (piece: string) => void {
  let chars = 0;
  return (piece) => {
    const text = piece.slice(Math.max(shown.chars - chars, 0));
    chars += piece.length;
    shown.chars = Math.max(shown.chars, chars);
    if (text !== "") live.show(live.next({ type: "token", text }));
  };
}

/** Waits, but no longer than until the model is ready or the turn is stopped. */
function pause(model: Model, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      unwatch();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    const unwatch = model.watch(({ state }) => {
      if (state === "ready") end();
    });
    signal.addEventListener("abort", end);
  });
}
