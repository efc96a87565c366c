/**
 * Chooses the tools that fit a request when there are more than a prompt can hold.
 *
 * By words alone: what the request says against a tool's name, description, parameters, enum values and examples. No
 * model is asked, so it costs microseconds and gives the same tools for the same request.
 */
import type { Manifest } from "../../schemas/function.ts";

/** How much a word is worth where it stands. */
const WEIGHTS = { name: 4, example: 2, value: 2, parameter: 1.5, description: 1 } as const;

/** Words that say nothing about what is wanted. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a an and are as at be by can could do does for from give have how i in is it its me my of on or please " +
    "s t tell that the their them then there this to us was what when where which who will with would you your"
  ).split(" "),
);

/** A tool as it is compared. */
export interface Candidate {
  readonly name: string;
  readonly manifest: Manifest;
}

/** A tool and how well it fits; 0 = no word in common. */
export interface Fit {
  readonly name: string;
  readonly score: number;
}

/** All candidates, the best first; equal ones by name. */
export function rankTools(request: string, candidates: readonly Candidate[]): readonly Fit[] {
  const terms = new Set(termsOf(request));
  const indexes = candidates.map(({ name, manifest }) => ({
    name,
    index: indexOf(name, manifest),
  }));
  const rarity = new Map<string, number>();
  for (const term of terms) {
    const holders = indexes.filter(({ index }) => index.has(term)).length;
    // A word that every tool has chooses none.
    if (holders > 0) rarity.set(term, Math.log(1 + indexes.length / holders));
  }
  const fits = indexes.map(({ name, index }) => ({ name, score: score(index, rarity) }));
  // Of a thousand tools few have a word of the request, and those without one mostly come by name already.
  const some = fits.filter((fit) => fit.score > 0);
  const none = fits.filter((fit) => fit.score === 0);
  return [...some.toSorted((a, b) => b.score - a.score || byName(a, b)), ...none.toSorted(byName)];
}

function byName(a: Fit, b: Fit): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

function score(index: ReadonlyMap<string, number>, rarity: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [term, rare] of rarity) sum += (index.get(term) ?? 0) * rare;
  return sum;
}

/** Manifests are immutable: another version is another object. */
const indexed = new WeakMap<Manifest, ReadonlyMap<string, number>>();

function indexOf(name: string, manifest: Manifest): ReadonlyMap<string, number> {
  const known = indexed.get(manifest);
  if (known !== undefined) return known;
  const index = new Map<string, number>();
  const add = (text: string, weight: number): void => {
    for (const term of termsOf(text)) index.set(term, Math.max(index.get(term) ?? 0, weight));
  };
  add(name, WEIGHTS.name);
  add(manifest.description, WEIGHTS.description);
  for (const { say } of manifest.examples) add(say, WEIGHTS.example);
  addSchema(manifest.input, add);
  indexed.set(manifest, index);
  return index;
}

/** Of nested objects. Deeper ones say little about when to use a tool. */
const SCHEMA_DEPTH_MAX = 4;

function addSchema(schema: unknown, add: (text: string, weight: number) => void, depth = 0): void {
  if (typeof schema !== "object" || schema === null || depth > SCHEMA_DEPTH_MAX) return;
  const { properties, items, description, enum: values } = schema as Record<string, unknown>;
  if (typeof description === "string") add(description, WEIGHTS.description);
  if (Array.isArray(values)) {
    for (const value of values) if (typeof value === "string") add(value, WEIGHTS.value);
  }
  addSchema(items, add, depth + 1);
  if (typeof properties !== "object" || properties === null) return;
  for (const [name, property] of Object.entries(properties)) {
    add(name, WEIGHTS.parameter);
    addSchema(property, add, depth + 1);
  }
}

/** Scripts without spaces between words: these are compared by pairs of characters. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;

/** The words of a text, lower case and without endings. `snake_case` and `camelCase` are several words. */
export function termsOf(text: string): readonly string[] {
  const spaced = text.replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2").toLowerCase();
  const words = spaced
    .replaceAll(UNSPACED, " ")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "" && !STOP_WORDS.has(word))
    .map(stem);
  const pairs = [...spaced.matchAll(UNSPACED)].flatMap(([run]) => pairsOf(run));
  return [...words, ...pairs];
}

function pairsOf(run: string): readonly string[] {
  const characters = Array.from(run);
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, at) => `${characters[at] ?? ""}${character}`);
}

/** Cuts English endings so that "lights", "lighting" and "light" meet. Rough: both sides are cut alike. */
function stem(word: string): string {
  if (word.length <= 3) return word;
  const cut = word
    .replace(/(?:ies|ied)$/, "y")
    .replace(/(?:ings?|ers?|ed|es|s)$/, "")
    .replace(/([b-df-hj-np-tv-z])\1$/, "$1")
    .replace(/e$/, "");
  return cut.length >= 3 ? cut : word;
}
