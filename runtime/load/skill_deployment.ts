/**
 * A version of a skill that is a folder: hands out its instructions, and its files when they are asked for. There is
 * no process: it is data, read from the disk at each call, so that a skill nobody uses costs nothing.
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import * as v from "valibot";
import { MoultError, toWire } from "../../schemas/error.ts";
import { boundedText } from "../bounded_text.ts";
import { errorResponse } from "../isolate/answer.ts";
import type { Bundle, Deployment } from "../isolate/deployment.ts";
import type { FunctionCall } from "../ports.ts";
import { isSkillBuild, PART_CHARS, parseSkillBuild, type SkillBuild } from "./skill.ts";

/** Bytes of the body of a call. */
const BODY_BYTES_MAX = 65_536;

/** Names of files in an error. */
const NAMES_SHOWN = 20;

const Input = v.object({
  file: v.optional(v.pipe(v.string(), v.maxLength(500))),
  part: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
});

/** Whether a bundle is a skill's folder rather than code. */
export function isSkillBundle({ path }: Bundle): boolean {
  const head = Buffer.alloc(32);
  const file = openSync(path, "r");
  try {
    return isSkillBuild(head.toString("utf8", 0, readSync(file, head)));
  } finally {
    closeSync(file);
  }
}

/** Makes a skill callable. Throws `internal` when its build cannot be read. */
export function deploySkill(bundle: Bundle): Deployment {
  const { version, path, name } = bundle;
  const manifest = bundle.manifest ?? load(path).manifest;
  const headers = { "x-function-version": version };
  const answer = async (call: FunctionCall): Promise<unknown> =>
    read(name, load(path), await inputOf(name, call.body));
  return {
    manifest,
    version,
    fetch: async (call) => {
      try {
        return Response.json(await answer(call), { headers });
      } catch (error) {
        return errorResponse(error, version);
      }
    },
    run: async (call) => {
      const began = performance.now();
      const result = (rest: {
        readonly output?: unknown;
        readonly error?: ReturnType<typeof toWire>;
      }) => ({
        version,
        ms: Math.round((performance.now() - began) * 10) / 10,
        writes: [],
        ...rest,
      });
      return await answer(call).then(
        (output) => result({ output }),
        (error: unknown) => result({ error: toWire(error) }),
      );
    },
    retire: () => Promise.resolve(),
  };
}

function load(path: string): SkillBuild {
  try {
    return parseSkillBuild(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof MoultError) throw error;
    throw new MoultError(
      "internal",
      "The build of a skill is gone; save its SKILL.md again",
      undefined,
      error,
    );
  }
}

async function inputOf(
  name: string,
  body: FunctionCall["body"],
): Promise<v.InferOutput<typeof Input>> {
  const text = body === null ? "" : await textOf(name, body);
  try {
    const json: unknown = text === "" ? {} : JSON.parse(text);
    // A request in words asks for the instructions.
    return v.parse(Input, typeof json === "string" ? {} : json);
  } catch (error) {
    const because = 'expected { "file"?: "a file of the skill", "part"?: 1 }';
    throw new MoultError("input/invalid", `Cannot call "${name}": ${because}`, undefined, error);
  }
}

async function textOf(name: string, body: NonNullable<FunctionCall["body"]>): Promise<string> {
  if (typeof body === "string") return body;
  const text = `Cannot call "${name}" with so long a body`;
  const tooLong = (): Error => new MoultError("body/too-large", text);
  return await boundedText(new Response(body).body, BODY_BYTES_MAX, tooLong);
}

/** The instructions with the names of the files, or one of the files; a long text part by part. */
function read(
  name: string,
  { body, files, manifest }: SkillBuild,
  { file, part }: v.InferOutput<typeof Input>,
): object {
  if (file !== undefined) {
    const path = file.replace(/^(?:\.\/)+/, "");
    const wanted = files.find((one) => one.path === path);
    if (wanted === undefined) {
      const list = files.slice(0, NAMES_SHOWN).map((one) => one.path);
      const there = list.length === 0 ? "it has none" : `it has ${list.join(", ")}`;
      throw new MoultError("input/invalid", `The skill "${name}" has no such file; ${there}`);
    }
    if (wanted.text === undefined)
      throw new MoultError(
        "input/invalid",
        `"${wanted.path}" of the skill "${name}" cannot be read: it is no text, or too long (${wanted.bytes} bytes)`,
      );
    return { file: wanted.path, ...partOf(wanted.text, part, "text") };
  }
  const scripts = files.some(({ path }) => path.startsWith("scripts/"));
  return {
    ...partOf(body, part, "instructions"),
    ...(files.length > 0 && part === 1 && { files: files.map(({ path }) => path) }),
    ...(manifest.tools.length > 0 && part === 1 && { tools: manifest.tools }),
    ...(scripts && part === 1 && { note: "Files can be read. Scripts are not run here." }),
  };
}

function partOf(text: string, part: number, key: "text" | "instructions"): object {
  const parts = splitText(text);
  const shown = parts[part - 1];
  if (shown === undefined)
    throw new MoultError("input/invalid", `There is no part ${part}: the text has ${parts.length}`);
  return parts.length === 1 ? { [key]: shown } : { [key]: shown, part, parts: parts.length };
}

/** Cuts a text at ends of lines where there are any, into parts that a model can read at once. */
function splitText(text: string): readonly string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length || parts.length === 0;) {
    const rest = text.length - from;
    const line = text.lastIndexOf("\n", from + PART_CHARS - 1) + 1;
    let end =
      rest <= PART_CHARS ? text.length : line > from + PART_CHARS / 2 ? line : from + PART_CHARS;
    // Never half of a surrogate pair.
    if (/[\uD800-\uDBFF]/.test(text[end - 1] ?? "") && end < text.length) end++;
    parts.push(text.slice(from, end));
    from = end;
  }
  return parts;
}
