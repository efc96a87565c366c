/** Grammars in the forms that node-llama-cpp takes: as a text for answers, as parameters of a function for calls. */
import { schemaRules, type Style } from "./json_schema.ts";
import { MoultError } from "../../../schemas/error.ts";
import type { JsonSchema } from "../../../schemas/function.ts";
import type { ToolSpec } from "../../../schemas/model.ts";

const ANSWER: Style = { lines: true, nulls: false };
/** Keys that may be left out are shown as such that may be null, so a model may write that. */
const CALL: Style = { lines: false, nulls: true };

/** The rule of arguments; the library's own begins with them. */
const ARGUMENTS = "arguments";
/** Schemas whose grammar is remembered: those of the tools that are called now. */
const REMEMBERED_MAX = 256;
/** Rules of all of them. */
const RULES_REMEMBERED_MAX = 100_000;

/** What the library makes a grammar's rules with: `GbnfGrammarGenerator`. */
interface Generator {
  readonly rules: Map<string, string | null>;
}

/** Parameters of a function as the library takes them. Its own rules for them are never asked for. */
export interface CallSchema {
  readonly type: "object";
  readonly additionalProperties: true;
  readonly oneOf: readonly unknown[];
}

/** The grammar of an answer that is JSON of this schema. @throws {MoultError} `input/invalid` when nothing fits it */
export function answerGrammar(schema: JsonSchema): string {
  const rules = remembered(schema, "root", ANSWER);
  if (rules === undefined)
    throw new MoultError("input/invalid", "No JSON fits the schema of the answer; loosen it");
  return [...rules].map(([name, body]) => `${name} ::= ${body}`).join("\n");
}

/** Checks that a tool can be called at all. @throws {MoultError} `input/invalid` when no arguments fit its parameters */
export function checkCallable({ name, parameters }: ToolSpec): void {
  if (argumentRules(parameters) === undefined)
    throw new MoultError(
      "input/invalid",
      `No arguments fit the parameters of the tool "${name}"; loosen them`,
    );
}

/**
 * Parameters for which the library, asked for a call, uses the grammar of `schema`; where nothing fits that, any object.
 * It reads alternatives by `map`, with something that makes the rules of each: here the rules are there already. A test
 * pins that.
 */
export function callSchema(schema: JsonSchema): CallSchema {
  const alternatives: unknown[] = [{ type: "object", additionalProperties: true }];
  const rule = {
    resolve: (generator: Generator): string => {
      const rules = argumentRules(schema) ?? argumentRules({}) ?? [];
      for (const [name, body] of rules) generator.rules.set(name, body);
      return ARGUMENTS;
    },
  };
  Object.defineProperty(alternatives, "map", { value: () => [rule] });
  return { type: "object", additionalProperties: true, oneOf: alternatives };
}

/** Arguments are an object, also where the schema forgets to say so. */
function argumentRules(schema: JsonSchema): ReadonlyMap<string, string> | undefined {
  return remembered(
    schema["type"] === undefined ? { ...schema, type: "object" } : schema,
    ARGUMENTS,
    CALL,
  );
}

const known = new Map<string, ReadonlyMap<string, string> | undefined>();

function remembered(schema: JsonSchema, name: string, style: Style) {
  const key = `${name} ${JSON.stringify(schema)}`;
  const rules = known.has(key) ? known.get(key) : made(schema, name, style);
  known.delete(key);
  known.set(key, rules);
  let count = [...known.values()].reduce((sum, one) => sum + (one?.size ?? 0), 0);
  for (const [oldest, one] of known) {
    if (known.size <= REMEMBERED_MAX && count <= RULES_REMEMBERED_MAX) break;
    known.delete(oldest);
    count -= one?.size ?? 0;
  }
  return rules;
}

function made(schema: JsonSchema, name: string, style: Style) {
  try {
    return schemaRules(schema, name, style);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new MoultError("input/invalid", `${error.message}; make it smaller`, undefined, error);
  }
}
