/**
 * The agent loop: one message in, model and tool steps, one reply out.
 *
 * Every step is written down when it ends, and a call also before it begins. A turn that is resumed goes the same way
 * again and takes from the journal what it finds there. It knows neither transports nor how functions run.
 */
import type { HistoryItem, InboxRow } from "../ports.ts";
import { type MoultError, isMoultError, toWire } from "../../schemas/error.ts";
import type { ToolCall } from "../../schemas/model.ts";
import {
  NOTHING_USED,
  type Outcome,
  type ToolCallRecord,
  type TraceEvent,
  type Usage,
} from "../../schemas/turn.ts";
import { believed } from "./believed.ts";
import type { LiveTurn, Shown } from "./live.ts";
import { type ModelAnswer, askModel } from "./model_step.ts";
import type { TurnParts } from "./parts.ts";
import { modelKnown, needsModel } from "./model_known.ts";
import { isInstructionsOnly } from "./prefix.ts";
import { Prompt, type Told } from "./prompt.ts";
import { pendingNotice } from "./pending_notice.ts";
import { answerIn, isAsked, type Question, questionAbout } from "./question.ts";
import { type ModelStep, Recorded } from "./recorded.ts";
import { type Called, interrupted, isRefusal, isRepeatable, runCall } from "./tool_step.ts";

/** Model steps of one turn. More is a model that runs in circles. */
export const STEPS_MAX = 8;

/** Calls of one model step; further ones are not made. */
export const CALLS_MAX = 8;

/** A message that ends the daemon each time must not do so for ever. */
const ATTEMPTS_MAX = 100;

/** The embedded model says a sentence about a result; more is a loop. */
const SENTENCE_TOKENS_MAX = 160;

/** A turn ends after this, whatever it waits for. */
export const TURN_MS_MAX = 600_000;

/** How a turn ended, before it is written down. */
export interface Ending {
  readonly outcome: Outcome;
  /** What the agent says. */
  readonly text: string;
  readonly toolCalls: readonly ToolCallRecord[];
  readonly usage: Omit<Usage, "totalMs">;
  /** What the session keeps of it. */
  readonly history: readonly Omit<HistoryItem, "turn" | "at">[];
  /** The model no longer sees what the session held before. @default false */
  readonly reset?: boolean;
  /** Events that are not in the journal yet. */
  readonly events: readonly TraceEvent[];
}

/** A turn that the daemon's end has stopped: nothing is to be written, the next start resumes it. */
export const SUSPENDED = Symbol("suspended");

/**
 * Runs a turn, or what is left of it.
 *
 * @throws {MoultError} only what the store failed with: the turn is still in the inbox then
 */
export async function runTurn(
  parts: TurnParts,
  row: InboxRow,
  live: LiveTurn,
  past: readonly TraceEvent[],
): Promise<Ending | typeof SUSPENDED> {
  const timer = setTimeout(() => live.stop("time"), parts.turnMsMax ?? TURN_MS_MAX);
  if (needsModel(parts, row)) await modelKnown(parts.model, live.signal);
  const turn = new Turn(parts, row, live, new Recorded(past));
  try {
    return await turn.run();
  } catch (error) {
    if (live.stopped === "closing") return SUSPENDED;
    if (isMoultError(error) && error.details?.["storage"] !== undefined) throw error;
    return turn.failed(error);
  } finally {
    clearTimeout(timer);
  }
}

class Turn {
  readonly #parts: TurnParts;
  readonly #row: InboxRow;
  readonly #live: LiveTurn;
  readonly #recorded: Recorded;
  readonly #prompt: Prompt;
  readonly #records: ToolCallRecord[] = [];
  /** Name and arguments of calls that failed: making one again leads nowhere. */
  readonly #failed = new Set<string>();
  readonly #ids = new Set<string>();
  readonly #usage = { ...NOTHING_USED };
  /** The call that a person has said yes to. */
  #agreed: ToolCall | undefined;
  /** Numbered events that go into the journal with the next ones. */
  #unsaved: TraceEvent[] = [];

  constructor(parts: TurnParts, row: InboxRow, live: LiveTurn, recorded: Recorded) {
    this.#parts = parts;
    this.#row = row;
    this.#live = live;
    this.#recorded = recorded;
    this.#prompt = new Prompt(parts, row);
  }

  async run(): Promise<Ending | typeof SUSPENDED> {
    if (this.#row.attempts >= ATTEMPTS_MAX) {
      return this.#end("failed", `I gave this up after ${ATTEMPTS_MAX} interrupted attempts.`);
    }
    const { work } = this.#row;
    if (work?.kind === "call") {
      const ending = await this.#given({ id: "call_1", name: work.name, arguments: work.input });
      if (ending !== undefined) return ending;
    }
    const answer = await answerIn(this.#parts.store, this.#row);
    if (answer?.isYes === false) return this.#end("answered", "Then I leave it.");
    for (const told of await this.#prompt.load()) this.#note(told);
    return (answer && (await this.#agreedTo(answer.question))) ?? (await this.#think());
  }

  /** Model and tool steps until there is an answer. */
  async #think(): Promise<Ending | typeof SUSPENDED> {
    for (let step = 0; step < STEPS_MAX; step++) {
      if (this.#live.stopped !== undefined) return this.#stopped(this.#live.stopped);
      const answer = this.#recorded.step(step) ?? (await this.#askModel(step));
      if (this.#live.stopped !== undefined) return this.#stopped(this.#live.stopped);
      this.#count(answer);
      if (answer.calls.length === 0) return this.#answered(answer);
      this.#prompt.addCalls(answer.text, answer.calls);
      const ending = await this.#callAll(answer.calls);
      if (ending !== undefined) return ending;
    }
    return this.#end("failed", `I stopped after ${STEPS_MAX} steps without finding an answer.`);
  }

  /** Makes calls one after another. `undefined`: the model is to read what came of them. */
  async #callAll(calls: readonly ToolCall[]): Promise<Ending | typeof SUSPENDED | undefined> {
    for (const [n, call] of calls.entries()) {
      if (await this.#isAsked(call)) return this.#ask(call, calls.slice(n + 1));
      const { record } = await this.#call(call);
      if (this.#live.stopped !== undefined) return this.#stopped(this.#live.stopped);
      if (this.#isRepeatedFailure(record)) {
        const why = record.error?.message ?? "";
        return this.#withNotice(this.#end("failed", `I could not do this. ${why}`));
      }
      this.#prompt.addResult(record);
    }
    return undefined;
  }

  /** Makes the call that a person has said yes to. Of another version it was not said. */
  async #agreedTo({
    name,
    version,
    input,
  }: Question): Promise<Ending | typeof SUSPENDED | undefined> {
    const call = { id: "call_1", name, arguments: input };
    this.#ids.add(call.id);
    if (this.#parts.functions.get(name)?.version === version) this.#agreed = call;
    this.#prompt.offer(name);
    this.#prompt.addCalls("", [call]);
    return await this.#callAll([call]);
  }

  async #isAsked(call: ToolCall): Promise<boolean> {
    if (call === this.#agreed || this.#recorded.begun(call.id)) return false;
    const { principal } = this.#row;
    return await isAsked(this.#parts.functions, call, { principal, signal: this.#live.signal });
  }

  /** Ends the turn with a question. Neither its call is made nor those after it. */
  #ask(call: ToolCall, later: readonly ToolCall[] = []): Ending | typeof SUSPENDED {
    if (this.#live.stopped !== undefined) return this.#stopped(this.#live.stopped);
    const { question, words, records } = questionAbout(call, later, this.#parts.functions);
    for (const record of records) this.#prompt.addResult(record);
    this.#records.push(...records);
    this.#note(question);
    return this.#end("refused", words);
  }

  /** Makes a call that no model asked for. Its result ends the turn; instructions do not, the model follows them. */
  async #given(call: ToolCall): Promise<Ending | typeof SUSPENDED | undefined> {
    this.#ids.add(call.id);
    this.#prompt.offer(call.name);
    this.#prompt.addCalls("", [call]);
    if (await this.#isAsked(call)) return this.#ask(call);
    const { record } = await this.#call(call);
    if (this.#live.stopped !== undefined) return this.#stopped(this.#live.stopped);
    this.#prompt.addResult(record);
    if (record.error !== undefined) {
      const outcome = isRefusal(record.error) ? "refused" : "failed";
      return this.#end(outcome, `${call.name} failed: ${record.error.message}`);
    }
    if (this.#isInstructions(call.name)) return undefined;
    const { output = "" } = record;
    // Nothing is said, and nothing sent, where there is nothing to say.
    const text = output === null ? "" : output;
    return this.#end("answered", typeof text === "string" ? text : JSON.stringify(text));
  }

  /** The ending of a turn that cannot go on. */
  failed(error: unknown): Ending | typeof SUSPENDED {
    if (this.#live.stopped !== undefined) return this.#stopped(this.#live.stopped);
    const wire = toWire(error);
    const { turn, session } = this.#row;
    const facts = {
      turn,
      session,
      code: wire.code,
      ...(isMoultError(error) ? {} : { error }),
    };
    this.#parts.log.error(facts, "A turn failed");
    this.#note({ type: "error", error: wire });
    return this.#end("failed", explain(wire));
  }

  async #askModel(step: number): Promise<ModelStep> {
    const { messages, tools, prefixTokens, windowItems } = this.#prompt.next();
    const { model, clock } = this.#parts;
    const check = this.#check();
    const answer = await askModel(
      { model, clock, live: this.#live, ...(check === undefined ? {} : { check }) },
      {
        // Nobody waits at a clock; people go first.
        lane: this.#row.work?.kind === "call" ? "cron" : "interactive",
        messages,
        tools,
        tokensMax: check === undefined ? this.#prompt.replyTokens : SENTENCE_TOKENS_MAX,
        session: this.#row.session,
      },
    );
    const { usage, firstAt } = answer;
    const event: ModelStep & { seq: number; at: number } = this.#live.next({
      type: "model",
      step,
      text: answer.text,
      calls: this.#distinct(answer),
      finish: answer.finish,
      cut: answer.cut,
      promptHash: answer.promptHash,
      ...usage,
      firstTokenMs: firstAt === 0 ? 0 : Math.max(Math.round(firstAt - this.#row.acceptedAt), 1),
      prefixTokens,
      windowItems,
      tools: tools.map(({ name }) => name),
    });
    this.#unsaved.push({ ...event });
    return event;
  }

  /** The embedded model is not believed about results: what it says has to be in them. */
  #check(): ((text: string) => string) | undefined {
    if (!this.#parts.model.status().embedded) return undefined;
    const results = this.#records.filter(({ name }) => !this.#isInstructions(name));
    return believed({ asked: this.#row.text, told: this.#prompt.told, results });
  }

  #isInstructions(name: string): boolean {
    const manifest = this.#parts.functions.get(name)?.manifest;
    return manifest !== undefined && isInstructionsOnly(manifest);
  }

  /** At most `CALLS_MAX` calls, each with an id that no other call of the turn has. */
  #distinct({ calls }: ModelAnswer): readonly ToolCall[] {
    return calls.slice(0, CALLS_MAX).map((call) => {
      const taken = this.#ids.has(call.id);
      const id = taken ? `${call.id}_${this.#ids.size + 1}` : call.id;
      this.#ids.add(id);
      return this.#prompt.meant({ id, name: call.name, arguments: call.arguments });
    });
  }

  #count(step: ModelStep): void {
    for (const { id } of step.calls) this.#ids.add(id);
    this.#usage.promptTokens += step.promptTokens;
    this.#usage.cachedTokens += step.cachedTokens;
    this.#usage.completionTokens += step.completionTokens;
    this.#usage.firstTokenMs ||= step.firstTokenMs;
  }

  /** Makes a call, or takes its result from the journal. */
  async #call(call: ToolCall): Promise<Called> {
    const { store, functions } = this.#parts;
    const { turn } = this.#row;
    const done = this.#recorded.result(call.id);
    if (done !== undefined) {
      this.#records.push(done);
      return { record: done, writes: [] };
    }
    const isBegun = this.#recorded.begun(call.id);
    if (!isBegun) {
      const { id, name, arguments: input } = call;
      const event = this.#live.next({ type: "tool_call" as const, id, name, input });
      await store.journal(turn, [...this.#take(), { ...event }]);
      this.#live.show(event);
    }
    const mayRun = !isBegun || isRepeatable(functions.get(call.name)?.manifest);
    const context = { offered: this.#prompt.offered, signal: this.#live.signal };
    const called = mayRun ? await runCall(call, this.#row, functions, context) : interrupted(call);
    // The daemon ends: what was aborted is not a result.
    if (this.#live.stopped === "closing") return called;
    await this.#save(called);
    return called;
  }

  /** Writes a result down, with what the function wants to keep, in one transaction; then shows it. */
  async #save({ record, writes, refusals: others = [] }: Called): Promise<void> {
    const { input: _input, ...result } = record;
    const event = this.#live.next({ type: "tool_result" as const, ...result });
    const refusals = [
      ...others.map((message) => ({ code: "policy/denied", message })),
      ...(isRefusal(record.error) ? [record.error] : []),
    ].map(({ code, message }) => this.#live.next({ type: "refusal" as const, code, message }));
    const events: TraceEvent[] = [...this.#take(), { ...event }];
    for (const refusal of refusals) events.push({ ...refusal });
    const kv = writes.length === 0 ? undefined : { fn: record.name, writes };
    await this.#parts.store.journal(this.#row.turn, events, kv);
    this.#records.push(record);
    this.#live.show(event);
    for (const refusal of refusals) this.#live.show(refusal);
  }

  #isRepeatedFailure(record: ToolCallRecord): boolean {
    if (record.error === undefined) return false;
    const key = `${record.name} ${JSON.stringify(record.input)}`;
    const isRepeated = this.#failed.has(key);
    this.#failed.add(key);
    return isRepeated;
  }

  #answered(answer: ModelStep): Ending {
    if (answer.text.trim() === "" && answer.cut) {
      const message = "The model broke a tool call off";
      this.#note({ type: "refusal", code: "output/invalid", message });
      return this.#end("failed", "I could not finish that. Please say it in other words.");
    }
    const isRefused =
      this.#records.some(({ error }) => isRefusal(error)) &&
      this.#records.every(({ error }) => error !== undefined);
    return this.#withNotice(this.#end(isRefused ? "refused" : "answered", answer.text));
  }

  /** Where nothing was done: what may have been wanted, and waits for its owner. The model does not see it again. */
  #withNotice(ending: Ending): Ending {
    if (this.#records.some(({ error }) => error === undefined)) return ending;
    const notice = pendingNotice(this.#parts.functions, this.#row.text);
    if (notice === undefined) return ending;
    this.#live.show(this.#live.next({ type: "token" as const, text: `\n\n${notice}` }));
    return { ...ending, text: `${ending.text}\n\n${notice}`.trim() };
  }

  #stopped(reason: NonNullable<LiveTurn["stopped"]>): Ending | typeof SUSPENDED {
    if (reason === "closing") return SUSPENDED;
    if (reason === "cancelled") return this.#end("cancelled", "Cancelled.");
    const minutes = Math.ceil((this.#parts.turnMsMax ?? TURN_MS_MAX) / 60_000);
    return this.#end("failed", `I stopped, because this took longer than ${minutes} minutes.`);
  }

  #end(outcome: Outcome, text: string): Ending {
    return {
      outcome,
      text: text.trim(),
      toolCalls: this.#records,
      usage: { ...this.#usage },
      history: this.#prompt.history(text),
      events: this.#take(),
    };
  }

  /** Shows an event now and writes it down with the ending. */
  #note(event: Told | Extract<Shown, { type: "refusal" | "error" | "question" }>): void {
    const numbered = this.#live.next(event);
    this.#unsaved.push({ ...numbered });
    this.#live.show(numbered);
  }

  #take(): TraceEvent[] {
    const events = this.#unsaved;
    this.#unsaved = [];
    return events;
  }
}

/** What a user is told when a turn cannot go on. */
function explain({ code, message }: Pick<MoultError, "code" | "message">): string {
  if (code === "model/unavailable")
    return `I cannot answer now, my model is not available: ${message}.`;
  if (code === "queue/full") return "I cannot answer now, too many requests are waiting.";
  return `I cannot answer this: ${message}.`;
}
