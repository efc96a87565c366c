/** The chat that a conversation stands for: its id, and the topic where it has one. */
import { MoultError } from "../../schemas/error.ts";

/** Where a message goes. */
export interface Chat {
  readonly id: number;
  readonly topic?: number;
}

const CONVERSATION = /^(?<id>-?\d{1,16})(?::(?<topic>\d{1,16}))?$/;

/** The chat of a conversation's name; `undefined`: it is none of ours. */
export function chatNamed(conversation: string): Chat | undefined {
  const { id, topic } = CONVERSATION.exec(conversation)?.groups ?? {};
  if (id === undefined) return undefined;
  return { id: Number(id), ...(topic === undefined ? {} : { topic: Number(topic) }) };
}

/** Parameters that lead into the topic. */
export function inTopic({ topic }: Chat): { readonly message_thread_id?: number } {
  return topic === undefined ? {} : { message_thread_id: topic };
}

/** Which message shows the growing answer, as it was noted. */
export function notedMessage(noted: unknown): number | undefined {
  if (typeof noted !== "object" || noted === null || !("message" in noted)) return undefined;
  return typeof noted.message === "number" ? noted.message : undefined;
}

/** A failed delivery, as the gateway reads it. */
export function undelivered(
  outcome: "permanent" | "retry" | "later" | "unknown",
  text: string,
  retryAfterMs?: number,
): MoultError {
  const after = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new MoultError("internal", text, { outcome, ...after });
}
