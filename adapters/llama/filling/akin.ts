/** How close a word is to what parameters are called and described as. */
import { aboutOf } from "./meanings.ts";
import type { Piece } from "./pieces.ts";
import { isPlain, LEADS } from "./plain_words.ts";
import type { Role } from "./roles.ts";
import { termsOf } from "../../../runtime/turn/tool_choice.ts";

const HAN = /\p{Script=Han}/u;

/** 0 = not; 1 = by its description; 2 = by its name. */
export function akinTo(role: Role, piece: Piece): 0 | 1 | 2 {
  const { bare, quoted, number, kind } = piece;
  if (quoted || number !== undefined || (kind !== undefined && kind !== "code") || isPlain(bare) || LEADS.has(bare)) return 0;
  const terms = HAN.test(bare) ? [] : termsOf(bare);
  if (terms.length > 0 && terms.every((term) => role.names.has(term))) return 2;
  if (role.names.has(bare) || role.chinese.includes(bare)) return 2;
  const { things } = aboutOf(bare);
  if (things.some((thing) => role.things.has(thing))) return 2;
  if (HAN.test(bare) ? bare.length > 1 && role.about.includes(bare) : terms.length > 0 && terms.every((term) => role.aboutTerms.has(term))) return 1;
  return things.some((thing) => role.aboutThings.has(thing)) ? 1 : 0;
}
