/** Which value of an enum was meant. Knows words in two languages. */
import type { Candidate } from "./candidate.ts";
import { isDeniedAt } from "./denied.ts";
import { wordsMeaning } from "./glosses.ts";
import { heardIn } from "./meant.ts";
import { type By, isSaidApart, type Mention, mentionsIn, plainOf } from "./mentions.ts";
import type { Parameter, Said } from "./stretch.ts";
import { EMPTY } from "./switches.ts";
import { Tally } from "./weights.ts";

/** What people say for common values. */
const MEANINGS: Readonly<Record<string, RegExp>> = {
  on: /\b(?:turn|switch|put|power|flick|flip|light)\b.*\bon\b|\bon(?: please)?[.!?]?$|\b(?:activate|enable|start)\b|打开|开启|开一下|开起来|点亮|启动|(?:^|[^打])开(?:$|[了吧！。到])/iu,
  off: /\boff\b|\bkill\b|\b(?:shut|power) down\b|\b(?:deactivate|disable|stop)\b|关|熄/iu,
  open: /\bopen\b|打开|拉开|开/iu,
  close: /\b(?:close|shut)\b|关|拉上|合上/iu,
  lock: /\block(?:ed|s)?\b|(?<![解开])锁(?!打开)/iu,
  unlock: /\bunlock(?:ed)?\b|解锁|开锁|锁打开/iu,
  start: /\b(?:start|begin|run)\b|开始|启动/iu,
  stop: /\b(?:stop|end|halt)\b|停/iu,
  set: /\b(?:set|dim|adjust)\b|\bto \d|设|调/iu,
  add: /\b(?:add|save|remember|write down|jot|take a note|make a note|note that)\b|^note:|加|记/iu,
  delete: /\b(?:delete|remove|erase|discard)\b|删|去掉/iu,
  list: /\b(?:list|show|display|all)\b|列出|显示|所有|哪些/iu,
  search: /\b(?:search|find|look for)\b|找|搜/iu,
  pause: /\bpause\b|暂停/iu,
  up: /\b(?:up|higher|louder|raise|increase)\b|调高|调大|升|大声|上/iu,
  down: /\b(?:down|lower|quieter|decrease|reduce)\b|调低|调小|降|小声|下/iu,
  walking: /\b(?:walk(?:ing)?|on foot|by foot)\b|走路|步行|走去/iu,
  driving: /\b(?:driv(?:e|ing)|by car)\b|开车|驾车|自驾/iu,
  transit: /\b(?:transit|bus|train|subway|metro)\b|公交|地铁|坐车/iu,
  cycling: /\b(?:cycl(?:e|ing)|bik(?:e|ing)|by bicycle)\b|骑车|骑行|自行车/iu,
  celsius: /\bcelsius\b|°c\b|摄氏/iu,
  fahrenheit: /\bfahrenheit\b|°f\b|华氏/iu,
  daily: /\b(?:daily|every day|each day)\b|每天|每日/iu,
  weekly: /\b(?:weekly|every week)\b|每周/iu,
  monthly: /\b(?:monthly|every month)\b|每月/iu,
  weekdays: /\b(?:weekdays?|workdays?)\b|工作日/iu,
  weekend: /\bweekends?\b|周末/iu,
  high: /\b(?:high|urgent|top)\b|高|紧急/iu,
  medium: /\bmedium\b|中/iu,
  low: /\blow\b|低/iu,
  heat: /\b(?:heat|heating|warm)\b|制热|加热|暖/iu,
  cool: /\b(?:cool|cooling|cold)\b|制冷|冷/iu,
  breakfast: /\bbreakfast\b|早餐|早饭/iu,
  lunch: /\blunch\b|午餐|午饭|中饭/iu,
  dinner: /\b(?:dinner|supper)\b|晚餐|晚饭/iu,
};
const SWITCHES = /^(?:on|off|open|close|lock|unlock|start|stop|up|down)$/iu;
const STATUS = /^(?:status|state|check|get|query)$/iu;
/** Asks how it is, and orders nothing. */
const HOW_IT_IS =
  /^(?:is|are|was|were|did|does|has|have|what|how)\b|(?:吗|没有|没)[？?]?$|有没有|是不是|怎么样/iu;
/** The same, and surely no order that is put as a question. */
const STATE = /^(?:is|are|was|were|did|does|has|have)\b|了(?:吗|没有?)[？?]?$|是不是/iu;
/** What it may be is no order to make it so. */
const NO_ORDER = -20;
const NAMED: Readonly<Record<By, string>> = {
  itself: "said",
  gloss: "said by another name",
  ending: "said with an ending",
  number: "said by its number",
  line: "said by a word alike",
};
/** What no word names is rather asked for. */
const UNNAMED = -0.6;
/** Whoever asks how it is orders nothing. */
const ASKED = 3;
/** Where a tool keeps things, whoever asks wants to see them, and whoever tells wants them kept. */
const SHOWING =
  /^(?:list|show|search|find|get|read|view|query|look ?up|fetch)(?: (?:all|one|it|them))?$/iu;
const KEEPING = /^(?:add|create|save|write|insert|append|store|remember|record|note|new)$/iu;
const ASKING =
  /^(?:what|which|who|when|where|how|do|does|did|is|are|was|were|has|have|any)\b|[?？]\s*$|[吗呢]|什么|哪|几|多少|有没有/iu;
const UNSAID_DEED = 3;
/** Longer values are no tool's but one's. */
const VALUE_MAX = 12;

/** All values of an enum, and where they were named. */
export function enumCandidates(one: Parameter, said: Said): readonly Candidate[] {
  const values = one.schema["enum"] as readonly unknown[];
  const deed = unsaidDeed(values.map(plainOf), said);
  const isState =
    STATE.test(said.texts[0] ?? "") && values.some((value) => STATUS.test(plainOf(value)));
  return values.flatMap((value): readonly Candidate[] => {
    const traits = new Tally();
    weighValue(one, said, value, traits);
    const order = isState && SWITCHES.test(plainOf(value)) ? NO_ORDER : 0;
    const places = mentionsIn(one, said).get(value) ?? [];
    if (places.length === 0) {
      traits.add("not said");
      const asked = traits.names.includes("asks how it is") ? ASKED : 0;
      const meant = deed?.test(plainOf(value)) === true ? UNSAID_DEED : 0;
      return [{ value, first: -1, last: -1, traits, score: UNNAMED + asked + meant + order }];
    }
    return places.map((place) => {
      const named = new Tally();
      named.addAll(traits);
      weighPlace(one, said, place, named);
      const { first, last } = place;
      return { value, first, last, traits: named, score: order };
    });
  });
}

/** What is wanted of a tool that both keeps and shows, where nobody says so. */
function unsaidDeed(values: readonly string[], { texts }: Said): RegExp | undefined {
  const isStore = [SHOWING, KEEPING].every((deed) => values.some((value) => deed.test(value)));
  if (!isStore) return undefined;
  return ASKING.test(texts[0] ?? "") ? SHOWING : KEEPING;
}

function weighValue(one: Parameter, said: Said, value: unknown, tally: Tally): void {
  const text = said.texts[0] ?? "";
  const plain = plainOf(value);
  tally.add("choice");
  if (!one.required) tally.add("optional");
  if (STATUS.test(plain) && HOW_IT_IS.test(text)) tally.add("asks how it is");
  if (MEANINGS[plain]?.test(text) === true) tally.add("meant");
  if (SWITCHES.test(plain)) tally.add("one of two");
  if (isSaidApart(one, said, value)) tally.add("said apart");
  const lower = heardIn(text, said.pieces).text;
  if (wordsMeaning(plain).some((word) => lower.includes(word))) tally.add("said in other words");
  if (plain.length <= VALUE_MAX) weighWords(plain, said, tally);
}

/** What else was said. */
function weighWords(plain: string, { spoken }: Said, tally: Tally): void {
  for (const word of spoken) if (!EMPTY.test(word)) tally.add(`${plain} is~${word}`);
}

function weighPlace(one: Parameter, said: Said, place: Mention, tally: Tally): void {
  const { role } = one;
  const { pieces } = said;
  const { first, last, by } = place;
  tally.add(NAMED[by]);
  if (isDeniedIn(said, place)) tally.add("choice is denied");
  if (first === last) tally.add("said in one piece");
  if (role.before.has(pieces[first - 1]?.bare ?? "")) tally.add("choice is led");
  if (role.after.has(pieces[last + 1]?.bare ?? "")) tally.add("choice is followed");
}

function isDeniedIn({ pieces, texts }: Said, { first, last }: Mention): boolean {
  const [from = 0, to = 0] = [pieces[first]?.from, pieces[last]?.to];
  return isDeniedAt(heardIn(texts[0] ?? "", pieces).text, from, to);
}
