/**
 * A byte-level BPE tokenizer, learnt from texts of this repository: the same texts give the same tokenizer. It knows the
 * algorithm and where the texts lie; nothing of models.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
/** Where words come from, besides the Markdown of the root and of `docs/`. */
const SENTENCES = join(ROOT, "models/recipe");
/** Written by the benches themselves: its numbers would change the tokenizer from run to run. */
const LEFT_OUT = "benchmarks.md";
const TEXT_CHARS_MAX = 600_000;
/** Longer pieces are no words: hashes, rows of dashes. */
const PIECE_BYTES_MAX = 24;
/** Merges that the cache holds; fewer are the first of these. */
const MERGES_MAX = 7_600;
/** Changes when what is learnt changes. Edited documents alone do not: models of 4 GB would be written anew. */
const VERSION = 1;
const CACHE = join(ROOT, `.cache/bench/tokenizer-${VERSION}.json`);

/** How text is cut before it is merged: the pattern that llama.cpp calls `qwen2`. */
export const PRETOKENIZER = "qwen2";
const PIECES =
  /'(?:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+/giu;

/** What was learnt. */
export interface Tokenizer {
  /** Texts of the tokens in the order of their ids, bytes written as printable letters. */
  readonly tokens: readonly string[];
  /** `left right`, most frequent first. */
  readonly merges: readonly string[];
}

/** One word of the text: its parts so far, and how often it occurs. */
interface Word {
  parts: string[];
  readonly count: number;
}

/** How each byte is written: printable ones as themselves, the others as letters above U+0100. */
export function byteLetters(): readonly string[] {
  const isPrintable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isPrintable(byte) ? byte : next++),
  );
}

/** Learns at most `mergesMax` merges; fewer when no pair of tokens occurs twice any more. */
export function trainTokenizer(text: string, mergesMax: number): Tokenizer {
  const letters = byteLetters();
  const pairs = new Pairs(wordsOf(text, letters));
  const merges: string[] = [];
  const tokens = new Set(letters);
  while (merges.length < mergesMax) {
    const best = pairs.mostFrequent();
    if (best === undefined) break;
    merges.push(best);
    tokens.add(best.replace(" ", ""));
    pairs.merge(best);
  }
  return { tokens: [...tokens], merges };
}

let whole: readonly string[] | undefined;

/** The tokenizer of the benches, from the cache where it is there. @param mergesMax At most 7600. */
export function benchTokenizer(mergesMax = MERGES_MAX): Tokenizer {
  whole ??= cachedMerges();
  const merges = whole.slice(0, mergesMax);
  const learnt = merges.map((merge) => merge.replace(" ", ""));
  return { tokens: [...new Set([...byteLetters(), ...learnt])], merges };
}

/** Words of a tokenizer that are one token with the space before them: `n` of them in a row are `n` tokens. */
export function wholeWords({ tokens }: Tokenizer): readonly string[] {
  return tokens.filter((token) => /^Ġ[a-z]{3,}$/.test(token)).map((token) => token.slice(1));
}

function cachedMerges(): readonly string[] {
  try {
    return JSON.parse(readFileSync(CACHE, "utf8")) as readonly string[];
  } catch {
    const { merges } = trainTokenizer(repositoryText(), MERGES_MAX);
    mkdirSync(dirname(CACHE), { recursive: true });
    const part = `${CACHE}.${process.pid}`;
    writeFileSync(part, JSON.stringify(merges));
    renameSync(part, CACHE);
    return merges;
  }
}

function repositoryText(): string {
  const files = [
    ...filesOf(ROOT, ".md"),
    ...filesOf(join(ROOT, "docs"), ".md").filter((file) => !file.endsWith(LEFT_OUT)),
    ...filesOf(SENTENCES, ".md"),
    ...filesOf(join(SENTENCES, "evaluation"), ".txt"),
    ...filesOf(join(SENTENCES, "domains"), ".py"),
  ];
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
  return text.slice(0, TEXT_CHARS_MAX);
}

function filesOf(folder: string, ending: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.toSorted().map((name) => join(folder, name));
}

function wordsOf(text: string, letters: readonly string[]): Word[] {
  const counts = new Map<string, number>();
  for (const [piece] of text.matchAll(PIECES)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  const words: Word[] = [];
  for (const [piece, count] of counts) {
    const bytes = Buffer.from(piece, "utf8");
    if (bytes.length > 1 && bytes.length <= PIECE_BYTES_MAX)
      words.push({ parts: Array.from(bytes, (byte) => letters[byte] ?? ""), count });
  }
  return words;
}

/** Which tokens stand side by side, how often, and in which words. */
class Pairs {
  readonly #words: readonly Word[];
  readonly #counts = new Map<string, number>();
  readonly #places = new Map<string, Set<Word>>();

  constructor(words: readonly Word[]) {
    this.#words = words;
    for (const word of this.#words) this.#count(word, 1);
  }

  /** `undefined`: none occurs twice. Of equally frequent ones the first by its letters. */
  mostFrequent(): string | undefined {
    let best: string | undefined;
    let bestCount = 1;
    for (const [pair, count] of this.#counts) {
      const isBetter =
        count > bestCount || (count === bestCount && best !== undefined && pair < best);
      if (isBetter) [best, bestCount] = [pair, count];
    }
    return best;
  }

  merge(pair: string): void {
    const [left, right] = pair.split(" ");
    for (const word of this.#places.get(pair) ?? []) {
      this.#count(word, -1);
      const merged: string[] = [];
      for (let at = 0; at < word.parts.length; at++) {
        const [one = "", next] = [word.parts[at], word.parts[at + 1]];
        const isPair = one === left && next === right;
        merged.push(isPair ? one + next : one);
        if (isPair) at++;
      }
      word.parts = merged;
      this.#count(word, 1);
    }
    this.#counts.delete(pair);
    this.#places.delete(pair);
  }

  #count(word: Word, sign: 1 | -1): void {
    for (let at = 0; at + 1 < word.parts.length; at++) {
      const pair = `${word.parts[at]} ${word.parts[at + 1]}`;
      const count = (this.#counts.get(pair) ?? 0) + sign * word.count;
      if (count > 0) this.#counts.set(pair, count);
      else this.#counts.delete(pair);
      if (sign < 0) continue;
      const places = this.#places.get(pair) ?? new Set();
      places.add(word);
      this.#places.set(pair, places);
    }
  }
}
