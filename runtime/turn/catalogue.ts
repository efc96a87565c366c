/**
 * The skills that a prompt has no room to offer one by one, as one tool: a line each, so that the model knows what
 * there is. Its bytes depend on the skills alone, not on the request, and so stay the same from turn to turn.
 */
import type { Manifest } from "../../schemas/function.ts";
import type { ToolCall, ToolSpec } from "../../schemas/model.ts";

/** Name of the tool. */
export const USE_SKILL = "use_skill";

/** Characters of all lines together: some 500 tokens. */
const LINES_CHARS_MAX = 1_750;

/** Characters of one line. */
const LINE_CHARS_MAX = 120;

/** A description below this says nothing; then the name has to do. */
const WORDS_CHARS_MIN = 12;

/** A skill as it is listed. */
export interface Listed {
  readonly name: string;
  readonly manifest: Manifest;
}

/** The catalogue as a tool, and whom it names. */
export interface Catalogue {
  readonly spec: ToolSpec;
  readonly names: ReadonlySet<string>;
}

/** Makes the catalogue. Of more skills than there is room for, the first by name. */
export function catalogueOf(skills: readonly Listed[]): Catalogue {
  const sorted = skills.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const room = Math.min(LINE_CHARS_MAX, Math.floor(LINES_CHARS_MAX / Math.max(sorted.length, 1)));
  const names = new Set<string>();
  const lines: string[] = [];
  let chars = 0;
  for (const { name, manifest } of sorted) {
    const line = lineOf(name, manifest.description, room);
    chars += line.length + 1;
    if (chars > LINES_CHARS_MAX) break;
    names.add(name);
    lines.push(line);
  }
  const description = `Get the instructions of a skill, and then follow them. Skills:\n${lines.join("\n")}`;
  const parameters = {
    type: "object",
    properties: { name: { type: "string", description: "Name of the skill" } },
    required: ["name"],
    additionalProperties: false,
  };
  return { spec: { name: USE_SKILL, description, parameters }, names };
}

function lineOf(name: string, description: string, room: number): string {
  const left = room - name.length - 3;
  if (left < WORDS_CHARS_MIN) return name;
  if (description.length <= left) return `${name}: ${description}`;
  const head = description.slice(0, left + 1);
  const end = head.lastIndexOf(" ");
  return `${name}: ${end > 0 ? head.slice(0, end) : head.slice(0, left)}`;
}

/** A call of the catalogue as the call of the skill that it names; any other call as it is. */
export function opened<Call extends Pick<ToolCall, "name" | "arguments">>(
  call: Call,
  catalogued: ReadonlySet<string>,
): Call {
  if (call.name !== USE_SKILL || typeof call.arguments !== "object" || call.arguments === null)
    return call;
  const wanted = "name" in call.arguments ? String(call.arguments.name) : "";
  // A skill of an `agentskills` folder is known by its folder's name elsewhere.
  const name = wanted.trim().toLowerCase().replaceAll("-", "_");
  return catalogued.has(name) ? { ...call, name, arguments: {} } : call;
}
