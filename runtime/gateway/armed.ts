/** A cron trigger of a loaded function, and what the turn of one of its ticks is about. It knows manifests, no times. */
import { contentHash } from "../content_hash.ts";
import type { InboxRow } from "../ports.ts";
import { isInstructionsOnly } from "../turn/prefix.ts";
import type { CronTrigger, Manifest } from "../../schemas/function.ts";

/** Hex digits of a trigger's hash. */
const HASH_CHARS = 12;

/** A cron trigger of a loaded function. */
export interface Armed {
  /** Function and content of the trigger: with other content it is another trigger. */
  readonly key: string;
  readonly name: string;
  readonly trigger: CronTrigger;
}

/** The cron triggers of a function, each once. How it catches up may change without making it another one. */
export function cronTriggers(name: string, { triggers }: Manifest): readonly Armed[] {
  const all = new Map<string, Armed>();
  for (const trigger of triggers) {
    if (!("cron" in trigger)) continue;
    const { cron, timezone = "", input = {}, to = "" } = trigger;
    const content = JSON.stringify([cron, timezone, input, to]);
    const key = `${name} ${contentHash(content).slice(0, HASH_CHARS)}`;
    all.set(key, { key, name, trigger });
  }
  return [...all.values()];
}

/** The function that a key belongs to. */
export function nameOf(key: string): string {
  return key.slice(0, key.indexOf(" "));
}

/** What a function is called with. The words of a skill's turn are its request, which the model may get to read. */
export function orderOf(
  name: string,
  manifest: Manifest,
  { input = {}, words }: { readonly input?: CronTrigger["input"]; readonly words: string },
): Pick<InboxRow, "text" | "work"> {
  if (manifest.kind !== "skill") return { text: words, work: { kind: "call", name, input } };
  const asked = input["request"];
  const request = typeof asked === "string" && asked.trim() !== "" ? asked : manifest.description;
  const given = isInstructionsOnly(manifest) ? {} : { request };
  return { text: request, work: { kind: "call", name, input: given } };
}
