/**
 * Grammars in the notation that llama.cpp reads (GBNF), as values: parts that nothing fits are taken out before they are
 * written, so that a model is never led where it can not go on. Knows no JSON.
 */
import type { Automaton } from "./automaton.ts";
import type { CharSet } from "./char_set.ts";

/** A part of a grammar. */
export type Node =
  | { readonly text: string }
  | { readonly chars: CharSet }
  /** One after the other; none = the empty text. */
  | { readonly all: readonly Node[] }
  /** One of them; none = nothing fits. */
  | { readonly any: readonly Node[] }
  | Repeated
  | { readonly rule: string };

/** So often; `max` absent = as often as it likes. */
interface Repeated {
  readonly times: Node;
  readonly min: number;
  readonly max?: number | undefined;
}

/** The empty text. */
export const EMPTY: Node = { all: [] };
/** What nothing fits. */
export const NEVER: Node = { any: [] };

/** Repetitions are expanded where they are read: longer ones are made of rules for so many at once. */
const BLOCK = 64;
/** More than so often is as often as it likes. */
const TIMES_MAX = BLOCK * 1_024;

/** One after the other. */
export function all(...nodes: readonly Node[]): Node {
  return { all: nodes };
}

/** One of them. */
export function any(...nodes: readonly Node[]): Node {
  return { any: nodes };
}

/** It or nothing. */
export function maybe(node: Node): Node {
  return { times: node, min: 0, max: 1 };
}

/** Rules by their names. */
export class Rules {
  readonly #rules = new Map<string, Node>();
  #count = 0;

  /** How many there are. */
  get size(): number {
    return this.#rules.size;
  }

  /** Whether there is a rule of this name. */
  has(name: string): boolean {
    return this.#rules.has(name);
  }

  /** Sets a rule. By default its name is one that no other has. */
  set(node: Node, name = this.name()): Node {
    this.#rules.set(name, node);
    return { rule: name };
  }

  /** A name that no other rule has. */
  name(): string {
    return `r${++this.#count}`;
  }

  /** It as often as that, in a form that stays small however often that is. */
  repeated(node: Node, min: number, max: number | undefined): Node {
    if (max !== undefined && max < min) return NEVER;
    if (max === undefined || max > TIMES_MAX)
      return all(this.#exactly(node, Math.min(min, TIMES_MAX)), { times: node, min: 0 });
    return all(this.#exactly(node, min), this.#upTo(node, max - min));
  }

  #exactly(node: Node, times: number): Node {
    if (times <= BLOCK) return { times: node, min: times, max: times };
    const block = this.set({ times: node, min: BLOCK, max: BLOCK });
    const blocks = Math.floor(times / BLOCK);
    const rest = { times: node, min: times % BLOCK, max: times % BLOCK };
    return all({ times: block, min: blocks, max: blocks }, rest);
  }

  /** At each end of a block there are two ways on, never more: so it costs little while it is followed. */
  #upTo(node: Node, times: number): Node {
    if (times <= BLOCK) return { times: node, min: 0, max: times };
    const block = this.set({ times: node, min: BLOCK, max: BLOCK });
    const some = this.set({ times: node, min: 0, max: BLOCK - 1 });
    let rest = this.set({ times: node, min: 0, max: times % BLOCK });
    for (let blocks = Math.floor(times / BLOCK); blocks > 0; blocks--)
      rest = this.set(any(all(block, rest), some));
    return rest;
  }

  /** The texts of an automaton; `write` says how a character of them is written. */
  ofAutomaton(states: Automaton, write: (chars: CharSet) => Node): Node {
    if (states.length === 0) return NEVER;
    const names = states.map(() => this.name());
    // The last ones first: most lead on, and whether something fits is seen from the end.
    for (const [at, { ends, edges }] of [...states.entries()].toReversed()) {
      const ways = edges.map(({ on, to }) => all(write(on), { rule: names[to] ?? "" }));
      this.set(any(...ways, ...(ends ? [EMPTY] : [])), names[at]);
    }
    return { rule: names[0] ?? "" };
  }

  /** The rules that `root` needs, with `name` for itself. `undefined` = nothing fits. */
  written(root: Node, name: string): ReadonlyMap<string, string> | undefined {
    this.set(root, name);
    const fitting = this.#fitting();
    if (!fitting.has(name)) return undefined;
    const lines = new Map<string, string>();
    const waiting = [name];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (lines.has(next)) continue;
      const node = pruned(this.#rules.get(next) ?? NEVER, fitting) ?? EMPTY;
      lines.set(next, render(node, true));
      waiting.push(...rulesIn(node));
    }
    return lines;
  }

  /** Names of the rules that some finite text fits. */
  #fitting(): ReadonlySet<string> {
    const fitting = new Set<string>();
    for (let before = -1; before < fitting.size;) {
      before = fitting.size;
      for (const [name, node] of this.#rules)
        if (!fitting.has(name) && pruned(node, fitting) !== undefined) fitting.add(name);
    }
    return fitting;
  }
}

/** Without what nothing fits; `undefined` = nothing fits it at all. */
function pruned(node: Node, fitting: ReadonlySet<string>): Node | undefined {
  if ("text" in node) return node;
  if ("chars" in node) return node.chars.length === 0 ? undefined : node;
  if ("rule" in node) return fitting.has(node.rule) ? node : undefined;
  if ("times" in node) {
    const times = pruned(node.times, fitting);
    if (times !== undefined) return { ...node, times };
    return node.min === 0 ? EMPTY : undefined;
  }
  if ("any" in node) {
    const left = node.any.flatMap((one) => pruned(one, fitting) ?? []);
    return left.length === 0 ? undefined : { any: left };
  }
  const parts = node.all.map((one) => pruned(one, fitting));
  return parts.includes(undefined) ? undefined : { all: parts.flatMap((part) => part ?? []) };
}

function rulesIn(node: Node): readonly string[] {
  if ("rule" in node) return [node.rule];
  if ("times" in node) return rulesIn(node.times);
  if ("any" in node) return node.any.flatMap(rulesIn);
  return "all" in node ? node.all.flatMap(rulesIn) : [];
}

/** @param outer it is all of a rule: alternatives need no brackets */
function render(node: Node, outer = false): string {
  if ("text" in node) return quoted(node.text);
  if ("rule" in node) return node.rule;
  if ("chars" in node) return `[${node.chars.map(written).join("")}]`;
  if ("all" in node) return node.all.map((one) => render(one)).join(" ") || NOTHING;
  if ("times" in node) return renderTimes(node);
  const [only] = node.any;
  if (only !== undefined && node.any.length === 1) return render(only, outer);
  const text = node.any.map((one) => render(one)).join(" | ");
  return outer ? text : `(${text})`;
}
const NOTHING = '""';

function renderTimes({ times, min, max }: Repeated): string {
  if (max === 0) return NOTHING;
  const isOne = "text" in times || "rule" in times || "chars" in times;
  const inner = isOne ? render(times) : `(${render(times, true)})`;
  return min === 1 && max === 1 ? inner : `${inner}{${min},${max ?? ""}}`;
}

function quoted(text: string): string {
  return `"${Array.from(text, (char) => escaped(char.codePointAt(0) ?? 0)).join("")}"`;
}

function written([low, high]: readonly [number, number]): string {
  return low === high ? escaped(low) : `${escaped(low)}-${escaped(high)}`;
}

/** Only letters, digits and spaces mean nothing else anywhere. */
function escaped(code: number): string {
  const char = String.fromCodePoint(code);
  if (/[A-Za-z0-9 ]/.test(char)) return char;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xff_ff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, "0");
}
