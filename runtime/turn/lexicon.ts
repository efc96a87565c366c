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
  /** Words and phrases, as they stand and without endings. */
  readonly meaningOf: (word: string) => Meaning | undefined;
  /** Actions by name. */
  readonly names: ReadonlyMap<string, number>;
  /** By action, those that do the contrary. */
  readonly opposites: ReadonlyMap<number, ReadonlySet<number>>;
  /** By action, from 0 to 1: how little its words do for anything else. */
  readonly sharpness: readonly number[];
}

const NOTHING: Meaning = { things: [], topics: [], actions: [] };
const HAN = /\p{Script=Han}+/gu;
const HAN_FIRST = 0x2e80;
const IS_HAN = /\p{Script=Han}/u;
/** Stands within Chinese verbs: 订个位 is 订位, 查一下天气 is 查天气. */
const BETWEEN = /(?<=.)(?:一下|一[个点份首张辆次条]|个)(?=.)/gu;
/** An action whose line has fewer English words is wholly itself. */
const SHARP_WORDS = 4;

let known: Lexicon | undefined;

/** The words of the file; read once, in some ten milliseconds. @param stem How words lose their endings. */
export function lexicon(stem: (word: string) => string): Lexicon {
  known ??= parse(readFileSync(FILE, "utf8"), stem);
  return known;
}

/** The lines in which words stand; what they mean is looked at when it is said. */
class Lines {
  /** Of most words the line; below 0, counted from -1, the list of several. */
  readonly #lines = new Map<string, number>();
  readonly #several: number[][] = [];

  get words(): Iterable<string> {
    return this.#lines.keys();
  }

  has(word: string): boolean {
    return this.#lines.has(word);
  }

  of(word: string): readonly number[] | undefined {
    const line = this.#lines.get(word);
    if (line === undefined) return undefined;
    return line < 0 ? this.#several[-1 - line] : [line];
  }

  put(word: string, at: number): void {
    const line = this.#lines.get(word);
    if (line === undefined) this.#lines.set(word, at);
    else if (line < 0) {
      const own = this.#several[-1 - line];
      if (own?.includes(at) === false) own.push(at);
    } else if (line !== at) {
      this.#several.push([line, at]);
      this.#lines.set(word, -this.#several.length);
    }
  }
}

function parse(text: string, stem: (word: string) => string): Lexicon {
  const lines = new Lines();
  const opposites = new Map<number, Set<number>>();
  const names = new Map<string, number>();
  const sharpness: number[] = [];
  const topics: number[] = [];
  let topic = 0;
  for (const [at, line] of text.split("\n").entries()) {
    if (line.startsWith("## ")) topic = at;
    else if (line.startsWith(">< ")) oppose(line, names, opposites);
    else {
      const count = putLine(line, at, lines);
      if (line.startsWith("!")) {
        names.set(line.slice(1, line.indexOf(":")), at);
        sharpness[at] = Math.min(1, Math.sqrt(SHARP_WORDS / Math.max(1, count)));
      } else topics[at] = topic;
    }
  }
  putStems(lines, stem);
  const meanings = new Map<string, Meaning>();
  const lookUp = (word: string): Meaning | undefined => {
    const before = meanings.get(word);
    if (before !== undefined) return before;
    const own = lines.of(word);
    if (own === undefined) return undefined;
    const things = own.filter((at) => sharpness[at] === undefined);
    const meaning = {
      things,
      topics: [...new Set(things.map((at) => topics[at] ?? 0))],
      actions: own.filter((at) => sharpness[at] !== undefined),
    };
    meanings.set(word, meaning);
    return meaning;
  };
  return { meaningOf: lookUp, names, opposites, sharpness };
}

function oppose(
  line: string,
  names: ReadonlyMap<string, number>,
  opposites: Map<number, Set<number>>,
): void {
  const [, one = "", other = ""] = line.split(" ");
  const [a, b] = [names.get(one), names.get(other)];
  if (a === undefined || b === undefined) return;
  opposites.set(a, (opposites.get(a) ?? new Set()).add(b));
  opposites.set(b, (opposites.get(b) ?? new Set()).add(a));
}

/** Notes the words and "phrases" of a line. Says how many come before the Chinese ones. */
function putLine(line: string, at: number, lines: Lines): number {
  const [english = "", chinese = ""] = line.split(" | ");
  const words = wordsOf(
    english.startsWith("!") ? english.slice(english.indexOf(" ") + 1) : english,
  );
  for (const word of words) lines.put(word, at);
  for (const word of chinese.split(" ")) if (word !== "") lines.put(word, at);
  return words.length;
}

function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  let phrase = "";
  for (const token of text.split(" ")) {
    const whole = phrase === "" ? token : `${phrase} ${token}`;
    const isOpen = whole.startsWith('"') && (whole.length === 1 || !whole.endsWith('"'));
    phrase = isOpen ? whole : "";
    if (!isOpen && whole !== "") words.push(whole.startsWith('"') ? whole.slice(1, -1) : whole);
  }
  return words;
}

/** "raining" is found as "rain", too, where that is no word of its own. */
function putStems(lines: Lines, stem: (word: string) => string): void {
  const stems: (readonly [stem: string, word: string])[] = [];
  for (const word of lines.words) {
    if (word.length < 4 || HAN_FIRST < word.charCodeAt(0)) continue;
    const short = word.includes(" ") ? word.split(" ").map(stem).join(" ") : stem(word);
    if (short !== word && !lines.has(short)) stems.push([short, word]);
  }
  for (const [short, word] of stems) for (const at of lines.of(word) ?? []) lines.put(short, at);
}

/** The words and phrases of a text in small letters; of what overlaps, the longest. */
export function unitsOf(text: string, stem: (word: string) => string): readonly Unit[] {
  const { meaningOf: words } = lexicon(stem);
  const units: Unit[] = [];
  for (const [run] of text.matchAll(HAN))
    units.push(...unitsOfRun(run.replaceAll(BETWEEN, ""), words));
  const plain = text
    .replaceAll(HAN, " ")
    .split(/[^\p{L}\p{N}%'-]+/u)
    .flatMap(bareOf);
  units.push(...apartIn(plain, words));
  for (let at = 0; at < plain.length;) {
    const [unit, used] = unitAt(plain, at, words, stem);
    units.push(unit);
    at += used;
  }
  return units;
}

/** Follow their verb, with its object between: "turn the lights off". */
const PARTICLES: ReadonlySet<string> = new Set("on off up down out in back away over".split(" "));
const PARTED =
  /^(?:turn|switch|put|flick|flip|power|shut|take|bring|give|send|call|pick|drop|hand|get|let|set|wake|roll|pull|push|throw|write|look|fill|pay|crank|hold|move|cross|tick|check|lift)(?:s|ed|ing|ning|ting|ping)?$/u;
/** Words between a verb and its particle, at most. */
const APART_MAX = 5;
/** Ends a wish of two words: "hall lights off, please". */
const WISH_END = /^(?:please|pls|thanks|thank|now|in|at|for|and)$/u;

/** Verbs whose particle stands further on. */
function apartIn(plain: readonly string[], words: Lexicon["meaningOf"]): readonly Unit[] {
  const units: Unit[] = [];
  const find = (text: string): void => {
    const meaning = words(text);
    if (meaning !== undefined) units.push({ term: text, text, meaning });
  };
  for (const [at, particle] of plain.entries()) {
    if (!PARTICLES.has(particle) || at === 0) continue;
    const from = Math.max(0, at - APART_MAX);
    const verb = plain.slice(from, at).findLast((word) => PARTED.test(word));
    const next = plain[at + 1];
    if (verb !== undefined && plain[at - 1] !== verb) find(`${verb} ${particle}`);
    else if (verb === undefined && (next === undefined || WISH_END.test(next)))
      find(`turn ${particle}`);
  }
  return units;
}

/** A word without the marks around it. */
function bareOf(word: string): readonly string[] {
  const bare = word.replaceAll(/^[-']+|[-']+$/gu, "");
  return bare === "" ? [] : [bare];
}

function unitAt(
  plain: readonly string[],
  at: number,
  words: Lexicon["meaningOf"],
  stem: (word: string) => string,
): readonly [Unit, number] {
  for (let length = Math.min(PHRASE_WORDS_MAX, plain.length - at); length > 1; length--) {
    const phrase = plain.slice(at, at + length);
    const text = phrase.join(" ");
    const meaning =
      words(text) ??
      words(phrase.map(stem).join(" ")) ??
      (length === 2 && (phrase[0]?.length ?? 0) > 2
        ? (words(phrase.join("")) ?? words(phrase.join("-")))
        : undefined);
    if (meaning !== undefined) return [{ term: phrase.map(stem).join(" "), text, meaning }, length];
  }
  const word = plain[at] ?? "";
  return [{ term: stem(word), text: word, meaning: meaningOf(word, words, stem) }, 1];
}

function meaningOf(
  word: string,
  words: Lexicon["meaningOf"],
  stem: (word: string) => string,
): Meaning {
  const own =
    words(word) ??
    (word.endsWith("s") ? words(word.slice(0, -1)) : undefined) ??
    words(stem(word)) ??
    words(word.replaceAll("-", ""));
  if (own !== undefined) return own;
  const halves = word.includes("-") ? word.split("-") : compound(word, words, stem);
  const found = halves.map((half) => words(half) ?? words(stem(half)) ?? NOTHING);
  return found.length === 0 ? NOTHING : joined(found);
}

/** "poolhouse": two words that are known. */
function compound(
  word: string,
  words: Lexicon["meaningOf"],
  stem: (word: string) => string,
): readonly string[] {
  for (let cut = word.length - 4; cut >= 4; cut--) {
    const [head, tail] = [word.slice(0, cut), word.slice(cut)];
    if (words(head) !== undefined && (words(tail) ?? words(stem(tail))) !== undefined)
      return [head, tail];
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
function unitsOfRun(run: string, words: Lexicon["meaningOf"]): readonly Unit[] {
  const units: Unit[] = [];
  let unknown = "";
  const flush = (): void => {
    if (unknown !== "") units.push({ term: unknown, text: unknown, meaning: NOTHING });
    unknown = "";
  };
  for (let at = 0; at < run.length;) {
    let length = Math.min(CHINESE_MAX, run.length - at);
    while (length > 0 && words(run.slice(at, at + length)) === undefined) length--;
    if (length === 0) {
      unknown += run[at++] ?? "";
      continue;
    }
    flush();
    const word = run.slice(at, at + length);
    units.push({ term: word, text: word, meaning: words(word) ?? NOTHING });
    at += length;
  }
  flush();
  return units;
}

/** Whether a text is Chinese, in part at least. */
export function hasHan(text: string): boolean {
  return IS_HAN.test(text);
}
