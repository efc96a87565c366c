/**
 * Regular expressions of JSON Schema as automata. What is no regular language, or rare, is not taken: back references,
 * looking around, word boundaries. Knows no JSON.
 */
import { type Automaton, automatonOf } from "./automaton.ts";
import {
  ANY_CHAR,
  type CharSet,
  intersect,
  NO_CHAR,
  only,
  type Range,
  split,
  union,
  without,
} from "./char_set.ts";

/** Stand for the beginning and the end of a text, beyond all characters. */
const BEGIN: CharSet = [[0x11_00_00, 0x11_00_00]];
const END: CharSet = [[0x11_00_01, 0x11_00_01]];

const DIGIT: CharSet = [[0x30, 0x39]];
const WORD: CharSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
/** The white space that a text may hold; `\s` means more of it, which nobody wants written. */
const SPACE: CharSet = [
  [0x09, 0x0a],
  [0x20, 0x20],
];
const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  w: WORD,
  s: SPACE,
  D: without(ANY_CHAR, DIGIT),
  W: without(ANY_CHAR, WORD),
  S: without(ANY_CHAR, SPACE),
};
const CONTROLS: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f", v: "\v" };
/** A counted part is copied so often. */
const COPIES_MAX = 256;
const PARTS_MAX = 4_000;
const ADDED_MAX = 10 * PARTS_MAX;
/** Ranges of characters that are compared with each other. */
const WORK_MAX = 1_000_000;
/** What lies beyond is not written by anybody: no letters, and marks of other things. */
const PROPERTIES_END = 0x3_ff_ff;

/** A part of a pattern: a set of characters, a sequence, a choice, or a repetition. */
type Part =
  | { readonly on: CharSet }
  | { readonly all: readonly Part[] }
  | { readonly any: readonly Part[] }
  | Repeated;

interface Repeated {
  readonly times: Part;
  readonly min: number;
  readonly max: number;
}

/** The same few patterns are asked for again and again. */
const patterns = new Map<string, Automaton | undefined>();
const KNOWN_MAX = 64;

/** The texts in which a pattern finds something, as far as they are `ANY_CHAR`. `undefined` = it is not taken. */
export function patternAutomaton(source: string): Automaton | undefined {
  if (patterns.has(source)) return patterns.get(source);
  const [oldest] = patterns.keys();
  if (patterns.size >= KNOWN_MAX && oldest !== undefined) patterns.delete(oldest);
  const automaton = read(source);
  patterns.set(source, automaton);
  return automaton;
}

function read(source: string): Automaton | undefined {
  try {
    // What JavaScript does not take is no pattern.
    RegExp(source, "u");
    const parser = new Parser(source);
    const part = parser.whole();
    const net = new Net();
    const everything = union(ANY_CHAR, BEGIN, END);
    const around: Part = { times: { on: everything }, min: 0, max: Number.POSITIVE_INFINITY };
    const start = net.add({ all: [around, part, around] }, net.end);
    return within(net, start);
  } catch {
    return undefined;
  }
}

/** Follows all ways at once, from after the beginning; a text may end where its end leads to the net's. */
function within(net: Net, start: number): Automaton | undefined {
  const began = net.next([start], BEGIN);
  let work = 0;
  return automatonOf<readonly number[]>({
    start: began,
    key: (states) => states.join(" "),
    ends: (states) => net.next(states, END).includes(net.end),
    edges: (states) => {
      const found = net.edges(states);
      work += found.reduce((sum, on) => sum + on.length, 0) * found.length;
      if (work > WORK_MAX) throw new RangeError("The pattern is too large");
      const sets = split(found.map((on) => intersect(on, ANY_CHAR)));
      return sets.map((on) => [on, net.next(states, on)] as const);
    },
  });
}

/** A net of states with edges that may lead on without a character. */
class Net {
  readonly end = 0;
  readonly #free: number[][] = [[]];
  readonly #edges: (readonly [CharSet, number][])[] = [[]];
  #added = 0;

  /** Adds a part that leads to `to`; returns where it begins. */
  add(part: Part, to: number): number {
    // Nothing, as often as that and that often again, makes no state and costs time.
    if (++this.#added > ADDED_MAX) throw new RangeError("The pattern is too large");
    if ("on" in part) return this.#state([], [[part.on, to]]);
    if ("all" in part) return part.all.reduceRight((next, one) => this.add(one, next), to);
    if ("any" in part) return this.#state(part.any.map((one) => this.add(one, to)));
    return this.#times(part, to);
  }

  /** All that may follow in these states. */
  edges(states: readonly number[]): readonly CharSet[] {
    return this.#reached(states).flatMap((at) => (this.#edges[at] ?? []).map(([on]) => on));
  }

  /** Where these states lead with a character of `on`, which no edge has half of. */
  next(states: readonly number[], on: CharSet): readonly number[] {
    const next = new Set<number>();
    for (const at of this.#reached(states))
      for (const [edge, to] of this.#edges[at] ?? [])
        if (intersect(edge, on).length > 0) next.add(to);
    return this.#reached([...next]).toSorted((a, b) => a - b);
  }

  #times({ times, min, max }: Repeated, to: number): number {
    let next = to;
    if (max === Number.POSITIVE_INFINITY) {
      next = this.#state([to]);
      this.#free[next]?.push(this.add(times, next));
    } else {
      for (let n = min; n < max; n++) next = this.#state([this.add(times, next), to]);
    }
    for (let n = 0; n < min; n++) next = this.add(times, next);
    return next;
  }

  #state(free: readonly number[], edges: readonly [CharSet, number][] = []): number {
    if (this.#free.length > PARTS_MAX) throw new RangeError("The pattern is too large");
    this.#edges.push(edges);
    return this.#free.push([...free]) - 1;
  }

  #reached(states: readonly number[]): readonly number[] {
    const reached = new Set<number>();
    const waiting = [...states];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      waiting.push(...(this.#free[at] ?? []));
    }
    return [...reached];
  }
}

/** Reads a pattern. Throws what it does not take. */
class Parser {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(source: string) {
    this.#chars = Array.from(source);
  }

  whole(): Part {
    const part = this.#choice();
    if (this.#at < this.#chars.length) throw refused(this.#peek());
    return part;
  }

  #peek(): string {
    return this.#chars[this.#at] ?? "";
  }

  #take(): string {
    const char = this.#peek();
    if (char === "") throw refused("the end");
    this.#at++;
    return char;
  }

  #takes(text: string): boolean {
    if (this.#chars.slice(this.#at, this.#at + text.length).join("") !== text) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): Part {
    const ways = [this.#sequence()];
    while (this.#takes("|")) ways.push(this.#sequence());
    return ways.length === 1 ? (ways[0] ?? { all: [] }) : { any: ways };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (!["", "|", ")"].includes(this.#peek())) parts.push(this.#counted(this.#atom()));
    return { all: parts };
  }

  #atom(): Part {
    const char = this.#take();
    switch (char) {
      case "^":
        return { on: BEGIN };
      case "$":
        return { on: END };
      case ".":
        return { on: without(ANY_CHAR, only("\n")) };
      case "(":
        return this.#group();
      case "[":
        return { on: this.#charClass() };
      case "\\":
        return { on: this.#escape() };
      default:
        return { on: only(char) };
    }
  }

  #group(): Part {
    if (this.#takes("?") && !this.#takes(":")) {
      // A name changes nothing; all else looks around.
      if (!this.#takes("<") || ["=", "!"].includes(this.#peek())) throw refused("(?");
      while (this.#take() !== ">");
    }
    const part = this.#choice();
    if (!this.#takes(")")) throw refused("(");
    return part;
  }

  #counted(part: Part): Part {
    const [min, max] = this.#count();
    // Whether it takes much or little first makes no difference to what it takes.
    if (min !== undefined) this.#takes("?");
    if (min === undefined || max === undefined) return part;
    if (Math.max(min, max === Number.POSITIVE_INFINITY ? 0 : max) > COPIES_MAX) throw refused("{");
    return { times: part, min, max };
  }

  #count(): readonly [number?, number?] {
    if (this.#takes("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.#takes("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.#takes("?")) return [0, 1];
    if (!this.#takes("{")) return [];
    const min = this.#number();
    const max = this.#takes(",") ? this.#number(Number.POSITIVE_INFINITY) : min;
    if (!this.#takes("}")) throw refused("{");
    return [min, max];
  }

  #number(otherwise?: number): number {
    let digits = "";
    while (/^\d$/.test(this.#peek())) digits += this.#take();
    if (digits !== "") return Number(digits);
    if (otherwise === undefined) throw refused("{");
    return otherwise;
  }

  #charClass(): CharSet {
    const isNegated = this.#takes("^");
    const parts: CharSet[] = [];
    while (!this.#takes("]")) {
      const low = this.#classAtom();
      const [from] = low;
      const isRange = this.#peek() === "-" && this.#chars[this.#at + 1] !== "]";
      if (!isRange || !isOne(low) || from === undefined) {
        parts.push(low);
        continue;
      }
      this.#take();
      const high = this.#classAtom();
      const [to] = high;
      if (!isOne(high) || to === undefined) throw refused("-");
      parts.push([[from[0], to[1]] satisfies Range]);
    }
    const set = intersect(union(...parts), ANY_CHAR);
    return isNegated ? without(ANY_CHAR, set) : set;
  }

  #classAtom(): CharSet {
    const char = this.#take();
    if (char !== "\\") return only(char);
    return this.#takes("b") ? NO_CHAR : this.#escape();
  }

  #escape(): CharSet {
    const char = this.#take();
    const known = CLASSES[char];
    if (known !== undefined) return known;
    const control = CONTROLS[char];
    if (control !== undefined) return only(control);
    if (char === "p" || char === "P") return this.#property(char);
    if (char === "x") return this.#code(2);
    if (char === "u") return this.#takes("{") ? this.#code(undefined) : this.#code(4);
    if (/[A-Za-z0-9]/.test(char)) throw refused(`\\${char}`);
    return only(char);
  }

  /** A property of characters, such as `\\p{L}`: those that JavaScript says have it. */
  #property(kind: "p" | "P"): CharSet {
    if (!this.#takes("{")) throw refused("\\p");
    let name = "";
    while (!this.#takes("}")) name += this.#take();
    return having(kind, name);
  }

  #code(digits: number | undefined): CharSet {
    let hex = "";
    while (digits === undefined ? !this.#takes("}") : hex.length < digits) hex += this.#take();
    if (!/^[0-9a-f]+$/i.test(hex)) throw refused("\\u");
    const code = Number.parseInt(hex, 16);
    return [[code, code]];
  }
}

const properties = new Map<string, CharSet>();

function having(kind: "p" | "P", name: string): CharSet {
  const source = `\\${kind}{${name}}`;
  const known = properties.get(source);
  if (known !== undefined) return known;
  const test = RegExp(source, "u");
  const ranges: [number, number][] = [];
  for (const [low, high] of ANY_CHAR) {
    for (let code = low; code <= Math.min(high, PROPERTIES_END); code++) {
      if (!test.test(String.fromCodePoint(code))) continue;
      const last = ranges.at(-1);
      if (last?.[1] === code - 1) last[1] = code;
      else ranges.push([code, code]);
    }
  }
  // There are few names, and all of them are JavaScript's.
  properties.set(source, ranges);
  return ranges;
}

function isOne(set: CharSet): boolean {
  const [range] = set;
  return set.length === 1 && range !== undefined && range[0] === range[1];
}

function refused(what: string): RangeError {
  return new RangeError(`Not taken: ${what}`);
}
