/** What a function was refused, as lines for a terminal: what it wanted, and the line that its file lacks. */
import type { FunctionInfo, Manifest } from "../schemas/function.ts";
import type { RuntimeEvent } from "../schemas/turn.ts";
import { paint, word } from "./print.ts";

/** The same refusal again within this time is not shown: a loop would fill the screen. */
const REFUSAL_MS = 1_000;
/** Different ones that are shown in that time. */
const SHOWN_MAX = 10;

/** The refusals on a screen. */
export class RefusalScreen {
  readonly #shown = new Set<string>();
  #since = 0;

  /** Lines about a `function.denied` event; none where it was told just now. */
  linesOf(event: RuntimeEvent, info: FunctionInfo | undefined): readonly string[] {
    if (event.at - this.#since >= REFUSAL_MS) {
      this.#shown.clear();
      this.#since = event.at;
    }
    const lines = refusalLines(event, info);
    const text = lines.join("\n");
    if (this.#shown.size > SHOWN_MAX || this.#shown.has(text)) return [];
    this.#shown.add(text);
    if (this.#shown.size <= SHOWN_MAX) return lines;
    return [`${sign()} and more; /api/events has all of them`];
  }
}

const sign = () => paint("yellow", "⛔");

/** Lines about a `function.denied` event of `info`, which is absent when the function is gone. */
function refusalLines(event: RuntimeEvent, info: FunctionInfo | undefined): string[] {
  const name = paint("bold", word(event["name"]));
  const wanted = event["wanted"];
  const { manifest, file = "", name: plain = "" } = info ?? {};
  const told =
    typeof wanted !== "string" || manifest === undefined
      ? undefined
      : explain(word(event["kind"]), wanted, { manifest, file, of: plain });
  if (told === undefined) return [`${sign()} ${name} ${word(event["text"])}`];
  return [`${sign()} ${name} ${told.what}`, `      ${paint("yellow", told.remedy)}`];
}

/** `undefined`: no line of its file would change that. */
function explain(
  kind: string,
  wanted: string,
  {
    manifest,
    file,
    of,
  }: { readonly manifest: Manifest; readonly file: string; readonly of: string },
): { readonly what: string; readonly remedy: string } | undefined {
  const { permissions, secrets } = manifest;
  if (kind === "secret" && secrets.includes(wanted))
    return {
      what: `has no value for the secret ${wanted}; set it:`,
      remedy: `moult secret set ${wanted}`,
    };
  if (kind === "secret")
    return {
      what: `may not read the secret ${wanted}; to allow it, write in ${file}:`,
      remedy: `secrets: ${listed([...secrets, wanted])},`,
    };
  if (!isTouch(kind)) return undefined;
  const { optional, ...needed } = permissions;
  const may = `may not ${VERBS[kind]} ${wanted}`;
  if (optional?.[kind].some((name) => covers(name, wanted)) === true)
    return { what: `${may} yet; to allow it:`, remedy: `moult approve ${of}` };
  // It is there and does not help: the text says why.
  if (needed[kind].includes(wanted)) return undefined;
  const fields = Object.entries({ ...needed, [kind]: [...needed[kind], wanted] })
    .filter(([, names]) => names.length > 0)
    .map(([field, names]) => `${field}: ${listed(names)}`);
  return {
    what: `${may}; to allow it, write in ${file}:`,
    remedy: `permissions: { ${fields.join(", ")} },`,
  };
}

/** What a function may do, by the permission that is about it. */
const VERBS = {
  net: "reach",
  call: "call",
  read: "read",
  write: "write in",
  exec: "start",
} as const;

function isTouch(kind: string): kind is keyof typeof VERBS {
  return Object.hasOwn(VERBS, kind);
}

/** Names of folders give what is in them, too. */
function covers(name: string, wanted: string): boolean {
  return wanted === name || wanted.startsWith(`${name}/`);
}

function listed(names: readonly string[]): string {
  return `[${names.map((name) => JSON.stringify(name)).join(", ")}]`;
}
