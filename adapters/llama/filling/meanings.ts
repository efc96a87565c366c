/** What pieces are about, by the lexicon: of a Chinese word perhaps only its end. */
import { lexicon } from "../../../runtime/turn/lexicon.ts";
import { stem } from "../../../runtime/turn/tool_choice.ts";

export interface About { readonly things: readonly number[]; readonly topics: readonly number[] }
const NONE: About = { things: [], topics: [] };
const known = new Map<string, About>();
const HAN = /\p{Script=Han}/u;

export function aboutOf(word: string): About {
  const before = known.get(word);
  if (before) return before;
  const { meaningOf } = lexicon(stem);
  let found = meaningOf(word) ?? meaningOf(stem(word));
  if (HAN.test(word)) for (let at = 1; found === undefined && at < word.length; at++) found = meaningOf(word.slice(at));
  const about = found === undefined ? NONE : { things: found.things, topics: found.topics };
  if (known.size > 4096) known.clear();
  known.set(word, about);
  return about;
}
