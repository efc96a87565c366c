/** Texts that a grammar allows, drawn as a model would that knows nothing. */

type Node =
  | { readonly text: string }
  | { readonly chars: readonly (readonly [number, number])[] }
  | { readonly all: readonly Node[] }
  | { readonly any: readonly Node[] }
  | { readonly times: Node; readonly min: number; readonly max: number }
  | { readonly rule: string };

const RANDOM_TIMES_MAX = 6;
/** After so many steps the shortest way out is taken. */
const STEPS_MAX = 3_000;

/** Reads rules (name → body) and draws texts of one of them; `random` is below 1. */
export function sampler(rules: ReadonlyMap<string, string>, random: () => number) {
  const parsed = new Map([...rules].map(([name, body]) => [name, new Reader(body).choice()]));
  const heights = heightsOf(parsed);
  let steps = 0;
  const isLate = (): boolean => ++steps > STEPS_MAX;
  const draw = (node: Node): string => {
    if ("text" in node) return node.text;
    if ("chars" in node) return drawChar(node.chars, random);
    if ("all" in node) return node.all.map(draw).join("");
    if ("rule" in node) return draw(parsed.get(node.rule) ?? { any: [] });
    if ("times" in node)
      return Array.from({ length: isLate() ? node.min : timesOf(node, random) }, () =>
        draw(node.times),
      ).join("");
    const lowest = (): Node | undefined =>
      node.any.toSorted((a, b) => height(a, heights) - height(b, heights))[0];
    return draw((isLate() ? lowest() : undefined) ?? pick(node.any, random));
  };
  return (name: string): string => {
    steps = 0;
    return draw({ rule: name });
  };
}

function drawChar(chars: readonly (readonly [number, number])[], random: () => number): string {
  const [low, high] = pick(chars, random);
  // Mostly what people write, and sometimes anything.
  const span = random() < 0.9 ? Math.min(high - low, 0x60) : high - low;
  return String.fromCodePoint(low + Math.floor(random() * (span + 1)));
}

function timesOf(
  { min, max }: { readonly min: number; readonly max: number },
  random: () => number,
) {
  if (Number.isFinite(max) && random() < 0.1) return max;
  return Math.min(max, min + Math.floor(random() * RANDOM_TIMES_MAX));
}

function pick<T>(all: readonly T[], random: () => number): T {
  const one = all[Math.floor(random() * all.length)];
  if (one === undefined) throw new Error("There is nothing to pick");
  return one;
}

function heightsOf(rules: ReadonlyMap<string, Node>): ReadonlyMap<string, number> {
  const heights = new Map<string, number>();
  for (let pass = 0; pass < rules.size + 1; pass++) {
    let changed = false;
    for (const [name, node] of rules) {
      const now = height(node, heights);
      if (now < (heights.get(name) ?? Infinity)) {
        heights.set(name, now);
        changed = true;
      }
    }
    if (!changed) break;
  }
  return heights;
}

function height(node: Node, heights: ReadonlyMap<string, number>): number {
  if ("rule" in node) return 1 + (heights.get(node.rule) ?? Infinity);
  if ("any" in node) return Math.min(...node.any.map((one) => height(one, heights)));
  if ("all" in node) return Math.max(0, ...node.all.map((one) => height(one, heights)));
  if ("times" in node) return node.min === 0 ? 0 : height(node.times, heights);
  return 0;
}

/** Reads what the grammar's writer writes, no more. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  choice(): Node {
    const ways = [this.#sequence()];
    while (this.#takes(/\| ?/y)) ways.push(this.#sequence());
    return { any: ways };
  }

  #takes(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    for (let node = this.#one(); node !== undefined; node = this.#one()) {
      const count = this.#takes(/\{\d+,\d*\} ?/y);
      const [min = "", max = ""] = (count ?? "").match(/\d+|(?<=,)(?=\})/g) ?? [];
      nodes.push(
        count === undefined
          ? node
          : { times: node, min: Number(min), max: max === "" ? Infinity : Number(max) },
      );
      this.#takes(/ +/y);
    }
    return { all: nodes };
  }

  #one(): Node | undefined {
    const name = this.#takes(/[A-Za-z][A-Za-z0-9-]*/y);
    if (name !== undefined) return { rule: name };
    const text = this.#takes(/"[^"]*"/y);
    if (text !== undefined) return { text: codes(text.slice(1, -1)).map(char).join("") };
    const chars = this.#takes(/\[[^\]]*\]/y);
    if (chars !== undefined) return { chars: ranges(chars.slice(1, -1)) };
    if (this.#takes(/\(/y) === undefined) return undefined;
    const inner = this.choice();
    if (this.#takes(/\)/y) === undefined) throw new Error(`No end: ${this.#text}`);
    return inner;
  }
}

const CODE = /\\x..|\\u.{4}|\\U.{8}|[^\\]/gsu;

function codes(text: string): readonly number[] {
  return Array.from(text.matchAll(CODE), ([one]) =>
    one.startsWith("\\") ? Number.parseInt(one.slice(2), 16) : (one.codePointAt(0) ?? 0),
  );
}

function char(code: number): string {
  return String.fromCodePoint(code);
}

function ranges(text: string): readonly (readonly [number, number])[] {
  const found = text.matchAll(
    /(\\x..|\\u.{4}|\\U.{8}|[^\\-])(?:-(\\x..|\\u.{4}|\\U.{8}|[^\\-]))?/gsu,
  );
  return Array.from(found, ([, low = "", high = low]) => [codes(low)[0] ?? 0, codes(high)[0] ?? 0]);
}
