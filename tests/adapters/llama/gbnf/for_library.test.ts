/** Whether the library reads grammars as they are meant, in answers and in the way it makes calls. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { getLlama, type Llama } from "node-llama-cpp";
import {
  answerGrammar,
  callSchema,
  checkCallable,
} from "../../../../adapters/llama/gbnf/for_library.ts";
import type { ToolSpec } from "../../../../schemas/model.ts";
import { FunctionCallParamsGrammar } from "../../../../node_modules/node-llama-cpp/dist/evaluator/LlamaChat/utils/FunctionCallParamsGrammar.js";

let llama: Llama;
beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
});
afterAll(() => llama.dispose());

const SCHEMA = {
  type: "object",
  properties: {
    hour: { type: "integer", minimum: 0, maximum: 23 },
    code: { type: "string", pattern: '^\\d+"é$' },
    text: { type: "string", maxLength: 5_000 },
    list: { type: "array", items: { type: "number" }, maxItems: 3_000 },
  },
  required: ["hour"],
};

/** What the library itself asks of a grammar's text. */
interface Tested {
  readonly _testText: (text: string) => boolean;
}

test.each([
  ['{"hour": 23}', true],
  ['{"hour": 24}', false],
  ['{"hour":1,"code":"12\\"é"}', true],
  ['{"hour":1,"code":"12"}', false],
  [`{"hour":1,"text":"${"é".repeat(5_000)}"}`, true],
  [`{"hour":1,"text":"${"x".repeat(5_001)}"}`, false],
  [`{"hour":1,"list":[${"1,".repeat(2_999)}1]}`, true],
  [`{"hour":1,"list":[${"1,".repeat(3_000)}1]}`, false],
  ['{\n  "hour": 1,\n  "list": [\n    1\n  ]\n}', true],
  ['{"hour": 1, "text": null}', false],
])("an answer of %p: %p", async (text, fits) => {
  const grammar = await llama.createGrammar({ grammar: answerGrammar(SCHEMA) });
  expect((grammar as unknown as Tested)._testText(text)).toBe(fits);
});

/** Definitions of which each says the one before it several times. */
function doubled(of: (before: object) => object, last: object): object {
  const ref = (n: number) => ({ $ref: `#/$defs/${n}` });
  const $defs: Record<number, object> = { 0: last };
  for (let n = 1; n <= 30; n++) $defs[n] = of(ref(n - 1));
  return { type: "object", $defs, ...ref(30) };
}
const list = (length: number, of: (n: number) => unknown) =>
  Array.from({ length }, (_, n) => of(n));

test.each<[string, object]>([
  ["joins of joins", doubled((one) => ({ allOf: [one, one] }), { type: "object" })],
  ["values by the ten thousand", { enum: list(20_000, (n) => `value ${n}`) }],
])("%s are too large for a grammar", (_, schema) => {
  const parameters = schema as ToolSpec["parameters"];
  const refused = { code: "input/invalid", message: expect.stringContaining("too large") };
  expect(() => answerGrammar(parameters)).toThrow(expect.objectContaining(refused));
  const tool = { name: "t", description: "", parameters };
  expect(() => checkCallable(tool)).toThrow(expect.objectContaining(refused));
});

test.each<[string, object]>([
  ["nothing, repeated and repeated", { pattern: "^(?:(?:(?:(?:){250}){250}){250}){250}$" }],
  [
    "lists of values that meet",
    { allOf: list(2, (from) => ({ enum: list(30_000, (n) => ({ [from]: n })) })) },
  ],
])("%s are read in no time", (_, part) => {
  const schema = { type: "object", properties: { a: { type: ["string", "object"], ...part } } };
  expect(answerGrammar(schema)).toContain("root ::=");
});

/** The grammar of arguments as the library makes it for a call. */
function argumentsOf(schema: object) {
  type Make = new (...args: unknown[]) => Tested & {
    readonly parseParams: (text: string) => { readonly params: unknown };
  };
  const Made = FunctionCallParamsGrammar as unknown as Make;
  return new Made(
    llama,
    {},
    {},
    "set",
    callSchema(schema as { readonly [keyword: string]: unknown }),
  );
}
const END = "\n".repeat(4);

test("arguments of a call are of the same grammar, in one line", () => {
  const grammar = argumentsOf(SCHEMA);
  expect(grammar._testText(`{"hour": 23, "text": null}${END}`)).toBe(true);
  expect(grammar._testText(`{"hour": 24}${END}`)).toBe(false);
  expect(grammar._testText(`{\n"hour": 2}${END}`)).toBe(false);
  expect(grammar.parseParams(`{"hour": 23}${END}`).params).toEqual({ hour: 23 });
});

test("a tool whose parameters forget their type takes an object", () => {
  const grammar = argumentsOf({});
  expect(grammar._testText(`{"a": [1]}${END}`)).toBe(true);
  expect(grammar._testText(`1${END}`)).toBe(false);
});

test("a tool that no arguments fit is refused, and takes any object where nobody asks", () => {
  const parameters = { type: "object", properties: { a: false }, required: ["a"] };
  expect(() => checkCallable({ name: "t", description: "", parameters })).toThrow(
    /No arguments fit/,
  );
  expect(argumentsOf(parameters)._testText(`{}${END}`)).toBe(true);
});

test("an answer that nothing fits is refused", () => {
  expect(() => answerGrammar({ enum: [] })).toThrow(/No JSON fits/);
});
