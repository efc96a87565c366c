/** Builds what it is given in the process that it runs in, and says of each file what came of it. Meant for a process that may be ended. */
import { type Built, buildFunction, buildMany } from "./build.ts";
import type { Found } from "./scan.ts";
import {
  isMoultError,
  messageOf,
  MoultError,
  toWire,
  type WireError,
} from "../../schemas/error.ts";

/** A function file whose text has just been read. */
export interface Source {
  readonly found: Found;
  readonly source: string;
}

/** The build of a file, or why there is none. */
export type Outcome = { readonly built: Built } | { readonly error: WireError };

/** Builds files of one functions folder; together, where there are several. The outcomes are in their order. Never rejects. */
export async function buildAll(sources: readonly Source[]): Promise<readonly Outcome[]> {
  const together = sources.length > 1 ? await buildMany(sources) : undefined;
  const outcomes: Outcome[] = [];
  for (const source of sources) {
    const built = together?.get(source.found);
    outcomes.push(built === undefined ? await buildOne(source) : { built });
  }
  return outcomes;
}

async function buildOne({ found, source }: Source): Promise<Outcome> {
  try {
    return { built: await buildFunction(found, source) };
  } catch (error) {
    if (isMoultError(error)) return { error: toWire(error) };
    const text = `Cannot build ${found.file}: ${messageOf(error)}`;
    return { error: toWire(new MoultError("function/invalid", text, { file: found.file })) };
  }
}
