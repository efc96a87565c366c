/**
 * Tools as a model trained by our recipe reads them: one line each that ends in a letter, and a call names that letter.
 * To choose a tool is then to find the line that fits and to copy one token, which a very small model can do.
 *
 * `models/recipe/tools.py` writes the same lines in training; they must stay alike to the last character.
 */
import type { JsonSchema } from "../../schemas/function.ts";
import type { ToolSpec } from "../../schemas/model.ts";

const LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Of a description; what follows its first sentence seldom says when to use a tool. */
const ABOUT_CHARS_MAX = 120;
/** Values of an enum that are shown; the grammar knows them all. */
const CHOICES_SHOWN_MAX = 12;

/** What stands for the tool at `index` in prompt and calls. No label begins another. */
export function labelAt(index: number): string {
  const label = LABELS[index % LABELS.length] ?? "";
  return index < LABELS.length ? label : `${Math.floor(index / LABELS.length)}${label}`;
}

/** A tool's line without its label: `set timer: starts a countdown (minutes #, name?)`. */
export function toolLine({ name, description, parameters }: ToolSpec): string {
  const about = lean(description);
  const inputs = inputsOf(parameters);
  const head = about === "" ? spoken(name) : `${spoken(name)}: ${about}`;
  return inputs === "" ? head : `${head} (${inputs})`;
}

/** `getWeather_v2` → `get weather v2`. */
export function spoken(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/[\s_.\-/:]+/g, " ")
    .trim()
    .toLowerCase();
}

/** A description's first sentence in small letters. */
function lean(description: string): string {
  const whole = description.replaceAll(/\s+/g, " ").trim();
  const [sentence = ""] = whole.split(/(?<=[.!?])\s|[。！]/);
  const first = sentence.replace(/[.!]+$/, "").toLowerCase();
  if (first.length <= ABOUT_CHARS_MAX) return first;
  const cut = first.slice(0, ABOUT_CHARS_MAX);
  return cut.includes(" ") ? cut.slice(0, cut.lastIndexOf(" ")) : cut;
}

function inputsOf(schema: JsonSchema): string {
  const { properties, required } = schema;
  if (typeof properties !== "object" || properties === null) return "";
  const needed = new Set(Array.isArray(required) ? required.map(String) : []);
  return Object.entries(properties)
    .map(([key, value]) => {
      const type = typeOf(value);
      return `${spoken(key)}${needed.has(key) ? "" : "?"}${type === "" ? "" : ` ${type}`}`;
    })
    .join(", ");
}

function typeOf(property: unknown): string {
  if (typeof property !== "object" || property === null) return "";
  const { enum: values, type } = property as { enum?: unknown; type?: unknown };
  if (Array.isArray(values))
    return values
      .filter((value) => value !== null)
      .slice(0, CHOICES_SHOWN_MAX)
      .join("|");
  const types = [type].flat();
  if (types.includes("number") || types.includes("integer")) return "#";
  return types.includes("boolean") ? "true|false" : "";
}
