/**
 * What words are about: reads `lexicon.txt` when it is first needed and finds its words in a text. Knows words of English
 * and Chinese, no tools.
 *
 * `## topic` begins a topic. Below it each line is a thing: `english words "and phrases" | Chinese words`; all of a line are
 * the same thing in other words. A line that begins with `!name: ` is something to do, and `>< one other` names opposites.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const FILE = join(import.meta.dir, "lexicon.txt");
/** Words in a row, and characters, that a phrase has at most. */
const PHRASE_WORDS_MAX = 5;
const CHINESE_MAX = 6;

/** What a word may mean. Numbers of lines and topics. */
export interface Meaning {
  readonly things: readonly number[];
  readonly topics: readonly number[];
  /** Things to do. */
  readonly actions: readonly number[];
}

/** A word or phrase of a text. */
export interface Unit {
  /** As it is compared: without its ending. */
  readonly term: string;
  /** As it stands, in small letters. */
  readonly text: string;
  readonly meaning: Meaning;
}

/** The lexicon, read. */
export interface Lexicon {
  readonly words: ReadonlyMap<string, Meaning>;
  readonly chinese: ReadonlyMap<string, Meaning>;
  /** Actions by name. */
  readonly names: ReadonlyMap<string, number>;
  /** By action, those that do the contrary. */
  readonly opposites: ReadonlyMap<number, ReadonlySet<number>>;
  /** By action, from 0 to 1: how little its words do for anything else. */
  readonly sharpness: readonly number[];
}

const NOTHING: Meaning = { things: [], topics: [], actions: [] };
const HAN = /\p{Script=Han}+/gu;
/** Stands within Chinese verbs: 订个位 is 订位, 查一下天气 is 查天气. */
const BETWEEN = /(?<=.)(?:一下|一[个点份首张辆次条]|个)(?=.)/gu;
const IS_HAN = /\p{Script=Han}/u;

let known: Lexicon | undefined;

/** The words of the file; read once. @param stem How words lose their endings. */
export function lexicon(stem: (word: string) => string): Lexicon {
  known ??= parse(readFileSync(FILE, "utf8"), stem);
  return known;
}

interface Growing {
  readonly things: number[];
  readonly topics: number[];
  readonly actions: number[];
}

function parse(text: string, stem: (word: string) => string): Lexicon {
  const words = new Map<string, Growing>();
  const chinese = new Map<string, Growing>();
  const opposites = new Map<number, Set<number>>();
  const names = new Map<string, number>();
  const sharpness: number[] = [];
  let topic = 0;
  const put = (map: Map<string, Growing>, word: string, line: number, isAction: boolean): void => {
    const meaning = map.get(word) ?? { things: [], topics: [], actions: [] };
    map.set(word, meaning);
    const [own, id] = isAction ? [meaning.actions, line] : [meaning.things, line];
    if (!own.includes(id)) own.push(id);
    if (!isAction && !meaning.topics.includes(topic)) meaning.topics.push(topic);
  };
  for (const [at, line] of text.split("\n").entries()) {
    if (line === "") continue;
    if (line.startsWith("## ")) {
      topic = at;
      continue;
    }
    if (line.startsWith(">< ")) {
      const [one = -1, other = -1] = line
        .slice(3)
        .split(" ")
        .map((name) => names.get(name) ?? -1);
      opposites.set(one, (opposites.get(one) ?? new Set()).add(other));
      opposites.set(other, (opposites.get(other) ?? new Set()).add(one));
      continue;
    }
    const [, name, rest = ""] = /^(?:!(\w+): )?(.*)$/u.exec(line) ?? [];
    const [english = "", han = ""] = rest.split(" | ");
    if (name !== undefined) names.set(name, at);
    let count = 0;
    for (const [whole, phrase] of english.matchAll(/"([^"]+)"|\S+/gu)) {
      const word = phrase ?? whole;
      for (const form of new Set([word, stemmed(word, stem)]))
        put(words, form, at, name !== undefined);
      count++;
    }
    for (const word of han.split(" ")) if (word !== "") put(chinese, word, at, name !== undefined);
    if (name !== undefined) sharpness[at] = 1 / Math.sqrt(Math.max(1, count / 4));
  }
  return { words, chinese, names, opposites, sharpness };
}

function stemmed(phrase: string, stem: (word: string) => string): string {
  return phrase.split(" ").map(stem).join(" ");
}

/** The words and phrases of a text in small letters; of what overlaps, the longest. */
export function unitsOf(text: string, stem: (word: string) => string): readonly Unit[] {
  const { words, chinese } = lexicon(stem);
  const units: Unit[] = [];
  for (const [run] of text.matchAll(HAN))
    units.push(...unitsOfRun(run.replaceAll(BETWEEN, ""), chinese));
  const plain = text
    .replaceAll(HAN, " ")
    .split(/[^\p{L}\p{N}%'-]+/u)
    .flatMap(parts);
  for (let at = 0; at < plain.length;) {
    const [unit, used] = unitAt(plain, at, words, stem);
    units.push(unit);
    at += used;
  }
  return units;
}

/** "check-in" is one word where it is known, and two otherwise. */
function parts(word: string): readonly string[] {
  const bare = word.replaceAll(/^[-']+|[-']+$/gu, "");
  return bare === "" ? [] : [bare];
}

function unitAt(
  plain: readonly string[],
  at: number,
  words: ReadonlyMap<string, Meaning>,
  stem: (word: string) => string,
): readonly [Unit, number] {
  for (let length = Math.min(PHRASE_WORDS_MAX, plain.length - at); length > 1; length--) {
    const phrase = plain.slice(at, at + length);
    const text = phrase.join(" ");
    const meaning =
      words.get(text) ??
      words.get(phrase.map(stem).join(" ")) ??
      (length === 2 && (phrase[0]?.length ?? 0) > 2
        ? (words.get(phrase.join("")) ?? words.get(phrase.join("-")))
        : undefined);
    if (meaning !== undefined) return [{ term: phrase.map(stem).join(" "), text, meaning }, length];
  }
  const word = plain[at] ?? "";
  return [{ term: stem(word), text: word, meaning: meaningOf(word, words, stem) }, 1];
}

function meaningOf(
  word: string,
  words: ReadonlyMap<string, Meaning>,
  stem: (word: string) => string,
): Meaning {
  const own = words.get(word) ?? words.get(stem(word)) ?? words.get(word.replaceAll("-", ""));
  if (own !== undefined) return own;
  const halves = word.includes("-") ? word.split("-") : compound(word, words, stem);
  const found = halves.map((half) => words.get(half) ?? words.get(stem(half)) ?? NOTHING);
  return found.length === 0 ? NOTHING : joined(found);
}

/** "poolhouse": two words that are known. */
function compound(
  word: string,
  words: ReadonlyMap<string, Meaning>,
  stem: (word: string) => string,
): readonly string[] {
  for (let cut = word.length - 4; cut >= 4; cut--) {
    const [head, tail] = [word.slice(0, cut), word.slice(cut)];
    if (words.has(head) && (words.has(tail) || words.has(stem(tail)))) return [head, tail];
  }
  return [];
}

function joined(all: readonly Meaning[]): Meaning {
  return {
    things: [...new Set(all.flatMap(({ things }) => things))],
    topics: [...new Set(all.flatMap(({ topics }) => topics))],
    actions: [...new Set(all.flatMap(({ actions }) => actions))],
  };
}

/** Chinese has no spaces: the longest known word at each place, and what is between. */
function unitsOfRun(run: string, chinese: ReadonlyMap<string, Meaning>): readonly Unit[] {
  const units: Unit[] = [];
  let unknown = "";
  const flush = (): void => {
    if (unknown !== "") units.push({ term: unknown, text: unknown, meaning: NOTHING });
    unknown = "";
  };
  for (let at = 0; at < run.length;) {
    let length = Math.min(CHINESE_MAX, run.length - at);
    while (length > 0 && !chinese.has(run.slice(at, at + length))) length--;
    if (length === 0) {
      unknown += run[at++] ?? "";
      continue;
    }
    flush();
    const word = run.slice(at, at + length);
    units.push({ term: word, text: word, meaning: chinese.get(word) ?? NOTHING });
    at += length;
  }
  flush();
  return units;
}

/** Whether a text is Chinese, in part at least. */
export function hasHan(text: string): boolean {
  return IS_HAN.test(text);
}
