/**
 * Values that show by their form what they are: times, days, addresses, codes. A parameter that is called `time` takes a
 * time if the message names one, and `title` does not. Knows names and texts only.
 */

/** What a value is by its form. */
export type ValueKind =
  | "time"
  | "date"
  | "email"
  | "url"
  | "phone"
  | "code"
  | "file"
  | "language"
  | "currency"
  | "color"
  | "sum";

/** A value found in a text. */
export interface FoundValue {
  readonly kind: ValueKind;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const MONTH =
  "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day";
/** A number as it stands in a sum. */
const TERM = "(?:sqrt ?)?\\(*-?\\d[\\d,]*(?:\\.\\d+)?%?\\)*";
const SUM = new RegExp(
  `\\b(?:square |cube )?root of \\d+|${TERM}(?:(?:\\s*[+*^×÷]\\s*|\\s+[-/x]\\s+|\\s+(?:plus|minus|times|divided by|multiplied by|to the power of|of|mod)\\s+|(?:乘以|加上?|减去?|除以))${TERM})+`,
  "giu",
);
const HOUR = "(?:\\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)";
const PART = "(?: in the (?:morning|afternoon|evening)| at night)";
/** "six thirty" */
const SPOKEN =
  "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:o five|ten|fifteen|(?:twenty|thirty|forty|fifty)(?:-five)?)";
const TIME = new RegExp(
  `(?<=\\b(?:at|by|until|before|after|from) )${SPOKEN}\\b(?! (?:euros?|dollars?|pounds?|percent|degrees|minutes|hours))${PART}?|\\b${SPOKEN}(?:${PART}| [ap]\\.?m\\b)|\\b(?:(?:\\d{1,2}:\\d{2}(?: ?[ap]\\.?m\\b\\.?)?|\\d{1,2}\\.\\d{2}(?: ?[ap]\\.?m\\b\\.?|(?= in the | at night))|\\d{1,2} ?[ap]\\.?m\\b\\.?|${HOUR} o'clock|${HOUR} [ap]\\.?m\\b\\.?|(?:half|(?:a )?quarter|five|ten|twenty|twenty-five|\\d{1,2}) (?:past|to) ${HOUR})\\b${PART}?|${HOUR}${PART}|noon|midnight)(?!\\w)|(?<=\\b(?:at|by|until|before|after) )${HOUR}(?=[.,;!?]|$| (?:on|sharp|please|tomorrow|tonight|today)\\b)`,
  "giu",
);
const FORMS: readonly (readonly [ValueKind, RegExp])[] = [
  ["email", /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu],
  [
    "url",
    /\b[a-z][a-z0-9+.-]+:\/\/[^\s\p{Script=Han}，。）？！]*[\w/]|\bwww\.[^\s\p{Script=Han}，。）？！]*[\w/]/giu,
  ],
  ["code", /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/gu],
  [
    "file",
    /(?<![\w@./])(?:(?:~|\.{1,2})?\/)?(?:[\w.-]+\/|(?<=\/)\p{Script=Han}+\/)*(?:[\w~.-]*[\w-]|(?<=\/)\p{Script=Han}+|\p{Script=Han}{1,2})\.(?!com\b|org\b|net\b)(?:[a-z][a-z0-9]{1,4}|3mf|7z)(?![\w])/giu,
  ],
  ["file", /(?<![\w./@])\.[a-z][a-z_-]{2,}(?![\w.])/gu],
  ["file", /(?<![\w./)])(?:(?:~|\.{1,2})\/|\/(?=[\w.-]*[a-z]))[\w.-]*(?:\/[\w.-]+)*(?<![.])/giu],
  [
    "date",
    new RegExp(
      `\\b(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:${MONTH})\\b(?:,? \\d{4})?|(?:${MONTH}) \\d{1,2}(?:st|nd|rd|th)?\\b(?:,? \\d{4})?|(?:${MONTH}) \\d{4}|\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}|(?:(?:next|this|coming) )?(?:${WEEKDAY}|weekend)(?: (?:morning|afternoon|evening|night))?|this (?:morning|afternoon|evening)|(?:next|this) (?:week|month|year)|the day after tomorrow|today|tomorrow(?: (?:morning|afternoon|evening|night))?|yesterday(?: (?:morning|afternoon|evening))?|tonight)\\b`,
      "giu",
    ),
  ],
  ["time", TIME],
  ["time", /(?<=\b(?:at|by|until|before|after) )\d{1,2}(?![\d:.%]| ?[a-z]{2,})/giu],
  [
    "time",
    /(?:早上|上午|中午|下午|晚上|凌晨|清晨|傍晚|夜里|深夜|半夜|明早|明晚|今晚)?(?<!周|星期|礼拜|\d|[A-Za-z][-_]?\d*)(?:\d{1,2}|[一二三四五六七八九十两]{1,3})(?:[:：]\d{2}|点(?:半|一刻|三刻|\d{1,2}分?|(?:[零〇][一二三四五六七八九]|[一二三四五]?十[一二三四五六七八九]?)(?:分(?!钟)|(?![分个人位份张瓶杯块条本台间盒元岁号点天公斤]))|五分(?!钟))?)/gu,
  ],
  [
    "date",
    /\d{4}年\d{1,2}月\d{1,2}[日号]?|(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?|(?:这|本|下|上)?(?:周|星期|礼拜)[一二三四五六日天末](?![次回遍])|(?:这个?|本|下个?|上个?)(?:周末|月底|月初|月)|(?:(?:今|明|去|后|前)年)?(?:1[0-2]|[1-9]|十[一二]|[一二三四五六七八九十])月份?(?![\d日])|周末|月底|月初|年底|大后天|今天|明天|后天|昨天|今晚|明晚|明早|(?<![\d一二三四五六七八九十])[一二三四五六七八九十]{1,3}号/gu,
  ],
  ["time", /夜里|深夜|半夜|清晨|中午|早上|上午|下午|晚上|傍晚|凌晨/gu],
  [
    "language",
    /\b(?:english|french|german|spanish|italian|portuguese|dutch|greek|latin|russian|polish|czech|slovak|hungarian|romanian|bulgarian|serbian|croatian|slovenian|ukrainian|turkish|arabic|hebrew|persian|farsi|hindi|urdu|bengali|tamil|telugu|thai|vietnamese|indonesian|malay|tagalog|chinese|mandarin|cantonese|japanese|korean|swedish|norwegian|danish|finnish|icelandic|estonian|latvian|lithuanian|irish|welsh|catalan|basque|galician|albanian|georgian|armenian|swahili|zulu|afrikaans|amharic|esperanto|mongolian|nepali)\b|(?:[英法德俄日韩泰汉粤]|西班牙|葡萄牙|意大利|阿拉伯|越南|印尼|印地|荷兰|希腊|土耳其|波兰|瑞典|芬兰|挪威|丹麦|捷克|匈牙利|拉丁|马来|乌克兰|蒙古)语|普通话|[中英法德日韩俄]文/giu,
  ],
  [
    "currency",
    /\b(?:usd|eur|gbp|jpy|cny|rmb|chf|cad|aud|nzd|sek|nok|dkk|pln|czk|huf|inr|krw|brl|mxn|zar|try|thb|sgd|hkd|us dollars?|dollars?|euros?|pounds? sterling|yen|yuan|francs?|rupees?|pesos?|kron(?:a|or|er)|rubles?|won|liras?|zlotys?)\b|[美欧日英港澳加]元|人民币|英镑|日元|欧元|韩元|卢布|泰铢|法郎/giu,
  ],
  [
    "color",
    /\b(?:(?:warm|cool|light|dark|soft|deep|pale) )?(?:red|green|blue|yellow|orange|purple|violet|pink|white|black|gr[ae]y|brown|teal|cyan|magenta|turquoise|amber|crimson|indigo|lavender|gold|silver|lime|coral|beige)\b|(?:[深浅淡暗亮暖冷冰天宝海湖墨草嫩鹅粉桃酒玫米奶橘橙藏象][\p{Script=Han}]?|柠檬|咖啡|玫瑰|香槟|薰衣草|葡萄|薄荷|琥珀|珊瑚|樱花)?[红绿蓝黄橙紫粉白黑灰棕青金银]色|(?:琥珀|珊瑚|香槟|咖啡|奶油|象牙|米|杏|橘|桃|肉|驼|酒红|玫红)色/giu,
  ],
  ["sum", SUM],
  ["code", /(?<![\w.@/])[#@][\p{L}][\p{L}\d_-]*/gu],
  ["code", /(?<![\w.])(?:v?\d+(?:\.\d+){2,3}|v\d+\.\d+)(?![\w.]*\w)/gu],
  [
    "code",
    /(?<![\w@./-])[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|example|local|internal|lan|cn|de|uk|eu|fr|co|app|test)(?![\w/.-]*\w)/giu,
  ],
  ["code", /(?<!\w)[A-Z]{2}\d{2}(?: ?[\dA-Z]{4}){2,}(?: ?[\dA-Z]{1,3})?(?!\w)/gu],
  [
    "code",
    /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]·?[A-Z0-9]{4,6}(?![A-Z0-9])/gu,
  ],
  ["date", /(?<![\p{L}\d])(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)(?![\p{L}'’])/gu],
  ["code", /\b[A-Z]{2} \d{2,4}\b/gu],
  ["phone", /(?<![\w-])\+?\d[\d ()/-]{5,}\d(?![\w-])/gu],
  ["code", /#?(?=[A-Za-z_-]*\d)[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*/gu],
];

/** Parts of parameter names. The first that fits counts. */
const NAMES: readonly (readonly [ValueKind, RegExp])[] = [
  ["email", /\b(?:e ?mail|recipient|to)\b/u],
  ["url", /\b(?:url|link|website|web ?page)\b/u],
  ["phone", /\b(?:phone|mobile|telephone)\b/u],
  ["file", /\b(?:file|path|filename|file ?name)\b/u],
  ["time", /\b(?:time|hour|at|when|alarm|moment|eta|until|out by|back by)\b/u],
  ["date", /\b(?:date|day|when|deadline|due|birthday|until|check (?:in|out))\b/u],
  ["code", /\b(?:id|code|number|no|reference|tracking)$/u],
  ["language", /\b(?:languages?|lang)\b/u],
  ["currency", /\bcurrency\b/u],
  ["sum", /\b(?:expression|formula|equation|calculation|sum)\b/u],
  ["color", /\bcolou?r\b/u],
];
const FORMATS: Readonly<Record<string, readonly ValueKind[]>> = {
  time: ["time"],
  date: ["date"],
  "date-time": ["time", "date"],
  email: ["email"],
  uri: ["url"],
};
/** What a message may name in other forms: a missing one says nothing. */
export const LOOSE_KINDS: ReadonlySet<ValueKind> = new Set([
  "email",
  "url",
  "file",
  "phone",
  "language",
  "currency",
  "color",
  "sum",
]);

/** The values in a text that show what they are, in their order. The same characters are one value only. */
export function valuesIn(text: string): readonly FoundValue[] {
  const found: FoundValue[] = [];
  for (const [kind, form] of FORMS) {
    for (const { index, 0: value } of text.matchAll(form)) {
      const to = index + value.length;
      if (found.every((other) => to <= other.from || index >= other.to))
        found.push({ kind, text: value, from: index, to });
    }
  }
  return found.toSorted((a, b) => a.from - b.from);
}

/** What a parameter takes by its name or format; empty = any text. */
export function kindsOf(key: string, format: unknown): readonly ValueKind[] {
  if (typeof format === "string" && FORMATS[format] !== undefined) return FORMATS[format];
  const name = key
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .toLowerCase();
  const kinds = NAMES.filter(([, part]) => part.test(name)).map(([kind]) => kind);
  return kinds.includes("time") || kinds.includes("date")
    ? kinds.filter((kind) => kind === "time" || kind === "date")
    : kinds.slice(0, 1);
}

/** Whether a required value of these kinds has to be in the message in such a form. */
export function isStrict(kinds: readonly ValueKind[]): boolean {
  return kinds.length > 0 && kinds.every((kind) => !LOOSE_KINDS.has(kind));
}

/** Values of these kinds, and a day with its time where they stand side by side. */
export function valuesFor(
  kinds: readonly ValueKind[],
  text: string,
  found: readonly FoundValue[],
): readonly string[] {
  const own = found.filter(
    ({ kind, text: value }) =>
      kinds.includes(kind) || (kinds.includes("code") && kind === "phone" && /^\d+$/u.test(value)),
  );
  if (!kinds.includes("time") || !kinds.includes("date")) return own.map((value) => value.text);
  const pairs = own.flatMap((first, at) => {
    const second = own[at + 1];
    const near =
      second !== undefined && /^(?:,? (?:at )?|的)?$/u.test(text.slice(first.to, second.from));
    return near ? [text.slice(first.from, second.to)] : [];
  });
  return [...pairs, ...own.map((value) => value.text)];
}
