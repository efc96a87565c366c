/** Calls that a person is asked about first: which those are, what is asked, and what was answered to it. */
import type { Functions } from "../load/functions.ts";
import type { InboxRow, Store } from "../ports.ts";
import { canonicalJson, visible } from "../policy/asks.ts";
import { isRecord } from "../record.ts";
import { shortText } from "../short_text.ts";
import type { Principal } from "../../schemas/message.ts";
import { MoultError } from "../../schemas/error.ts";
import type { ToolCall } from "../../schemas/model.ts";
import type { ToolCallRecord } from "../../schemas/turn.ts";

/** Characters of an input that are shown in a question. */
const SHOWN_CHARS_MAX = 1_000;

/** A question is the last thing that was said; so much of a session is looked through for it. */
const HISTORY_CHARS_MAX = 100_000;

const YES = /^(?:y|yes|ok|okay|j|ja|oui|s[ií])[.!]?$/i;
const NO = /^(?:n|no|nein|non)[.!]?$/i;

/** What was asked, as the journal keeps it. */
export interface Question {
  readonly type: "question";
  readonly name: string;
  /** The version that was asked about. Another one is another question. */
  readonly version: string;
  readonly input: unknown;
}

/** Whether a person has to say yes to a call first. A predicate that fails does not say that nobody has to. */
export async function isAsked(
  functions: Functions,
  { name, arguments: input }: Pick<ToolCall, "name" | "arguments">,
  asking: { readonly principal: Principal; readonly signal?: AbortSignal },
): Promise<boolean> {
  const confirm = functions.get(name)?.manifest?.confirm ?? "never";
  if (confirm !== "asks") return confirm === "always";
  const { output, error } = await functions.run(
    name,
    { body: JSON.stringify(input ?? {}), ...asking },
    "confirm",
  );
  // What does not fit its schema is refused anyhow, by the call itself, which then says why.
  return error === undefined ? output !== false : error.code !== "input/invalid";
}

/** The question about a call, the words it is put in, and what stands for it and the calls after it meanwhile. */
export function questionAbout(
  call: ToolCall,
  later: readonly ToolCall[],
  functions: Functions,
): {
  readonly question: Question;
  readonly words: string;
  readonly records: readonly ToolCallRecord[];
} {
  const { name, arguments: input } = call;
  const versionOf = (of: string): string => functions.get(of)?.version ?? "";
  const whole = visible(canonicalJson(input) ?? "{}");
  const cut = whole.length > SHOWN_CHARS_MAX ? ` (${String(whole.length)} characters in all)` : "";
  const shown = `${shortText(whole, SHOWN_CHARS_MAX)}${cut}`;
  const message = `Nothing was done: "${name}" runs when a person has answered yes`;
  const error = { code: "policy/denied", message } as const;
  return {
    question: { type: "question", name, version: versionOf(name), input },
    words: `May I call ${name} with ${shown}? Answer yes or no.`,
    records: [call, ...later].map((one) => ({
      id: one.id,
      name: one.name,
      version: versionOf(one.name),
      input: one.arguments,
      error,
      ms: 0,
    })),
  };
}

/** What a message answers to the question that the turn before it has ended with; `undefined`: it is no answer. */
export async function answerIn(
  store: Pick<Store, "history" | "events">,
  { text, session, work }: InboxRow,
): Promise<{ readonly isYes: boolean; readonly question: Question } | undefined> {
  const words = text.trim();
  if (work !== undefined || !(YES.test(words) || NO.test(words))) return undefined;
  const last = (await store.history(session, HISTORY_CHARS_MAX)).at(-1);
  const events = last === undefined ? [] : await store.events(last.turn);
  // The journal is our own; what stands under a type was written by `turn.ts`.
  const question = events.find(({ type }) => type === "question") as Question | undefined;
  return question && { isYes: YES.test(words), question };
}

/** The refusal of a call that one function makes of another that asks a person: nobody is there to be asked. */
export function cannotAsk(name: string): MoultError {
  return new MoultError(
    "policy/denied",
    `Cannot call "${name}": it asks a person before it runs (confirm), and no function can answer that; it is for conversations`,
    { kind: "call" },
  );
}

/** The input of a call between functions, as far as it can be read before it is checked. */
export function inputOf(body: unknown): unknown {
  if (typeof body !== "string") return {};
  try {
    const input: unknown = JSON.parse(body);
    return isRecord(input) ? input : {};
  } catch {
    return {};
  }
}
