/**
 * The words a conversation is searched by. The store's index holds them too: whoever changes what comes out here
 * makes older indexes blind, and has to have them made anew.
 */

/** Words of a question that say nothing about what it is after. They are indexed all the same. */
const SILENT: ReadonlySet<string> = new Set(
  (
    "a an and are as at be been but by can could did do does for from give had has have how i if in is it its me my " +
    "of on or our please s should so t tell than that the their them then there these they this those to us was we " +
    "were what when where which who whose why will with would you your again remind know remember said told earlier " +
    "什么 哪里 哪个 哪天 多少 怎么 是不 不是 的是 是什 么时 时候 是多 是哪 告诉 诉我 请问 我的 你的 我说 说过 还记 记得 得我"
  ).split(" "),
);

/** Scripts without spaces between words: these are compared by pairs of characters. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]+/gu;

/** Characters of one term. A longer one is no word. */
const TERM_CHARS_MAX = 40;

/** The terms of a text, in its order, with repetitions. */
export function termsIn(text: string): readonly string[] {
  const plain = text.normalize("NFKC").toLowerCase();
  const words = plain
    .replaceAll(UNSPACED, " ")
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== "")
    .map((word) => stem(word).slice(0, TERM_CHARS_MAX));
  return [...words, ...[...plain.matchAll(UNSPACED)].flatMap(([run]) => pairsOf(run))];
}

/** The different terms of a question that may find something. */
export function termsAskedFor(text: string): readonly string[] {
  return [...new Set(termsIn(text))].filter((term) => !SILENT.has(term));
}

function pairsOf(run: string): readonly string[] {
  const characters = Array.from(run);
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, at) => `${characters[at] ?? ""}${character}`);
}

/** Cuts English endings, roughly and alike on both sides. */
function stem(word: string): string {
  if (word.length <= 3 || !/^[a-z]+$/.test(word)) return word;
  const cut = word
    .replace(/(?:ies|ied)$/, "y")
    .replace(/(?:ing|ed|es|s)$/, "")
    .replace(/e$/, "");
  return cut.length < 3 ? word : cut;
}
