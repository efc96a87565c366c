/**
 * What a call lacks although it was written: a small model fills a gap with whatever stands nearby. Instead of calling
 * with that, it is asked for. Knows tools, arguments and the texts they were copied from.
 */
import { copyable } from "./spans.ts";
import type { ToolSpec } from "../../schemas/model.ts";

const HAN = /\p{Script=Han}/u;
/** Stand for something else, and say nothing by themselves. */
const PRONOUN =
  /^(?:it|this|that|them|there|here|over there|something|anything|someone|somebody|one|它|这个|那个|那里|这里|某人)$/iu;

/** Required arguments of a call that nothing in the texts can have given, by name. */
export function missingOf(
  { parameters }: ToolSpec,
  args: unknown,
  sources: readonly string[],
): readonly string[] {
  const { properties, required } = parameters;
  if (!isObject(properties) || !isObject(args) || !Array.isArray(required)) return [];
  const hasNumbers = copyable(sources).numbers !== undefined;
  const given = Object.entries(properties).flatMap(([key, schema]) => {
    const free = isObject(schema) && !("enum" in schema) && !("const" in schema);
    return free ? [{ key, value: args[key] }] : [];
  });
  const lacks = (value: unknown, before: readonly unknown[]): boolean => {
    if (typeof value === "number") return !hasNumbers;
    if (typeof value !== "string") return false;
    return PRONOUN.test(value.trim()) || (before.includes(value) && countOf(sources, value) < 2);
  };
  return given
    .filter(({ key, value }, at) => {
      const before = given.slice(0, at).map((one) => one.value);
      return required.includes(key) && lacks(value, before);
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
