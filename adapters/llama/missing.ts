/**
 * What a call lacks although it was written: a small model fills a gap with whatever stands nearby. Instead of calling
 * with that, it is asked for. Knows tools, arguments and the texts they were copied from.
 */
import { ownWords, THING } from "./own_words.ts";
import { copyable } from "./spans.ts";
import { isStrict, kindsOf, valuesFor, valuesIn } from "./value_kinds.ts";
import { termsOf } from "../../runtime/turn/tool_choice.ts";
import type { ToolSpec } from "../../schemas/model.ts";

const HAN = /\p{Script=Han}/u;
/** Stand for something else, and say nothing by themselves. */
const PRONOUN =
  /^(?:it|this|that|them|there|here|over there|something|anything|someone|somebody|one|它|这个|那个|那里|这里|某人)$/iu;

/** Required arguments of a call that nothing in the texts can have given, by name. */
export function missingOf(
  tool: ToolSpec,
  args: unknown,
  sources: readonly string[],
): readonly string[] {
  const { properties, required } = tool.parameters;
  if (!isObject(properties) || !isObject(args) || !Array.isArray(required)) return [];
  const text = sources.join("\n");
  const hasNumbers = copyable(sources).numbers !== undefined;
  const found = valuesIn(text);
  const { terms: own } = ownWords(tool, "");
  const given = Object.entries(properties).flatMap(([key, schema]) => {
    const free = isObject(schema) && !("enum" in schema) && !("const" in schema);
    return free ? [{ key, value: args[key], format: schema["format"] }] : [];
  });
  const isEmpty = (key: string, value: string): boolean =>
    PRONOUN.test(value.trim()) ||
    (!THING.test(key) && !HAN.test(value) && termsOf(value).every((term) => own.has(term)));
  const lacks = ({ key, value, format }: (typeof given)[number], before: readonly unknown[]) => {
    if (value === null) return true;
    if (typeof value === "number") return !hasNumbers;
    if (typeof value !== "string") return false;
    const kinds = kindsOf(key, format);
    if (isStrict(kinds) && valuesFor(kinds, text, found).length === 0) return true;
    return isEmpty(key, value) || (before.includes(value) && countOf(sources, value) < 2);
  };
  return given
    .filter((one, at) => {
      const before = given.slice(0, at).map(({ value }) => value);
      return required.includes(one.key) && lacks(one, before);
    })
    .map(({ key }) => key);
}

/** The question for what is missing, in the language of the request. */
export function questionFor(missing: readonly string[], sources: readonly string[]): string {
  const names = missing.map((key) =>
    key
      .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
      .replaceAll("_", " ")
      .toLowerCase(),
  );
  if (HAN.test(sources[0] ?? "")) return `请告诉我${names.join("和")}。`;
  return `Please tell me the ${names.join(" and the ")}.`;
}

function countOf(sources: readonly string[], value: string): number {
  return sources.reduce((sum, source) => sum + source.split(value).length - 1, 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
