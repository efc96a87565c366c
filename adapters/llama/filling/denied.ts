/** Whether a request denies a word where it says it: "no cooling", 不要香菜. Knows words of two languages. */

/** Before what it denies, in the same clause. */
const DENIED_BEFORE =
  /(?:\b(?:no|not|without|never|skip|minus|nobody|none|neither|(?:do|does|did|is|are|was|has|have|wo|ca|need)n[’']t)\b[^,.;:!?，。；]{0,24}|(?:不用|不要|不需要|不必|无需|没有|没|别|免|不|无|勿|去掉)[^，。；、,]{0,3})$/u;
const DENIED_AFTER =
  /^(?:[ :=]*(?:off|false|no|none)\b|[^,.;:!?，。；]{0,12}\b(?:not (?:needed|necessary)|isn[’']t needed|doesn[’']t matter)|[^，。；]{0,2}(?:不用|不要|免了|没有|不需要))/u;
/** Whether what stands from one character to another is denied. @param text In small letters. */
export function isDeniedAt(text: string, from: number, to: number): boolean {
  return DENIED_BEFORE.test(text.slice(0, from)) || DENIED_AFTER.test(text.slice(to));
}
