/** JSON strings of a certain length, pattern or format. Knows JSON's escapes, and no schema. */
import { type Automaton, both, noneOf, ofLength } from "./automaton.ts";
import { ANY_CHAR, type CharSet, intersect, only, without } from "./char_set.ts";
import { all, any, type Node, type Rules } from "./grammar.ts";
import { patternAutomaton } from "./pattern.ts";

/** What a text must be. Absent = anything. Lengths are in characters. */
export interface TextBounds {
  readonly minLength: number;
  readonly maxLength?: number | undefined;
  readonly patterns: readonly string[];
  readonly format?: string | undefined;
}

const YEAR = String.raw`\d{4}`;
const LEAP = String.raw`(?:\d{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)`;
const DATE = `(?:${YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|${LEAP}-02-29)`;
const CLOCK = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;
const TIME = String.raw`${CLOCK}:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-]${CLOCK})`;
const BYTE = String.raw`(?:\d|[1-9]\d|1\d{2}|2[0-4]\d|25[0-5])`;
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,20}[A-Za-z0-9])?";
/** Formats whose texts can be told by their form alone. All others are hints. */
const FORMATS: Readonly<Record<string, string>> = {
  date: DATE,
  time: TIME,
  "date-time": `${DATE}T${TIME}`,
  uuid: "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  ipv4: String.raw`${BYTE}(?:\.${BYTE}){3}`,
  email: String.raw`[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@${LABEL}(?:\.${LABEL}){1,4}`,
};

/** Beyond this, a length is not counted beside a pattern. */
const COUNTED_MAX = 256;

/** A key that anybody may choose is a name, and has an end. */
const KEY_LENGTH_MAX = 64;

const QUOTE: Node = { text: '"' };
const PLAIN = without(ANY_CHAR, [
  [0x00, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
]);
const HEX: Node = {
  chars: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
};

/** JSON strings within bounds. A pattern that is no regular language is not seen to. */
export function textNode(bounds: TextBounds, rules: Rules): Node {
  const { minLength, maxLength, format } = bounds;
  const form = format === undefined ? undefined : FORMATS[format];
  const patterns = [...bounds.patterns, ...(form === undefined ? [] : [`^${form}$`])];
  const automaton = patterns.map(patternAutomaton).reduce(joined, undefined);
  if (automaton === undefined)
    return all(QUOTE, rules.repeated(charRule(rules), minLength, maxLength), QUOTE);
  const isCounted = minLength > 0 || maxLength !== undefined;
  const length =
    isCounted && Math.max(minLength, maxLength ?? 0) <= COUNTED_MAX
      ? ofLength(ANY_CHAR, minLength, maxLength)
      : undefined;
  const states = joined(automaton, length) ?? automaton;
  return all(QUOTE, rules.ofAutomaton(states, writtenChar), QUOTE);
}

/** JSON strings that are names of keys, and none of these. Their characters need no escapes. */
export function otherKeyNode(keys: readonly string[], rules: Rules): Node {
  if (keys.length === 0)
    return all(QUOTE, rules.repeated({ chars: PLAIN }, 1, KEY_LENGTH_MAX), QUOTE);
  const states = noneOf(PLAIN, keys) ?? [];
  return all(
    QUOTE,
    rules.ofAutomaton(states, (chars) => ({ chars })),
    QUOTE,
  );
}

/** What both take, or what one does if the other is none or together they are too much. */
function joined(one: Automaton | undefined, other: Automaton | undefined): Automaton | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return both(one, other) ?? one;
}

/** One character as JSON writes it. */
function charRule(rules: Rules): Node {
  return rules.has(CHAR) ? { rule: CHAR } : rules.set(anyChar(), CHAR);
}
const CHAR = "char";

/** All characters, plain or escaped; no zero, and no half of a pair. */
function anyChar(): Node {
  const hex = (times: number): Node => ({ times: HEX, min: times, max: times });
  const one = (from: string): Node => ({ chars: from.split("").flatMap(only) });
  const basic = any(
    all(one("123456789abcABCefEF"), hex(3)),
    all({ text: "0" }, one("123456789abcdefABCDEF"), hex(2)),
    all({ text: "00" }, one("123456789abcdefABCDEF"), hex(1)),
    all({ text: "000" }, one("89abdfABDF")),
    all(one("dD"), one("01234567"), hex(2)),
    all(
      one("dD"),
      one("89abAB"),
      hex(2),
      { text: String.raw`\u` },
      one("dD"),
      one("cdefCDEF"),
      hex(2),
    ),
  );
  const short: Node = {
    chars: [
      ...only('"'),
      ...only("/"),
      ...only("\\"),
      ...only("b"),
      ...only("f"),
      ...only("n"),
      ...only("r"),
      ...only("t"),
    ],
  };
  return any({ chars: PLAIN }, all({ text: "\\" }, any(short, all({ text: "u" }, basic))));
}

/** A character of a set as JSON writes it most shortly. */
function writtenChar(chars: CharSet): Node {
  const escapes = Object.entries(ESCAPES).filter(
    ([char]) => intersect(chars, only(char)).length > 0,
  );
  return any({ chars: intersect(chars, PLAIN) }, ...escapes.map(([, text]) => ({ text })));
}
const ESCAPES: Readonly<Record<string, string>> = {
  '"': String.raw`\"`,
  "\\": String.raw`\\`,
  "\n": String.raw`\n`,
  "\t": String.raw`\t`,
};
