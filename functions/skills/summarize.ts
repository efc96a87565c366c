/** Shortens a text: by the model where its answer holds, else by the text's own most telling sentences. */
import { type CallContext, MoultError, defineSkill } from "moult";

/** Characters given to the model; its window holds a few thousand tokens. */
const PROMPT_CHARS_MAX = 6_000;

const SENTENCES_MAX = 3;

/** Share of neighbouring words, in every sentence of a summary, that are neighbours in the text too. */
const PAIRS_SHARED_MIN = 0.5;

export default defineSkill({
  description: "Summarize a text in a few sentences",
  limits: { timeMs: 60_000 },
  instructions:
    "Summarize what the user gives you in at most three sentences, and add nothing of your own.",

  async run(request, ctx) {
    const text = request.trim();
    if (text === "") throw new MoultError("input/invalid", "Cannot summarize nothing: give a text");
    const sentences = split(text);
    if (sentences.length <= 1) return sentences[0] ?? text;
    const written = await ask(text, ctx);
    return holds(written, text) ? written : extract(sentences);
  },
});

/** The model's summary; empty when there is no model to ask. */
async function ask(
  text: string,
  { log, model }: Pick<CallContext, "log" | "model">,
): Promise<string> {
  try {
    const answer = await model.generate({
      system: "Summarize the text in at most three sentences, in its own words. Add nothing.",
      prompt: text.slice(0, PROMPT_CHARS_MAX),
      tokensMax: 200,
    });
    return answer.trim();
  } catch (error) {
    log.warn({ error: String(error) }, "no model; the summary is made of the text's own sentences");
    return "";
  }
}

/** Whether a summary is shorter than its text and every sentence of it made of the text. A small model drifts. */
function holds(summary: string, text: string): boolean {
  const known = new Set(split(text).flatMap(pairs));
  const close = (sentence: string) => {
    const said = pairs(sentence);
    const shared = said.filter((pair) => known.has(pair)).length;
    return said.length > 1 && shared / said.length >= PAIRS_SHARED_MIN;
  };
  return summary !== "" && summary.length < text.length && split(summary).every(close);
}

function pairs(sentence: string): string[] {
  const all = sentence.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? [];
  return all.slice(1).map((word, index) => `${all[index] ?? ""} ${word}`);
}

/** The sentences whose words come up most often, in their own order. */
function extract(sentences: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of sentences.flatMap(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const weight = (sentence: string) => {
    const own = words(sentence);
    return own.reduce((sum, word) => sum + (counts.get(word) ?? 0), 0) / Math.max(4, own.length);
  };
  const ranked = sentences.toSorted((a, b) => weight(b) - weight(a));
  const best = new Set(ranked.slice(0, SENTENCES_MAX));
  return sentences.filter((sentence) => best.has(sentence)).join(" ");
}

/** The sentences of a text, each once. */
function split(text: string): string[] {
  // A line that goes on in lower case was only wrapped.
  const lines = text.replace(/\s*\n\s*(?=\p{Ll})/gu, " ");
  const parts = new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(lines);
  const sentences = [...parts].map(({ segment }) => segment.replace(/\s+/g, " ").trim());
  return [...new Set(sentences)].filter((sentence) => sentence !== "");
}

/** Words of four letters and more: shorter ones are mostly grammar. Scripts without spaces count pairs of signs. */
function words(text: string): string[] {
  return (
    text
      .toLowerCase()
      .match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{2}|\p{L}{4,}|\d+/gu) ?? []
  );
}
