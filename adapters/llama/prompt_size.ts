/** Whether a prompt is far beyond a context, before it is made: turning megabytes into tokens takes minutes. */
import { MoultError } from "../../schemas/error.ts";
import type { ChatMessage } from "../../schemas/model.ts";

/** Characters of a token on average: no text has half as many, but runs of spaces may. */
const TOKEN_CHARS_MAX = 32;

/**
 * Checks what a prompt is made of.
 *
 * @param tools of which it may be shown one; all that it is shown count as one
 * @throws {MoultError} `input/invalid` when its characters alone say that it does not fit
 */
export function checkSize(
  messages: readonly ChatMessage[],
  tools: readonly object[],
  contextTokens: number,
): void {
  const said = messages.reduce((sum, message) => sum + charsOf(message), 0);
  const longest = tools.reduce((most, one) => Math.max(most, JSON.stringify(one).length), 0);
  const chars = said + longest;
  const promptTokens = Math.ceil(chars / TOKEN_CHARS_MAX);
  if (promptTokens <= contextTokens) return;
  throw new MoultError(
    "input/invalid",
    `The prompt has ${chars} characters, far more than the model's context of ${contextTokens} tokens holds; shorten it`,
    { promptTokens, contextTokens },
  );
}

function charsOf(message: ChatMessage): number {
  const { content } = message;
  const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
  return calls.length === 0 ? content.length : content.length + JSON.stringify(calls).length;
}
