/** Which value of an enum, or which side of a switch, was meant. Knows words in two languages. */
import { termsOf } from "../../../runtime/turn/tool_choice.ts";
import type { Candidate } from "./candidates.ts";
import type { Parameter, Said } from "./stretch.ts";

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
const NEGATIVE =
  /\b(?:off|not|don't|do not|disable|deactivate|stop|without|no longer|un(?=mute|lock|pause|block|hide|subscribe|freeze))|关|停|取消|不要|别|禁/iu;
/** They mean something else as often. */
const PREPOSITION = /^(?:on|off|up|down)$/u;
const MEANT = 3;
const NAMED = 3.5;
const VOTED = 0.5;
/** Which of several is decided by what leads to it. */
const LED = 1.5;

/** The values of an enum that were named. Where none was, what the model took, if it must be one. */
export function enumCandidates(one: Parameter, said: Said, vote: unknown): readonly Candidate[] {
  const values = one.schema["enum"] as readonly unknown[];
  const status = values.find((value) => STATUS.test(String(value)));
  if (status !== undefined && HOW_IT_IS.test(said.texts[0] ?? ""))
    return [{ value: status, first: -1, last: -1, score: NAMED }];
  const found = values.flatMap((value) => mentions(value, one, said));
  if (found.length > 0) return found;
  // Of "on" and "off" one is said, or it is asked for.
  const isSwitch = values.every((value) => typeof value === "string" && SWITCHES.test(value));
  if (!one.required || isSwitch || vote === null || !values.includes(vote)) return [];
  return [{ value: vote, first: -1, last: -1, score: VOTED }];
}

function mentions(value: unknown, one: Parameter, said: Said): readonly Candidate[] {
  if (typeof value !== "string" || value === "") return [];
  const words = wordsFor(value, one).filter((word) => !PREPOSITION.test(word));
  const stem = termsOf(value).join(" ");
  const direct = said.pieces.flatMap(({ bare, source, quoted }, at): readonly Candidate[] => {
    if (quoted || source > 0) return [];
    const row = said.pieces.slice(at, at + 4).map((piece) => piece.bare);
    const length = Math.max(...words.map((word) => spanOf(word, row)), 0);
    if (length > 0) {
      const score = NAMED + ledAt(one, said, at, length);
      return [{ value, first: at, last: at + length - 1, score }];
    }
    const isMeant = stem !== "" && termsOf(bare).join(" ") === stem;
    return isMeant ? [{ value, first: at, last: at, score: MEANT }] : [];
  });
  if (direct.length > 0) return direct;
  const isMeant = MEANINGS[value.toLowerCase()]?.test(said.texts[0] ?? "") === true;
  return isMeant ? [{ value, first: -1, last: -1, score: MEANT }] : [];
}

/** Which of several values goes here is told by the words beside it. */
function ledAt({ role }: Parameter, { pieces }: Said, at: number, length: number): number {
  const isBefore = role.before.has(pieces[at - 1]?.bare ?? "");
  const isAfter = role.after.has(pieces[at + length]?.bare ?? "");
  return (isBefore ? LED : 0) + (isAfter ? LED : 0);
}

/** How many pieces a word takes that begins with the first of them; 0 = it does not stand there. */
function spanOf(word: string, bares: readonly string[]): number {
  for (let length = 1; length <= bares.length; length++) {
    const row = bares.slice(0, length);
    if (row.join(" ") === word || row.join("") === word) return length;
  }
  return 0;
}

/** A value as people say it, and what the description calls it: "人民币 CNY, 美元 USD". */
function wordsFor(value: string, { schema }: Parameter): readonly string[] {
  const lower = value.toLowerCase();
  const plain = lower.replaceAll(/[_-]+/g, " ");
  const about = typeof schema["description"] === "string" ? schema["description"] : "";
  const entries = about.split(/[,，;；、。:：()（）]|\bor\b/u).filter((entry) =>
    entry
      .toLowerCase()
      .split(/[^\p{L}\p{N}_-]+/u)
      .includes(lower),
  );
  const glosses = entries.map((entry) =>
    entry
      .toLowerCase()
      .replace(lower, " ")
      .replaceAll(/[^\p{L}\p{N} ]|\b(?:is|for|means|the)\b|[为是]/gu, " ")
      .trim(),
  );
  return [...new Set([plain, lower, ...glosses])].filter(
    (word) => word !== "" && word.length <= 24,
  );
}

/** On unless something says no: "stop watering", "unmute her". */
export function switchCandidates(one: Parameter, said: Said): readonly Candidate[] {
  const text = said.texts[0] ?? "";
  const isCued = one.required || said.pieces.some(({ bare }) => one.role.names.has(bare));
  if (!isCued) return [];
  return [{ value: !NEGATIVE.test(text), first: -1, last: -1, score: MEANT }];
}
