/** What single words are about, by the lines of the lexicon. */
import { lexiconOf, termsOf } from "../../../runtime/turn/tool_choice.ts";

/** Lines and topics of the lexicon. */
export interface About {
  readonly things: readonly number[];
  readonly topics: readonly number[];
}

const NOTHING: About = { things: [], topics: [] };
const HAN = /\p{Script=Han}/u;
const known = new Map<string, About>();
const KNOWN_MAX = 4_096;

/** What a word is about; of a Chinese one that is not known, what its end is about: 台灯 is a 灯. */
export function aboutOf(word: string): About {
  const before = known.get(word);
  if (before !== undefined) return before;
  const { meaningOf } = lexiconOf();
  let found: About | undefined = meaningOf(word) ?? meaningOf(termsOf(word)[0] ?? word);
  if (HAN.test(word))
    for (let at = 1; found === undefined && at < word.length; at++)
      found = meaningOf(word.slice(at));
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(word, found ?? NOTHING);
  return found ?? NOTHING;
}
