/** A session's items as exchanges: what one turn asked and what came of it. It knows items, not what they are for. */
import type { HistoryItem } from "../ports.ts";

/** One turn in two texts. */
export interface Exchange {
  readonly turn: string;
  readonly asked: string;
  /** What was answered, after what tools gave. */
  readonly said: string;
}

/** The exchanges among items, oldest first. What of a turn was cut off before is left out. */
export function exchangesIn(items: readonly HistoryItem[]): readonly Exchange[] {
  const turns = new Map<string, { asked: string; said: string }>();
  for (const { turn, role, content } of items) {
    const known = turns.get(turn);
    if (known === undefined) {
      if (role === "user") turns.set(turn, { asked: content, said: "" });
    } else if (role === "user") {
      known.asked += `\n${content}`;
    } else if (content !== "") {
      known.said += known.said === "" ? content : `\n${content}`;
    }
  }
  return [...turns].map(([turn, { asked, said }]) => ({ turn, asked, said }));
}

/** Whether a text asks rather than tells. */
export function isQuestion(text: string): boolean {
  return (
    /[?？]\s*$/u.test(text) ||
    /^(?:what|where|when|who|which|how|why|do|did|is|are|can)\b/iu.test(text)
  );
}

/** The sentences of a text, without what is between them. */
export function sentencesOf(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?…]["')\]]?)\s+|(?<=[。！？；])|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
}
