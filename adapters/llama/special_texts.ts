/** Texts that are more than text to a model. */
import type { LlamaModel } from "node-llama-cpp";

/** Texts of the tokens that are not plain text to the model. */
export function specialTexts(model: LlamaModel): readonly string[] {
  const texts: string[] = [];
  for (const token of model.iterateAllTokens()) {
    const { control, userDefined } = model.getTokenAttributes(token);
    if (control || userDefined) texts.push(model.detokenize([token], true));
  }
  return texts;
}

/** The special token that a call begins with, or all of its prefix. */
export function callTag(prefix: { toString: () => string }, specials: readonly string[]): string {
  const text = prefix.toString();
  return specials.find((special) => special.length > 2 && text.startsWith(special)) ?? text.trim();
}
