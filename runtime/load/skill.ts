/**
 * Builds a `SKILL.md` folder into a version like any other: one file that holds its instructions and the texts beside
 * it, so that a rollback brings all of them back. It is data; nothing of a folder is ever run.
 */
import { basename, dirname } from "node:path";
import * as v from "valibot";
import { FUNCTION_NAME, type JsonSchema, Manifest, Permissions } from "../../schemas/function.ts";
import { MoultError } from "../../schemas/error.ts";
import { saidOf } from "../check_value.ts";
import type { ParseYaml } from "../ports.ts";
import { isRecord } from "../record.ts";
import type { Built } from "./build.ts";
import { contentHash } from "../content_hash.ts";
import type { Found } from "./scan.ts";
import { readSkillText, type SkillText } from "./skill_file.ts";
import { readSkillFolder, type SkillFile } from "./skill_folder.ts";

/** Characters of instructions or of a file that one call gives: what a model reads of a result at most. */
export const PART_CHARS = 6_000;

/** Bounds of the format; beyond them the skill loads all the same. */
const NAME_CHARS_MAX = 64;
const DESCRIPTION_CHARS_MAX = 1_024;
/** Bounds of a manifest. */
const MANIFEST_DESCRIPTION_CHARS_MAX = 2_000;
const MANIFEST_INSTRUCTIONS_CHARS_MAX = 20_000;

/** How a skill's version begins. No module of JavaScript does. */
const MARK = '{"moult":"skill"';

const SkillBuild = v.object({
  moult: v.literal("skill"),
  manifest: Manifest,
  body: v.string(),
  files: v.array(v.object({ path: v.string(), bytes: v.number(), text: v.optional(v.string()) })),
});
/** A built skill. */
export type SkillBuild = v.InferOutput<typeof SkillBuild>;

/** Input of a skill with more to read than its instructions. */
const READ_INPUT: JsonSchema = {
  type: "object",
  properties: {
    file: { type: "string", description: "A file of this skill, to read it" },
    part: { type: "integer", description: "Which part of a long text", minimum: 1 },
  },
  additionalProperties: false,
};

/** Whether a text is a built skill. */
export function isSkillBuild(text: string): boolean {
  return text.startsWith(MARK);
}

/** Reads a built skill. Throws `internal` when it is none. */
export function parseSkillBuild(text: string): SkillBuild {
  try {
    return v.parse(SkillBuild, JSON.parse(text));
  } catch (error) {
    throw new MoultError(
      "internal",
      "The build of a skill is damaged; save its SKILL.md again",
      undefined,
      error,
    );
  }
}

/** Builds a skill whose `SKILL.md` has just been read. Throws `function/invalid` with file:line:column. */
export async function buildSkill(
  found: Found,
  source: string,
  parseYaml: ParseYaml,
): Promise<Built> {
  const text = await readSkillText(found.file, source, parseYaml);
  const folder = readSkillFolder(dirname(found.path), basename(found.path));
  const warnings = [...text.warnings, ...oddities(found, text), ...folder.warnings];
  const description = descriptionOf(text);
  const { permissions, tools } = await ownFields(text, parseYaml, warnings);
  const manifest = v.parse(Manifest, {
    kind: "skill",
    description,
    permissions,
    tools,
    instructions: text.body.slice(0, MANIFEST_INSTRUCTIONS_CHARS_MAX),
    runs: false,
    files: folder.files.map(({ path, bytes }) => ({ path, bytes })),
    ...(warnings.length > 0 && { warnings: warnings.map(plain) }),
    ...(isLong(text.body, folder.files) && { input: READ_INPUT }),
  });
  const build: SkillBuild = { moult: "skill", manifest, body: text.body, files: [...folder.files] };
  const built = JSON.stringify(build);
  const version = contentHash(built).slice(0, 12);
  return { text: built, version, inputs: [found.path, ...folder.inputs], manifest };
}

/** Names of files come from anywhere, and a terminal obeys some characters. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, " ");
}

function isLong(body: string, files: readonly SkillFile[]): boolean {
  return body.length > PART_CHARS || files.length > 0;
}

function descriptionOf({ fields, wrong }: SkillText): string {
  const { description } = own(fields, "description");
  const text = ["string", "number", "boolean"].includes(typeof description)
    ? String(description)
        .replaceAll(/[\s\p{Cc}]+/gu, " ")
        .trim()
    : "";
  if (text === "")
    throw wrong(
      "description",
      'it has no description; write "description: …" between the --- lines',
    );
  return text.slice(0, MANIFEST_DESCRIPTION_CHARS_MAX);
}

/** What other clients may stumble over. */
function oddities({ path, file, name }: Found, { fields, body }: SkillText): string[] {
  const folder = basename(dirname(path));
  const { name: said, description } = own(fields, "name", "description");
  const odd: string[] = [];
  if (said === undefined) odd.push(`It has no name; write "name: ${folder}"`);
  else if (said !== folder)
    odd.push(`Its name is not that of its folder, "${folder}", which counts`);
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(folder) || folder.length > NAME_CHARS_MAX)
    odd.push(
      `The folder "${folder}" is no name of a skill (a-z, 0-9 and single -); it is called ${name}`,
    );
  if (typeof description === "string" && description.length > DESCRIPTION_CHARS_MAX)
    odd.push(`Its description has more than ${DESCRIPTION_CHARS_MAX} characters`);
  if (body === "") odd.push("It has no instructions below the --- lines");
  return odd.map((text) => `${file}: ${text}`);
}

/** What stands under `metadata` for moult, and the tools that `allowed-tools` names. */
async function ownFields(
  text: SkillText,
  parseYaml: ParseYaml,
  warnings: string[],
): Promise<{ readonly permissions: Permissions; readonly tools: readonly string[] }> {
  const { metadata, "allowed-tools": allowed } = own(text.fields, "metadata", "allowed-tools");
  const given = isRecord(metadata) ? metadata : {};
  const { moult } = own(given, "moult");
  const nested = isRecord(moult) ? moult : {};
  const field = async (key: string): Promise<unknown> => {
    const value = own(given, `moult.${key}`)[`moult.${key}`] ?? own(nested, key)[key];
    // Values of `metadata` are texts for other clients; then the text is YAML once more.
    if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
    const parsed = await parseYaml(value);
    return "value" in parsed ? parsed.value : value;
  };
  const permissions = v.safeParse(Permissions, (await field("permissions")) ?? {});
  if (!permissions.success) {
    const because = saidOf(permissions.issues, "metadata.moult.permissions").join("; ");
    throw text.wrong(isRecord(moult) ? "permissions" : "moult", because);
  }
  const { call, optional: _optional, ...others } = permissions.output;
  const idle = Object.entries(others).filter(([, list]) => list.length > 0);
  if (idle.length > 0)
    warnings.push(
      `Nothing in a skill's folder runs, so that its permissions ${idle.map(([kind]) => kind).join(", ")} are given to nobody; its tools have their own`,
    );
  const listed = names(allowed);
  const known = listed.filter((name) => FUNCTION_NAME.test(name));
  const foreign = listed.filter((name) => !FUNCTION_NAME.test(name)).slice(0, 5);
  if (foreign.length > 0)
    warnings.push(`allowed-tools: no tool of moult has such a name: ${foreign.join(", ")}`);
  const tools = [...names(await field("tools")), ...call, ...known];
  return { permissions: permissions.output, tools: [...new Set(tools)].slice(0, 32) };
}

/** Names out of a list, or of a text with spaces or commas between them. */
function names(value: unknown): readonly string[] {
  const list = Array.isArray(value)
    ? value
    : typeof value === "string"
      ? value.split(/[\s,]+/)
      : [];
  return list.filter((name): name is string => typeof name === "string" && /^.{1,200}$/.test(name));
}

/** The named fields, as far as the record itself has them. */
function own<Key extends string>(
  record: Readonly<Record<string, unknown>>,
  ...keys: readonly Key[]
): Readonly<Partial<Record<Key, unknown>>> {
  const found: Partial<Record<Key, unknown>> = {};
  for (const key of keys) if (Object.hasOwn(record, key)) found[key] = record[key];
  return found;
}
