/** Names of model files, and of those that are one of several: `big-00001-of-00003.gguf`, as llama.cpp looks for them. */

const ENDING = /(?:-(\d{5})-of-(\d{5}))?\.gguf$/i;

/** Which of how many files a name stands for, counted from 1; `undefined`: the only one. */
export function partOf(
  name: string,
): { readonly index: number; readonly count: number } | undefined {
  const [, index, count] = ENDING.exec(name) ?? [];
  return count === undefined ? undefined : { index: Number(index), count: Number(count) };
}

/** The name or path of one of several files, made of that of any of them or of the model's. */
export function partNamed(name: string, index: number, count: number): string {
  const digits = (value: number): string => String(value).padStart(5, "0");
  return name.replace(ENDING, `-${digits(index)}-of-${digits(count)}.gguf`);
}

/** A name without its part and without `.gguf`. */
export function stemOf(name: string): string {
  return name.replace(ENDING, "");
}
