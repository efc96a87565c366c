/** A stretch of a request as the value that a parameter wants. Knows one stretch at a time. */
import { valueOf } from "./bounds.ts";
import { calls, type Stretch } from "./stretch.ts";
import { writtenAs } from "./written.ts";

const ARTICLE = /^an? (?=\p{Ll})/u;
const FIRST_ARTICLE = /^(?:The|An?|My|Our) \p{Ll}/u;

/** Its text, in the form that is wanted. */
export function valueFor(stretch: Stretch): string {
  const { role } = stretch.one;
  const whole = valueOf(stretch);
  const text = stretch.begin.quoted || role.form === "sentence" ? whole : plainly(stretch, whole);
  return writtenAs(role.written, text) ?? text;
}

/**
 * "channel 24" of a channel is 24, "at 6 pm" is 6 pm; of "a cardiologist" it is not said which one; the capital of "The team lunch" belongs to the
 * request that begins with it.
 */
function plainly({ one, said, begin, inside }: Stretch, text: string): string {
  const [, next, ...more] = inside;
  if (next === undefined) return text;
  const isNamed = /\d/u.test(next.text) && calls(one.role, begin.bare);
  const isAt = begin.bare === "at" && next.kind === "time";
  if (more.length === 0 && (isNamed || isAt)) return next.text;
  const isFirst = said.texts[begin.source]?.startsWith(text) === true && FIRST_ARTICLE.test(text);
  const plain = isFirst ? text.charAt(0).toLowerCase() + text.slice(1) : text;
  return one.role.form === "name" ? plain.replace(ARTICLE, "") : plain;
}
