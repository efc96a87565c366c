/** Where two JSON values differ. */

/** One place that differs. */
export interface Difference {
  /** Like `items[2].price`; empty = the values as a whole. */
  readonly path: string;
  /** `undefined`: nothing is expected there. */
  readonly expected: unknown;
  /** `undefined`: nothing is there. */
  readonly got: unknown;
}

/** Places that are named; where there are more, the first ones say enough. */
const PLACES_MAX = 5;

/** Deeper places are named by what they lie in. */
const DEPTH_MAX = 32;

/** The first places where two JSON values differ, in the order of `expected`. */
export function differences(expected: unknown, got: unknown): Difference[] {
  const found: Difference[] = [];
  collect({ path: "", expected, got }, found, 0);
  return found;
}

function collect(place: Difference, found: Difference[], depth: number): void {
  const { path, expected, got } = place;
  if (found.length >= PLACES_MAX || Bun.deepEquals(expected, got)) return;
  const isBoth = Array.isArray(expected) === Array.isArray(got) && isTree(expected) && isTree(got);
  if (!isBoth || depth >= DEPTH_MAX) {
    found.push(place);
    return;
  }
  const inArray = Array.isArray(expected);
  for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
    const step = inArray ? `[${key}]` : path === "" ? key : `.${key}`;
    const deeper = { path: path + step, expected: expected[key], got: got[key] };
    collect(deeper, found, depth + 1);
  }
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
