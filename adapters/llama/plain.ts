/**
 * The short way to an answer that is text and nothing else: no calls, no grammar, no thoughts beside it. The library's
 * chat follows every token through all that it could be the beginning of; here it is sampled, made text and passed on.
 */
import {
  type ChatWrapper,
  type LlamaModel,
  type LlamaText,
  SpecialToken,
  SpecialTokensText,
  type Token,
} from "node-llama-cpp";
import type { Rendered } from "./prompt_wrapper.ts";
import type { Slot } from "./slots.ts";
import { TextFilter } from "./text_filter.ts";
import { TokenText } from "./token_text.ts";
import type { WritingEnd } from "./loop/writing.ts";

/** What ends an answer, and what does not belong to it. */
export interface PlainRules {
  /** Tokens that end it, beside those of the model. */
  readonly stopTokens: ReadonlySet<Token>;
  /** Texts that end it, and are not part of it. */
  readonly stopTexts: readonly string[];
  /** Texts that it may begin with and that are not part of it. */
  readonly ignored: readonly string[];
}

/** One answer. */
export interface PlainAnswer {
  /** The whole prompt. */
  readonly tokens: Uint32Array;
  readonly rules: PlainRules;
  /** Further texts that end it. */
  readonly stop: readonly string[];
  readonly tokensMax: number;
  readonly sampling: {
    readonly temperature: number;
    readonly topP?: number;
    readonly seed?: number;
  };
  readonly pass: (text: string) => void;
}

/** What holds for plain answers to a prompt. `undefined`: its template wants more than text is. */
export function plainRules(
  model: LlamaModel,
  wrapper: ChatWrapper,
  { state }: Rendered,
): PlainRules | undefined {
  if (wantsMore(wrapper, state)) return undefined;
  const stopTokens = new Set<Token>();
  const stopTexts: string[] = [];
  for (const trigger of state.stopGenerationTriggers) {
    const [first, ...more] = partsOf(model, trigger);
    if (first === undefined) continue;
    const isText = typeof first === "string";
    // What follows the end of an answer does not come.
    const isWhole = more.length === 0 || (!isText && model.isEogToken(first));
    if (!isWhole) return undefined;
    if (isText) stopTexts.push(first);
    else stopTokens.add(first);
  }
  const ignored = (state.ignoreStartText ?? []).map((text) => partsOf(model, text).join(""));
  return { stopTokens, stopTexts, ignored: ignored.toSorted((a, b) => b.length - a.length) };
}

/** Reads the prompt on a slot and writes the answer. Rejects with the signal's reason when it is aborted. */
export async function writePlain(
  model: LlamaModel,
  { sequence, stream }: Slot,
  { tokens, rules, stop, tokensMax, sampling, pass }: PlainAnswer,
): Promise<WritingEnd> {
  // At least one token is read: what follows it is what is asked for.
  const all = Array.from(tokens) as Token[];
  await sequence.adaptStateToTokens(all.slice(0, -1), false);
  const left = all.slice(sequence.nextTokenIndex);
  const text = new TokenText(model, all);
  const filter = new TextFilter([...rules.stopTexts, ...stop], pass);
  const start = new StartFilter(rules.ignored, (piece) => filter.push(piece));
  const ended = await stream.write(left, sampling, {
    tokensMax,
    ends: (token) => rules.stopTokens.has(token) || isEnd(model, token),
    take: (token) => {
      const piece = text.push(token);
      if (piece !== "") start.push(piece);
      return !filter.cut;
    },
  });
  start.flush();
  filter.flush();
  return ended;
}

/** Tokens of which it is known whether a model ends with them; which do, it says slowly. */
const goesOn = new WeakMap<LlamaModel, Set<Token>>();
const GOES_ON_MAX = 16_384;

function isEnd(model: LlamaModel, token: Token): boolean {
  const known = goesOn.get(model) ?? new Set<Token>();
  if (known.has(token)) return false;
  if (model.isEogToken(token)) return true;
  if (known.size < GOES_ON_MAX) goesOn.set(model, known.add(token));
  return false;
}

/** Whether there may be something beside the text: thoughts, or what a template puts into an answer. */
function wantsMore({ settings }: ChatWrapper, state: Rendered["state"]): boolean {
  const { thought, comment } = settings.segments ?? {};
  const { prefixTriggers = [], noPrefixTrigger, rerender } = state;
  const known = [thought, comment, noPrefixTrigger, ...prefixTriggers];
  return known.some((some) => some !== undefined) || (rerender?.triggers ?? []).length > 0;
}

/** Passes text on without what it may begin with. */
class StartFilter {
  readonly #ignored: readonly string[];
  readonly #pass: (text: string) => void;
  /** `undefined`: it has begun. */
  #held: string | undefined;

  /** @param ignored longest first */
  constructor(ignored: readonly string[], pass: (text: string) => void) {
    this.#ignored = ignored;
    this.#pass = pass;
    this.#held = ignored.length === 0 ? undefined : "";
  }

  push(chunk: string): void {
    if (this.#held === undefined) return this.#pass(chunk);
    this.#held += chunk;
    const held = this.#held;
    const isOpen = this.#ignored.some((text) => text.length > held.length && text.startsWith(held));
    if (!isOpen) this.flush();
  }

  /** The beginning is all there. */
  flush(): void {
    const held = this.#held ?? "";
    this.#held = undefined;
    const found = this.#ignored.find((text) => held.startsWith(text)) ?? "";
    if (held.length > found.length) this.#pass(held.slice(found.length));
  }
}

/** A trigger as the library reads it: texts, and tokens that stand for no text. */
function partsOf(model: LlamaModel, trigger: LlamaText): readonly (string | Token)[] {
  return trigger.values.flatMap((value): readonly (string | Token)[] => {
    if (typeof value === "string") return value === "" ? [] : [value];
    if (value instanceof SpecialToken) return value.tokenize(model.tokenizer);
    if (value instanceof SpecialTokensText) return value.tokenizeSpecialTokensOnly(model.tokenizer);
    return [];
  });
}
