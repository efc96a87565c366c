/** Whole numbers below 100 as people say them, in English and Chinese. Knows text only. */

const UNITS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const ENGLISH = new RegExp(
  `\\b(?:(${TENS.join("|")})(?:[ -](${UNITS.slice(1, 10).join("|")}))?|(${UNITS.join("|")}))\\b`,
  "giu",
);
const DIGITS = "零一二三四五六七八九";
const CHINESE = /([一二三四五六七八九])?十([一二三四五六七八九])?|[零一二两三四五六七八九]/gu;

/** The numbers that a text says in words: `["five", "twenty-one", "三十"]` → 5, 21, 30. */
export function spokenNumbers(text: string): readonly number[] {
  const numbers: number[] = [];
  for (const [, ten = "", unit = "", small = ""] of text.matchAll(ENGLISH)) {
    const word = (small || unit).toLowerCase();
    const tens = ten === "" ? 0 : 20 + 10 * TENS.indexOf(ten.toLowerCase());
    numbers.push(tens + Math.max(0, UNITS.indexOf(word)));
  }
  for (const [word, tens = "一", unit = "零"] of text.matchAll(CHINESE)) {
    if (word.includes("十")) numbers.push(10 * DIGITS.indexOf(tens) + DIGITS.indexOf(unit));
    else numbers.push(word === "两" ? 2 : DIGITS.indexOf(word));
  }
  return numbers;
}
