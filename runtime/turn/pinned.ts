/** What a user wants to be kept in sight: "Remember: …" and "记住…", and taking it back. By words alone. */
import type { Pinned } from "../../schemas/session.ts";
import { termsAskedFor, termsIn } from "./search_terms.ts";

/** Of one session; the oldest goes first. They stand in every prompt once they have left the window. */
const PINNED_MAX = 16;

/** Characters of one. */
const PINNED_CHARS_MAX = 240;

// "Remember to …" and 记得 ask for something to be done: that is a reminder, and may be a tool's work.
const REMEMBER =
  /^(?:please[,\s]+)?(?:remember|keep in mind|don't forget)(?:\s+(?:that|this))?\s*[:：,]?\s+(?!to\s)(?<text>\S.*)$|^(?:请|请你|帮我)?(?:记住|记着)\s*[:：,，]?\s*(?<han>\S.*)$/isu;
const FORGET =
  /^(?:please[,\s]+)?forget(?:\s+(?:that|this))?\s*[:：,]?\s+(?<text>\S.*)$|^(?:请|请你|帮我)?(?:忘掉|忘记|忘了)\s*[:：,，]?\s*(?<han>\S.*)$/isu;

/** What a message changes of what is pinned; `undefined`: nothing. */
export function pinnedBy(
  message: { readonly text: string; readonly turn: string; readonly at: number },
  pinned: readonly Pinned[],
): readonly Pinned[] | undefined {
  const { turn, at } = message;
  const kept = read(REMEMBER, message.text);
  if (kept !== undefined) {
    const others = pinned.filter((one) => one.turn !== turn && one.text !== kept);
    return [...others, { turn, text: kept, at }].slice(-PINNED_MAX);
  }
  const gone = termsAskedFor(read(FORGET, message.text) ?? "");
  if (gone.length === 0) return undefined;
  const left = pinned.filter(({ text }) => {
    const own = new Set(termsIn(text));
    return !gone.every((term) => own.has(term));
  });
  return left.length === pinned.length ? undefined : left;
}

function read(pattern: RegExp, message: string): string | undefined {
  const text = message.trim();
  // "Remember when we met?" asks.
  if (/[?？]$/u.test(text)) return undefined;
  const { text: latin, han } = pattern.exec(text)?.groups ?? {};
  return (latin ?? han)?.replaceAll(/\s+/gu, " ").trim().slice(0, PINNED_CHARS_MAX);
}
