/** The words with which one asks for a tool, as far as the tool itself tells them. A value is seldom made of them. */
import { alikeInChinese, termsOf } from "../../runtime/turn/tool_choice.ts";
import type { ToolSpec } from "../../schemas/model.ts";

/** A tool's own words. */
export interface OwnWords {
  /** Of its name, description and parameters, without endings. */
  readonly terms: ReadonlySet<string>;
  /** Chinese words of the same sense. */
  readonly chinese: readonly string[];
}

/** What may well be called by its kind alone: "turn on the light". */
export const THING = /device|thing|lamp|light|appliance|door|room|entity|unit|item|object/iu;

const HAN = /\p{Script=Han}/u;

/** The words of a tool, as far as `said` could have them. */
export function ownWords({ name, description, parameters }: ToolSpec, said: string): OwnWords {
  const properties = parameters["properties"];
  const keys = typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
  const text = [name, description].join(" ");
  const terms = new Set(termsOf([text, ...keys].join(" ")));
  return { terms, chinese: HAN.test(said) ? alikeInChinese(text) : [] };
}
