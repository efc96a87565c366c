/** Arithmetic by a small parser of its own: nothing is ever evaluated as code. It knows no units and no variables. */
import { MoultError, defineTool, v } from "moult";

const CONSTANTS = new Map([
  ["pi", Math.PI],
  ["π", Math.PI],
  ["e", Math.E],
]);

const FUNCTIONS = new Map<string, (...numbers: number[]) => number>(
  Object.entries({
    sqrt: Math.sqrt,
    cbrt: Math.cbrt,
    abs: Math.abs,
    exp: Math.exp,
    ln: Math.log,
    log: Math.log10,
    sin: Math.sin,
    cos: Math.cos,
    tan: Math.tan,
    floor: Math.floor,
    ceil: Math.ceil,
    min: Math.min,
    max: Math.max,
    round,
  }),
);

type Operator = readonly [rank: number, apply: (a: number, b: number) => number];

/** What stands between two values. The higher rank binds first. */
const OPERATORS = new Map<string, Operator>([
  ["+", [1, (a, b) => a + b]],
  ["-", [1, (a, b) => a - b]],
  ["*", [2, (a, b) => a * b]],
  ["/", [2, (a, b) => a / b]],
  ["%", [2, (a, b) => a % b]],
  ["mod", [2, (a, b) => a % b]],
  ["of", [2, (a, b) => a * b]],
  ["^", [3, (a, b) => a ** b]],
]);

/** How people write it, and how the parser reads it. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:the )?(?:square )?root of\b|√/g, " sqrt "],
  [/\b(?:raised )?to the power of\b|\*\*/g, "^"],
  [/\bdivided by\b|÷/g, "/"],
  [/\b(?:multiplied by|times)\b|[×·∙]|(?<=[\d)\s])x(?=[\s\d(])/g, "*"],
  [/\bplus\b/g, "+"],
  [/\bminus\b|[−–]/g, "-"],
  [/ squared\b|²/g, "^2"],
  [/ cubed\b|³/g, "^3"],
  [/ ?\bper ?cent\b/g, "%"],
];

const TOKEN = /\s*(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+|[a-zπ][a-z0-9]*|[-+*/%^(),])/y;

export default defineTool({
  description: "Evaluate an arithmetic expression",
  input: v.object({ expression: v.pipe(v.string(), v.minLength(1), v.maxLength(500)) }),
  output: v.object({ result: v.number() }),
  limits: { timeMs: 2_000 },
  examples: [
    { say: "what is 17 * 23?", input: { expression: "17 * 23" } },
    { say: "what's 15% of 80?", input: { expression: "15% of 80" } },
    { say: "how much is 1,250 plus 19%?", input: { expression: "1,250 plus 19%" } },
  ],
  run({ expression }) {
    const result = new Parser(tokens(expression)).parse();
    if (!Number.isFinite(result)) throw cannot(`"${expression}" has no finite result`);
    // A double holds 15 digits: 0.1 + 0.2 is 0.3.
    return { result: Number(result.toPrecision(15)) };
  },
});

function tokens(expression: string): string[] {
  let text = expression.toLowerCase().replace(/[\s=?]+$/, "");
  // A comma groups thousands, except where it separates the arguments of a function.
  if (!/\b(?:min|max|round)\b/.test(text)) text = text.replace(/(?<=\d),(?=\d{3}(?!\d))/g, "");
  for (const [spelling, sign] of SPELLINGS) text = text.replace(spelling, sign);
  const found: string[] = [];
  for (let at = (TOKEN.lastIndex = 0); at < text.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw cannot(`"${text.slice(at).trim()}" is not arithmetic`);
    found.push(token);
  }
  return found;
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(found: readonly string[]) {
    this.#tokens = found;
  }

  parse(): number {
    const result = this.#expression(0);
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw cannot(`"${rest}" was not expected there`);
    return result;
  }

  /** A value and what follows it, as far as it binds closer than `rank`. */
  #expression(rank: number): number {
    let left = this.#value();
    for (;;) {
      const sign = this.#tokens[this.#at] ?? "";
      const [strength, apply] = OPERATORS.get(sign) ?? [0];
      if (apply === undefined || strength <= rank) return left;
      const start = ++this.#at;
      // 2^3^2 is 2^(3^2): only the power groups from the right.
      const right = this.#expression(sign === "^" ? strength - 1 : strength);
      // As on a pocket calculator: 250 + 19% adds 19% of 250.
      const share = strength === 1 && this.#at === start + 2 && this.#tokens[start + 1] === "%";
      left = apply(left, share ? left * right : right);
    }
  }

  #value(): number {
    if (this.#take("-")) return -this.#expression(2);
    if (this.#take("+")) return this.#expression(2);
    let value = this.#atom();
    // "15% of 80" and "50% * 2" are shares; "17 % 5" is a remainder, an operator.
    while (this.#tokens[this.#at] === "%" && !startsValue(this.#tokens[this.#at + 1])) {
      value /= 100;
      this.#at++;
    }
    return value;
  }

  #atom(): number {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw cannot("a number is missing at the end");
    if (token === "(") return this.#list()[0] ?? Number.NaN;
    const call = FUNCTIONS.get(token);
    if (call !== undefined)
      return call(...(this.#take("(") ? this.#list() : [this.#expression(2)]));
    const number = CONSTANTS.get(token) ?? Number(token);
    if (Number.isNaN(number)) throw cannot(`"${token}" is not a number, sign or function I know`);
    return number;
  }

  /** What stands between "(" and ")". */
  #list(): number[] {
    const numbers = [this.#expression(0)];
    while (this.#take(",")) numbers.push(this.#expression(0));
    if (!this.#take(")")) throw cannot('a ")" is missing');
    return numbers;
  }

  #take(wanted: string): boolean {
    if (this.#tokens[this.#at] !== wanted) return false;
    this.#at++;
    return true;
  }
}

function round(number: number, digits = 0): number {
  return Math.round(number * 10 ** digits) / 10 ** digits;
}

function startsValue(token = ""): boolean {
  return /^[\d.(a-zπ]/.test(token) && token !== "of" && token !== "mod";
}

function cannot(why: string): MoultError {
  return new MoultError("tool/failed", `Cannot calculate: ${why}`);
}
