/**
 * What a very small model may say: of results only what they bear out, and nothing of actions that did not happen.
 * Knows messages; the rules are the runtime's.
 */
import { isRecord } from "../../runtime/record.ts";
import { claimsAction, nothingDone } from "../../runtime/turn/claims.ts";
import { faithful } from "../../runtime/turn/statement.ts";
import type { ChatMessage, GenerateRequest } from "../../schemas/model.ts";
import type { ToolCallRecord } from "../../schemas/turn.ts";

type Result = Pick<ToolCallRecord, "name" | "input" | "output" | "error">;

/** The text as it may be said, or what is true instead. */
export function checkedText(text: string, { messages, tools = [] }: GenerateRequest): string {
  const from = messages.findLastIndex(({ role }) => role === "user");
  const asked = messages[from]?.content ?? "";
  const last = messages.slice(from);
  const results = resultsIn(last);
  if (results.length > 0) return faithful(text, asked, results);
  const isAnswer = last.some(({ role }) => role === "tool");
  if (isAnswer || tools.length === 0 || !claimsAction(text, asked)) return text;
  return nothingDone(asked);
}

/** Text on its way to people. What has to be checked is held back until it is whole. */
export class CheckedText {
  readonly #request: GenerateRequest;
  readonly #pass: (text: string) => void;
  readonly #holds: boolean;
  #held = "";

  /** @param checks Whether the model is one that has to be checked. */
  constructor(request: GenerateRequest, checks: boolean, pass: (text: string) => void) {
    const { tools = [], messages } = request;
    this.#request = request;
    this.#pass = pass;
    this.#holds = checks && (tools.length > 0 || messages.at(-1)?.role === "tool");
  }

  push(text: string): void {
    if (this.#holds) this.#held += text;
    else this.#pass(text);
  }

  /** Says what was held back. Beside a call it is not the answer, and stays as it is. */
  end(calls: number): void {
    const text = this.#holds && calls === 0 ? checkedText(this.#held, this.#request) : this.#held;
    this.#held = "";
    if (text !== "") this.#pass(text);
  }
}

/** The results since the last request. A text may be instructions instead: nothing is read out of it. */
function resultsIn(messages: readonly ChatMessage[]): readonly Result[] {
  const inputs = new Map(
    messages.flatMap((message) =>
      message.role === "assistant"
        ? (message.toolCalls ?? []).map((call) => [call.id, call.arguments] as const)
        : [],
    ),
  );
  return messages.flatMap((message): readonly Result[] => {
    if (message.role !== "tool") return [];
    const output = parse(message.content);
    if (output === undefined || typeof output === "string") return [];
    const base = { name: message.name, input: inputs.get(message.id) };
    const failure = isRecord(output) ? failureOf(output["error"]) : undefined;
    return [failure === undefined ? { ...base, output } : { ...base, error: failure }];
  });
}

function failureOf(error: unknown): Result["error"] | undefined {
  const message = isRecord(error) ? error["message"] : error;
  return typeof message === "string" ? { code: "tool/failed", message } : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
