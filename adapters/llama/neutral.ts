/**
 * Keeps text that came from people, tools and files from turning into a model's control tokens.
 * Works from the model's own list of special tokens, so it holds for any model.
 */

/** Looks like a control tag, e.g. `<|im_end|>`, `</s>`, `[INST]`; not a run of spaces or a plain word. */
const TAG = /^[<[{|\u2581\uff5c].*[>\]}|\uff5c]$/su;
/** Overlapping tags need more than one pass; more passes than this mean nothing new. */
const PASSES_MAX = 4;

/** Breaks control tags in text, and mends them in what the model copied from it. */
export interface Neutral {
  /** The same text with a space inside each control tag. */
  readonly text: (text: string) => string;
  /** `text()` for every string in a JSON value, keys included. */
  readonly value: (value: unknown) => unknown;
  /** Undoes `text()` in every string of a JSON value, so that a tool gets what was written. */
  readonly restore: (value: unknown) => unknown;
}

/** @param specials Texts of the model's control and user-defined tokens. */
export function neutralFor(specials: readonly string[]): Neutral {
  const tags = [...new Set(specials)].filter((special) => special.length > 2 && TAG.test(special));
  // Longest first: `<|im_end|>` before a shorter tag that it contains.
  const source = tags.toSorted((a, b) => b.length - a.length).map(escape);
  if (source.length === 0) return { text: same, value: same, restore: same };
  const found = new RegExp(source.join("|"), "gu");
  const broken = new Map(tags.map((tag) => [breakTag(tag), tag]));
  const mended = new RegExp([...broken.keys()].map(escape).join("|"), "gu");

  const text = (original: string): string => {
    let result = original;
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      const next = result.replace(found, breakTag);
      if (next === result) break;
      result = next;
    }
    return result;
  };
  const restoreText = (copied: string): string =>
    copied.replace(mended, (tag) => broken.get(tag) ?? tag);
  return {
    text,
    value: (value) => mapStrings(value, text),
    restore: (value) => mapStrings(value, restoreText),
  };
}

function breakTag(tag: string): string {
  const [first = ""] = tag;
  return `${first} ${tag.slice(first.length)}`;
}

function same<T>(value: T): T {
  return value;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`);
}

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, map));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [map(key), mapStrings(item, map)]),
  );
}
