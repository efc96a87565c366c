/** What a reply adds when a function that waits for its owner fits the request better than any that was offered. */
import type { Functions } from "../load/functions.ts";
import * as v from "valibot";
import { Manifest, type FunctionInfo } from "../../schemas/function.ts";
import { type Candidate, rankTools } from "./tool_choice.ts";

/** A word of a description alone is chance; its name, or two words, are not. */
const SCORE_MIN = 2;

/** Waiting functions that are looked at. */
const LOOKED_AT_MAX = 256;

/** The sentence, or `undefined`. It holds nothing that the function's author wrote but its name. */
export function pendingNotice(functions: Functions, request: string): string | undefined {
  const all = functions.list();
  const held = all.filter(({ state, kind }) => state === "pending" && kind !== "channel");
  if (held.length === 0) return undefined;
  const names = new Set(held.map(({ name }) => name));
  const offered = all.flatMap(({ name, manifest, kind }) =>
    manifest === undefined || kind === "channel" ? [] : [{ name, manifest }],
  );
  const [best] = rankTools(request, [...offered, ...held.slice(0, LOOKED_AT_MAX).map(known)]);
  if (best === undefined || best.score < SCORE_MIN || !names.has(best.name)) return undefined;
  return `The function "${best.name}" may be what you want; it waits for approval: moult approve ${best.name}`;
}

/** What a waiting function is known by. */
function known({ name, kind, waiting }: FunctionInfo): Candidate {
  const description = (waiting?.description ?? name).slice(0, 2_000) || name;
  return { name, manifest: v.parse(Manifest, { kind, description }) };
}
