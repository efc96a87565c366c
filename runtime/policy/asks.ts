/** What a manifest asks for: as a list that can be compared with what was approved, and in words for its owner. */
import * as v from "valibot";
import { MoultError } from "../../schemas/error.ts";
import { type Manifest, type Permissions, Trigger } from "../../schemas/function.ts";
import { declaredSecret } from "./secrets.ts";

const names = v.array(v.string());
const trigger = v.pipe(
  v.string(),
  v.check((text) => triggerIn(text) !== undefined),
);

/** What a file may do that an empty manifest may not. */
export const Asks = v.object({
  net: names,
  read: names,
  write: names,
  exec: names,
  call: names,
  secrets: names,
  /** As JSON with sorted keys. */
  triggers: v.array(trigger),
  /** The transport whose messages a channel gets. It says what was written, and who gets the answer. */
  via: v.optional(names, []),
  /** Whether a person is asked before each call; less of it is more than before. */
  confirm: v.picklist(["always", "never", "asks"]),
});
/** See the schema of the same name. */
export type Asks = Readonly<v.InferOutput<typeof Asks>>;

const TOUCHES = ["net", "read", "write", "exec", "call"] as const;
const LISTS = [...TOUCHES, "secrets", "triggers", "via"] as const;

/** The least to ask for. What is less than always asking a person only counts once a grant said otherwise. */
export const NOTHING: Asks = {
  net: [],
  read: [],
  write: [],
  exec: [],
  call: [],
  secrets: [],
  triggers: [],
  via: [],
  confirm: "never",
};

const NO_PERMISSIONS: Permissions = { net: [], read: [], write: [], exec: [], call: [] };

/** How many calls go by without a person. */
const FREEDOM = { always: 0, asks: 1, never: 2 } as const;

/** The permissions of a file that runs. Skills that are only instructions use none, whatever they name. */
export function usablePermissions({ kind, runs, permissions }: Manifest): Permissions {
  return runs || kind !== "skill" ? permissions : NO_PERMISSIONS;
}

/** What a manifest asks for, but for what it can do without. */
export function asksOf(manifest: Manifest): Asks {
  const { secrets, triggers, confirm, via } = manifest;
  const usable = usablePermissions(manifest);
  const { optional: _optional, ...needed } = usable;
  const own = usable === NO_PERMISSIONS ? {} : { ...needed, secrets };
  return {
    ...NOTHING,
    ...own,
    confirm,
    triggers: triggers.map(canonicalJson),
    via: via === undefined ? [] : [via],
  };
}

/** The same with what is optional. */
export function allAsksOf(manifest: Manifest): Asks {
  return asksOf({ ...manifest, permissions: anyOf(manifest.permissions) });
}

/** What a file may be given at most: what it needs, and what it can do without. */
export function anyOf(permissions: Permissions): Permissions {
  const { optional } = permissions;
  return optional === undefined ? permissions : withOptional(permissions, optional);
}

/** What a file may be given when only `approved` was: what it needs, and of the rest what is in there. */
export function approvedOf(permissions: Permissions, approved: Asks): Permissions {
  const { optional } = permissions;
  if (optional === undefined) return permissions;
  const given = { net: [], read: [], write: [], exec: [], call: [] } as Required<
    Omit<Permissions, "optional">
  >;
  for (const kind of TOUCHES)
    given[kind] = optional[kind].filter((name) => approved[kind].includes(name));
  return withOptional(permissions, given);
}

function withOptional(
  { optional: _optional, ...needed }: Permissions,
  more: Omit<Permissions, "optional">,
): Permissions {
  const all = { ...needed };
  for (const kind of TOUCHES) all[kind] = [...new Set([...needed[kind], ...more[kind]])];
  return all;
}

/** Whether there is anything to approve. */
export function asksNothing(asks: Asks): boolean {
  return LISTS.every((list) => asks[list].length === 0);
}

/**
 * Whether `asks` has nothing that `approved` has not. Names are compared as they are written: "data/in" is not less
 * than "data", because a function that may write there can lay a link.
 */
export function isWithin(asks: Asks, approved: Asks): boolean {
  return (
    LISTS.every((list) => asks[list].every((name) => approved[list].includes(name))) &&
    FREEDOM[asks.confirm] <= FREEDOM[approved.confirm]
  );
}

/** What is in `asks` and not in `other`, one line each. */
export function linesBeyond(asks: Asks, other: Asks): string[] {
  const lines = LISTS.flatMap((list) =>
    asks[list].filter((name) => !other[list].includes(name)).map((name) => WORDS[list](name)),
  );
  return FREEDOM[asks.confirm] > FREEDOM[other.confirm]
    ? [...lines, asks.confirm === "never" ? "asks nobody before it runs" : "asks only at times"]
    : lines;
}

/** What is in both, one line each. */
export function linesWithin(asks: Asks, other: Asks): string[] {
  return LISTS.flatMap((list) =>
    asks[list].filter((name) => other[list].includes(name)).map((name) => WORDS[list](name)),
  );
}

const WORDS: Readonly<Record<(typeof LISTS)[number], (name: string) => string>> = {
  net: (name) => `may reach ${visible(name)}`,
  read: (name) => `may read ${visible(name)}`,
  write: (name) => `may read and write ${visible(name)}`,
  exec: (name) => `may start ${visible(name)}`,
  call: (name) => `may call ${visible(name)}`,
  secrets: (entry) => {
    const { name, place } = declaredSecret(entry);
    if (place === undefined) return `gets the secret ${visible(name)}`;
    return `has the secret ${visible(name)} sent to ${visible(place)}, and never sees it`;
  },
  triggers: (name) => `starts by itself: ${visible(triggerWords(name))}`,
  via: (name) =>
    `reads what comes by ${visible(name)}, and says what it means and who gets the answer`,
};

function triggerIn(text: string): Trigger | undefined {
  try {
    const parsed = v.safeParse(Trigger, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function triggerWords(text: string): string {
  const parsed = triggerIn(text);
  if (parsed === undefined || !("cron" in parsed || "http" in parsed)) return text;
  if ("http" in parsed) return parsed.http.replace(" /", " /hooks/");
  const { cron, timezone, input, to } = parsed;
  const zone = timezone === undefined ? "" : ` ${timezone}`;
  const what = input === undefined ? "" : `, with ${canonicalJson(input)}`;
  return `at ${cron}${zone}${what}${to === undefined ? "" : `, to ${to}`}`;
}

/**
 * What hides or moves text, or is seen as nothing; of plain spaces so many that what follows seems to stand on another
 * line. Letters without a shape are those of Hangul and Khmer, and the empty pattern of Braille.
 */
const UNSEEN =
  / {4,}|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\u115f|\u1160|\u17b4|\u17b5|\u2800|\u3164|\uffa0|(?! )\p{Zs}/gu;

/** A text of a stranger as it is shown to whoever decides: what would hide or move text is spelled out. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (found) => {
    const code = `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`;
    return found.length > 3 ? `${code}×${String(found.length)}` : code;
  });
}

/** JSON that is the same for equal values. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The refusal of a call of a function that its owner has not approved. */
export function awaitsApproval(name: string): MoultError {
  return new MoultError(
    "function/pending",
    `"${name}" waits for its owner's approval; run "moult approve ${name}"`,
  );
}
