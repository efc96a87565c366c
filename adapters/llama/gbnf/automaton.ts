/**
 * Finite automata: what a text may go on with after each of its beginnings. Built step by step from whatever knows the
 * next states, so that several conditions on one text become one automaton. Knows sets of characters only.
 */
import { type CharSet, intersect, only, union, without } from "./char_set.ts";

/** What may follow in one state, and whether the text may end there. Edges of one state do not overlap. */
export interface State {
  readonly ends: boolean;
  readonly edges: readonly { readonly on: CharSet; readonly to: number }[];
}

/** A deterministic automaton; it begins in state 0. No state at all = no text. */
export type Automaton = readonly State[];

/** What an automaton is made from; its states are values of any kind. */
export interface Machine<S> {
  readonly start: S;
  /** The same for equal states. */
  readonly key: (state: S) => string;
  readonly ends: (state: S) => boolean;
  readonly edges: (state: S) => readonly (readonly [on: CharSet, to: S])[];
}

/** More states than this make a grammar that costs more than it is worth. */
const STATES_MAX = 2_000;

/** Walks a machine. `undefined` = it has too many states. States that lead nowhere are left out. */
export function automatonOf<S>(machine: Machine<S>, statesMax = STATES_MAX): Automaton | undefined {
  const numbers = new Map([[machine.key(machine.start), 0]]);
  const waiting = [machine.start];
  const states: State[] = [];
  // It grows while it is walked.
  for (const state of waiting) {
    const edges = new Map<number, CharSet>();
    for (const [on, to] of machine.edges(state)) {
      const key = machine.key(to);
      let number = numbers.get(key);
      if (number === undefined) {
        number = waiting.push(to) - 1;
        numbers.set(key, number);
      }
      edges.set(number, union(edges.get(number) ?? [], on));
    }
    if (waiting.length > statesMax) return undefined;
    states.push({ ends: machine.ends(state), edges: [...edges].map(([to, on]) => ({ on, to })) });
  }
  return trimmed(states);
}

/** Texts that both automata take. `undefined` = too many states. */
export function both(one: Automaton, other: Automaton): Automaton | undefined {
  if (one.length === 0 || other.length === 0) return [];
  return automatonOf<readonly [number, number]>({
    start: [0, 0],
    key: ([a, b]) => `${a} ${b}`,
    ends: ([a, b]) => one[a]?.ends === true && other[b]?.ends === true,
    edges: ([a, b]) =>
      (one[a]?.edges ?? []).flatMap((first) =>
        (other[b]?.edges ?? []).flatMap((second) => {
          const on = intersect(first.on, second.on);
          return on.length === 0 ? [] : [[on, [first.to, second.to]] as const];
        }),
      ),
  });
}

/** Texts of so many of these characters. */
export function ofLength(chars: CharSet, min: number, max: number | undefined) {
  return automatonOf<number>({
    start: 0,
    key: String,
    ends: (length) => length >= min,
    edges: (length) =>
      max !== undefined && length >= max
        ? []
        : [[chars, max === undefined ? Math.min(length + 1, min) : length + 1]],
  });
}

/** Texts of these characters, at least one, that are none of `texts`. */
export function noneOf(chars: CharSet, texts: readonly string[]): Automaton | undefined {
  return automatonOf<string | undefined>({
    start: "",
    // A text that is like none of them any more goes on as it likes.
    key: (read) => (read === undefined ? "other" : `read ${read}`),
    ends: (read) => read !== "" && (read === undefined || !texts.includes(read)),
    edges: (read) => {
      if (read === undefined) return [[chars, undefined]];
      const next = new Set(
        texts.flatMap((text) =>
          text.startsWith(read) ? (firstOf(text.slice(read.length)) ?? []) : [],
        ),
      );
      const known = [...next].map((char) => [intersect(chars, only(char)), read + char] as const);
      const rest = without(chars, union(...known.map(([on]) => on)));
      return [...known, [rest, undefined] as const].filter(([on]) => on.length > 0);
    },
  });
}

function firstOf(text: string): string | undefined {
  const code = text.codePointAt(0);
  return code === undefined ? undefined : String.fromCodePoint(code);
}

/** Without the states from which no text ends. */
function trimmed(states: readonly State[]): Automaton {
  const from = states.map((): number[] => []);
  for (const [at, { edges }] of states.entries()) for (const { to } of edges) from[to]?.push(at);
  const alive = new Set<number>();
  const waiting = [...states.keys()].filter((at) => states[at]?.ends === true);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (alive.has(at)) continue;
    alive.add(at);
    waiting.push(...(from[at] ?? []));
  }
  if (!alive.has(0)) return [];
  const numbers = new Map([...alive].toSorted((a, b) => a - b).map((at, number) => [at, number]));
  return [...numbers.keys()].map((at) => ({
    ends: states[at]?.ends === true,
    edges: (states[at]?.edges ?? []).flatMap(({ on, to }) => {
      const number = numbers.get(to);
      return number === undefined ? [] : [{ on, to: number }];
    }),
  }));
}
