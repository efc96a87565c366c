/**
 * Numbers within bounds, as they are written digit by digit: what may follow depends on how what is written so far
 * compares with the bounds, and on what it leaves when it is divided. Knows no JSON Schema.
 */
import { automatonOf, type Automaton, type Machine } from "./automaton.ts";
import type { CharSet } from "./char_set.ts";
import { all, any, EMPTY, type Node, type Rules } from "./grammar.ts";

/** What a number must be. Absent = anything. */
export interface NumberBounds {
  readonly integer: boolean;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** It must be more than `min`, less than `max`. */
  readonly aboveMin?: boolean;
  readonly belowMax?: boolean;
  readonly multipleOf?: number | undefined;
}

/** So many digits are exact in a double. */
const DIGITS_MAX = 15;
/** Remainders that are told apart: more make a grammar that costs more than it is worth. */
const REMAINDERS_MAX = 100;
const DECIMALS_MAX = 6;
/** Of the largest step, with its decimals and its bounds. */
const STATES_MAX = 20_000;
/** So few multiples are written out. */
const MULTIPLES_MAX = 256;

const ZERO = 0x30;
const DIGITS: CharSet = [[ZERO, ZERO + 9]];
const POINT: CharSet = [[0x2e, 0x2e]];

/** The numbers within bounds; a multiple that is too odd for a grammar is not seen to. */
export function numberNode(bounds: NumberBounds, rules: Rules): Node {
  const { integer, aboveMin = false, belowMax = false } = bounds;
  const listed = multiples(bounds);
  if (listed !== undefined) return any(...listed.map((value) => ({ text: plain(value) })));
  const step = bounds.multipleOf === undefined ? undefined : stepOf(bounds.multipleOf);
  if (bounds.min === undefined && bounds.max === undefined && step === undefined)
    return unbounded(integer);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = bounds;
  const kind = { integer, step };
  const positive = magnitudes({
    ...kind,
    low: Math.max(min, 0),
    high: max,
    aboveLow: aboveMin && min >= 0,
    belowHigh: belowMax,
  });
  const negative = magnitudes({
    ...kind,
    low: Math.max(-max, 0),
    high: -min,
    // Nothing is written as minus zero.
    aboveLow: max >= 0 || belowMax,
    belowHigh: aboveMin,
  });
  const node = (states: Automaton): Node => rules.ofAutomaton(states, (chars) => ({ chars }));
  return any(node(positive), all({ text: "-" }, node(negative)));
}

/** The multiples between two bounds, where they are few whole numbers. */
function multiples(bounds: NumberBounds): readonly number[] | undefined {
  const { multipleOf = 0, min, max } = bounds;
  if (!Number.isSafeInteger(multipleOf) || multipleOf <= 1) return undefined;
  if (min === undefined || max === undefined) return undefined;
  const first = Math.ceil(min / multipleOf);
  const count = Math.floor(max / multipleOf) - first + 1;
  if (count > MULTIPLES_MAX || !Number.isSafeInteger(first * multipleOf)) return undefined;
  return Array.from({ length: Math.max(count, 0) }, (_, at) => (first + at) * multipleOf).filter(
    (value) =>
      (value !== min || bounds.aboveMin !== true) && (value !== max || bounds.belowMax !== true),
  );
}

function unbounded(integer: boolean): Node {
  const digits: Node = { chars: DIGITS };
  const first: Node = { chars: [[0x31, 0x39]] };
  const more = { times: digits, min: 0, max: DIGITS_MAX - 1 };
  const sign = { times: { text: "-" }, min: 0, max: 1 };
  const whole = all(sign, any({ text: "0" }, all(first, more)));
  if (integer) return whole;
  const fraction = all({ text: "." }, { times: digits, min: 1, max: DIGITS_MAX });
  const power = all(
    {
      chars: [
        [0x45, 0x45],
        [0x65, 0x65],
      ],
    },
    {
      times: {
        chars: [
          [0x2b, 0x2b],
          [0x2d, 0x2d],
        ],
      },
      min: 0,
      max: 1,
    },
    { times: digits, min: 1, max: 2 },
  );
  return all(whole, any(fraction, EMPTY), any(power, EMPTY));
}

/** A bound by its digits; neither part has zeros that could be left out. */
interface Bound {
  readonly whole: string;
  readonly fraction: string;
  /** The number may not be the bound itself. */
  readonly isOut: boolean;
}

function boundOf(value: number, isOut: boolean): Bound {
  const [whole = "0", fraction = ""] = plain(value).split(".");
  return { whole, fraction: fraction.replace(/0+$/, ""), isOut };
}

/** A number without an exponent, in as many digits as tell it from all others. */
function plain(value: number): string {
  if (value < 0) return `-${plain(-value)}`;
  const [digits = "", power = "0"] = String(value).split("e");
  const [whole = "", fraction = ""] = digits.split(".");
  const shift = Number(power);
  if (shift < 0) return `0.${"0".repeat(-shift - whole.length)}${whole}${fraction}`;
  const shifted = whole + fraction.padEnd(shift, "0");
  const at = whole.length + shift;
  return shifted.length > at ? `${shifted.slice(0, at)}.${shifted.slice(at)}` : shifted;
}

/** What is to be a multiple: of `step` units that are so many decimals small. */
interface Step {
  readonly step: number;
  readonly decimals: number;
}

function stepOf(multipleOf: number): Step | undefined {
  if (!(multipleOf > 0) || !Number.isFinite(multipleOf)) return undefined;
  const text = plain(multipleOf);
  const decimals = text.split(".")[1]?.length ?? 0;
  const step = Number(text.replace(".", ""));
  return step > REMAINDERS_MAX || decimals > DECIMALS_MAX ? undefined : { step, decimals };
}

/** What is known of a number while it is written. */
interface Written {
  /** Digits before the point. */
  readonly whole: number;
  /** Nothing but a zero is there: only a point may follow. */
  readonly isZero: boolean;
  /** Digits after the point; `undefined` = no point yet. */
  readonly decimals: number | undefined;
  /** How its digits compare with as many of the bounds': below 0, 0 or above it. */
  readonly low: number;
  readonly high: number;
  readonly remainder: number;
}

interface Magnitudes {
  readonly integer: boolean;
  readonly step: Step | undefined;
  /** Neither is below 0; `high` may be infinite. */
  readonly low: number;
  readonly high: number;
  readonly aboveLow: boolean;
  readonly belowHigh: boolean;
}

/** Numbers without a sign between two bounds. */
function magnitudes(asked: Magnitudes): Automaton {
  if (asked.high < asked.low) return [];
  return automatonOf(new Digits(asked), STATES_MAX) ?? [];
}

/** Writes numbers without a sign, digit by digit. */
class Digits implements Machine<Written> {
  readonly start = { whole: 0, isZero: false, decimals: undefined, low: 0, high: 0, remainder: 0 };
  readonly #step: Step;
  readonly #low: Bound;
  readonly #high: Bound | undefined;
  readonly #wholeMax: number;
  readonly #decimalsMax: number;

  constructor({ integer, step, low, high, aboveLow, belowHigh }: Magnitudes) {
    this.#step = step ?? { step: 1, decimals: DIGITS_MAX };
    this.#low = boundOf(low, aboveLow);
    this.#high = high === Number.POSITIVE_INFINITY ? undefined : boundOf(high, belowHigh);
    this.#wholeMax = Math.max(DIGITS_MAX, this.#low.whole.length);
    this.#decimalsMax = integer ? 0 : this.#step.decimals;
  }

  key(state: Written): string {
    return Object.values(state).join(" ");
  }

  ends(state: Written): boolean {
    const { whole, decimals, remainder } = state;
    if (whole === 0 || decimals === 0) return false;
    const { step } = this.#step;
    if (step > 1 && (remainder * 10 ** (this.#step.decimals - (decimals ?? 0))) % step !== 0)
      return false;
    const toLow = settled(state.low, this.#low, state);
    if (toLow < 0 || (toLow === 0 && this.#low.isOut)) return false;
    if (this.#high === undefined) return true;
    const toHigh = settled(state.high, this.#high, state);
    return toHigh < 0 || (toHigh === 0 && !this.#high.isOut);
  }

  edges(state: Written): readonly (readonly [CharSet, Written])[] {
    const { whole, isZero, decimals } = state;
    const isBeforePoint = decimals === undefined;
    const takesDigit = isBeforePoint
      ? !isZero && whole < this.#wholeMax
      : decimals < this.#decimalsMax;
    const digits = takesDigit ? Array.from({ length: 10 }, (_, digit) => digit) : [];
    const edges = digits.map((digit): readonly [CharSet, Written] => [
      [[ZERO + digit, ZERO + digit]],
      this.#with(state, digit),
    ]);
    const takesPoint = isBeforePoint && whole > 0 && this.#decimalsMax > 0;
    return takesPoint ? [...edges, [POINT, this.#pointed(state)]] : edges;
  }

  #with(state: Written, digit: number): Written {
    const { whole, decimals } = state;
    const place =
      decimals === undefined
        ? { whole: whole + 1, isZero: whole === 0 && digit === 0, decimals }
        : { whole, isZero: false, decimals: decimals + 1 };
    return {
      ...place,
      low: compared(state.low, digit, this.#low, state),
      high: this.#high === undefined ? -1 : compared(state.high, digit, this.#high, state),
      remainder: (state.remainder * 10 + digit) % this.#step.step,
    };
  }

  #pointed({ whole, low, high, remainder }: Written): Written {
    return {
      whole,
      isZero: false,
      decimals: 0,
      low: comparedWhole(low, this.#low, whole),
      high: this.#high === undefined ? -1 : comparedWhole(high, this.#high, whole),
      remainder,
    };
  }
}

/** How a number compares with a bound after one more digit. */
function compared(
  before: number,
  digit: number,
  bound: Bound,
  { whole, decimals }: Written,
): number {
  const other = decimals === undefined ? bound.whole[whole] : (bound.fraction[decimals] ?? "0");
  // Before the point the longer number is the larger one: that is seen at the point.
  return before === 0 && other !== undefined ? Math.sign(digit - Number(other)) : before;
}

/** How a number compares with a bound once its part before the point is whole. */
function comparedWhole(before: number, bound: Bound, whole: number): number {
  return Math.sign(whole - bound.whole.length) || before;
}

/** How a number compares with a bound if it ends here. */
function settled(before: number, bound: Bound, { whole, decimals }: Written): number {
  const known = decimals === undefined ? comparedWhole(before, bound, whole) : before;
  const isShort = bound.fraction.length > (decimals ?? 0);
  return known === 0 && isShort ? -1 : known;
}
