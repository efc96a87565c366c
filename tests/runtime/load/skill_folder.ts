/** Skills for tests: their texts, and what they answer. */
import type { Loader } from "../../../runtime/load/loader.ts";
import { call, type functionsFolder } from "./functions_folder.ts";

/** A SKILL.md. */
export function skill(body = "Do it well.", head = "description: Does it."): string {
  return `---\n${head}\n---\n\n${body}\n`;
}

/** A loader that has loaded what is there. */
export async function started(folder: ReturnType<typeof functionsFolder>): Promise<Loader> {
  const loader = folder.loader();
  await loader.start();
  await loader.settled();
  return loader;
}

/** What a skill answers: its output, or `code: message`. */
export async function ask(loader: Loader, name: string, input: object = {}): Promise<unknown> {
  const { output, error } = await loader.run(name, call(input));
  return error === undefined ? output : `${error.code}: ${error.message}`;
}
