/**
 * What kind of argument a parameter is by its name, and with which words people lead to such a value: a `destination`
 * comes after "to" and 到, a `message` after "saying" and 说. Knows names only.
 */
import { aboutOf } from "./meanings.ts";
import { kindsOf, type ValueKind } from "../value_kinds.ts";
import { type Written, writtenFor } from "./written.ts";
import { alikeInChinese, termsOf, unitsIn } from "../../../runtime/turn/tool_choice.ts";
import { type Measure, unitOf } from "./units.ts";
import type { JsonSchema } from "../../../schemas/function.ts";

/** A name has no preposition in it, a title may have one; a clause may be all of the rest. */
export type Form = "name" | "title" | "clause" | "sentence";

/** What leads to the value of a parameter. */
export interface Role {
  /** Words before it, in small letters. */
  readonly before: ReadonlySet<string>;
  /** Words after it. */
  readonly after: ReadonlySet<string>;
  /** Words that call the parameter by its name, without endings; and its units. */
  readonly names: ReadonlySet<string>;
  /** How long it may be, from a name to a sentence that may begin with any word. */
  readonly form: Form;
  /** People and places have capital letters. */
  readonly named: boolean;
  /** Whether a thing may be called by its kind: "the light". */
  readonly thing: boolean;
  /** A sort fits it. */
  readonly known: boolean;
  readonly kinds: readonly ValueKind[];
  /** How much it costs to be of no such kind. */
  readonly strictness: number;
  /** It stands after a number: "12 miles". */
  readonly counted: boolean;
  /** Often a name with digits or marks in it. */
  readonly code: boolean;
  /** Chinese words for what it takes. */
  readonly chinese: readonly string[];
  /** In what it is measured, if it says so. */
  readonly unit: { readonly measure: Measure; readonly factor: number } | undefined;
  /** A number below zero means the contrary. */
  readonly signed: boolean;
  /** In which form it is wanted, as HH:MM. */
  /** What its tool says of itself, in small letters. */
  readonly tool: string;
  /** Its tool says one amount in another unit or currency. */
  readonly converts: boolean;
  readonly written: Written | undefined;
  /** What weights may be learned for. */
  readonly labels: readonly string[];
  /** Lines of the lexicon that its name stands in, and its description. */
  readonly things: ReadonlySet<number>;
  readonly aboutThings: ReadonlySet<number>;
  /** Topics of both. */
  readonly topics: ReadonlySet<number>;
  /** Words of its description without their endings, and all of it in small letters. */
  readonly aboutTerms: ReadonlySet<string>;
  readonly about: string;
  /** How such values end. */
  readonly ends: readonly RegExp[];
}

interface Sort {
  readonly name: string;
  readonly keys: RegExp;
  readonly before: string;
  readonly after?: string;
  /** What else calls it by its name. */
  readonly names?: string;
  /** How such values end in Chinese. */
  readonly ends?: RegExp;
  /** @default "name" */
  readonly form?: Form;
  readonly named?: boolean;
  /** It says more than any other sort: those do not count. */
  readonly alone?: boolean;
}

/** Tools whose values are units, and units follow numbers. */
const CONVERTS = /convert|conversion|\bunits?\b|currenc|exchange|换算|转换|兑换|汇率/iu;
const FORMS: readonly Form[] = ["name", "title", "clause", "sentence"];
/** Values of these kinds may come in forms that no rule knows. */
const LOOSE: ReadonlySet<ValueKind> = new Set(["file", "color", "currency", "language", "sum"]);

/** What is to be done. */
const TASK: Sort = {
  name: "task",
  keys: /task|todo|to do|what|reminder|action|item to|chore|thing to do/u,
  before: "to about that for 提醒我 我 一条 记得 叫我 忘了 忘记 忘 了",
  after: "提醒",
  form: "clause",
};
/** Tools that keep what is to be done. */
const TO_DO = /remind|to ?do|task|提醒|待办|任务/iu;

const SORTS: readonly Sort[] = [
  {
    name: "source",
    keys: /\b(?:from|origin|source|src|start|departure|pick ?up|base)\b(?! (?:time|date))/u,
    before: "from off at between for one move rename copy 从 由 把 将",
    after: "to in into 有 到 去 飞 至 是 换 换成 等于 兑换",
    alone: true,
    named: true,
  },
  {
    name: "destination",
    keys: /^(?:to|destination|dest|target|end|arrival|into|drop ?off)\b(?! (?:time|date))|\bdestination\b|^to\b/u,
    before:
      "to into towards toward and in as for reach many 到 去 飞 往 至 成 为 飞往 成为 多少 是",
    after: "有 的",
    alone: true,
    named: true,
  },
  {
    name: "place",
    keys: /location|city|place|town|country|region|area|address|station|harbou?r|port|airport|where|venue|beach|neighbou?rhood|destination|state/u,
    before:
      "in at near for from around of over to outside inside into visit 在 去 到 查 看 知道 告诉我 附近",
    after: "的 今天 明天 后天 附近 天气 有 会",
    named: true,
  },
  {
    name: "room",
    keys: /room|zone|floor|tank|area|folder|directory|namespace|shelf|channel/u,
    before: "in at on of for under into to inside 把 将 打扫 扫 在",
    after: "的",
    ends: /[室房厅卧间园库廊台楼院厨]$/u,
  },
  {
    name: "language",
    keys: /\blanguages?\b|\blang\b/u,
    before: "in into to 成 用 为 译成",
    after: "怎么说",
  },
  {
    name: "person",
    keys: /recipient|receiver|borrower|payee|giver|lender|contact|person|people|\bto\b|\bwho|user|friend|guest|assignee|owner|coach|doctor|participant|client|customer|person|employee|student|sender|callee|member|singer|artist|author|attendee/u,
    before:
      "to with for call text tell message email ring let ask sms write by contact mute 给 跟 和 向 告诉 通知 打电话给 发给 叫 呼叫 播放 听",
    after: "know that saying 说 发 打 的 拨",
    named: true,
  },
  {
    name: "text",
    keys: /\b(?:text|message|content|body|notes?|description|comment|memo|reason|details?|caption|words)$/u,
    before:
      "that because since saying says say write note reading with know 说 道 因为 内容 记 记下 记一下 写 说一声",
    names: "saying text message content body",
    form: "sentence",
  },
  TASK,
  {
    name: "name",
    keys: /\bname$/u,
    before: "called named name for the my on off 叫 叫做 名为 给 把 将",
    names: "called named",
    named: true,
  },
  {
    name: "title",
    keys: /title|subject|label|summary|event|heading|called/u,
    before: "called titled named name about for title labelled labeled 叫 叫做 名为 标题",
    names: "called call titled named entitled labelled labeled",
    form: "title",
  },
  {
    name: "query",
    keys: /query|topic|keyword|search|term|question|about|\bwhat\b|song|track|album|book|movie|film|phrase|word|prompt|sql|statement|command|expression/u,
    before:
      "for about in on play up hear google run execute say query search some 搜 查 查一下 关于 听 放 播放 搜索 看看 首 一首 的 唱的 有关",
    form: "clause",
  },
  {
    name: "thing",
    keys: /device|lamp|light|lock|door|appliance|thing|speaker|player|entity|item|product|gadget|cover|fan\b|blind|shutter/u,
    before:
      "the on off up lock unlock of some my buy add 把 将 打开 关 关掉 开 关闭 开启 加 加上 买 关一下 开一下 用",
  },
  { name: "time", keys: /time|hour|\bat\b|when|alarm/u, before: "at by for until till to 在 时间" },
  {
    name: "date",
    keys: /date|day|when|deadline|due|birthday/u,
    before: "on for by until due 在",
    after: "前",
  },
  { name: "branch", keys: /branch/u, before: "on from of to into off at the 在" },
  { name: "repository", keys: /repo|project/u, before: "in of for from the to 在 的" },
  { name: "filter", keys: /filter|pattern/u, before: "only matching for with like 只 匹配" },
  { name: "unit", keys: /unit\b|units\b|currency/u, before: "in to into from 成 为" },
  {
    name: "provider",
    keys: /carrier|provider|method|via|with|pharmacy|company|brand|shop|store|restaurant|hotel|cinema|theat(?:er|re)|museum|club|gym|school|clinic|library|bank|platform|team|league/u,
    before: "with via by using at from of the 从 在 的 订",
  },
  {
    name: "computer",
    keys: /host|server|service|pod|deployment|table|file|path|database|cluster|node|container|machine/u,
    before:
      "of for on in the restart scale describe inside under describe from read open list tail show restart 查看 重启",
  },
];

/** Of a parameter that no sort fits. */
const ANY_BEFORE = "the a an of for more some my 把 将 给 用";
/** Units that people say instead of what is measured. */
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/minute|duration|timer/u, "minutes minute mins min 分钟"],
  [/hour|duration/u, "hours hour hrs h 小时"],
  [/second/u, "seconds second secs sec 秒"],
  [/day/u, "days day 天"],
  [/year/u, "years year 年"],
  [/temp|degree|celsius|heat/u, "degrees degree celsius fahrenheit c 度 °"],
  [/percent|bright|level|volume|humid|position|dim/u, "percent % 百分之"],
  [/weight|kilo|mass/u, "kg kilograms kilogram kilos pounds lbs weigh 公斤 斤"],
  [/height|length|width|cm|centimet/u, "cm centimeters centimetres tall meters metres 厘米 米"],
  [/gram/u, "grams gram g 克"],
  [/radius|distance|kilomet|\bkm\b/u, "km kilometers kilometres miles within 公里"],
  [
    /people|guest|party|person|seat|pax|adult|passenger/u,
    "people persons guests person seats adults of 人 位 个人",
  ],
  [
    /quantity|count|amount|number|copies|size|servings?/u,
    "copies pieces x 份 个 张 瓶 杯 盒 包 袋 件 箱 本 只",
  ],
  [/calor|kcal/u, "calories kcal 卡"],
  [/price|amount|budget|cost|money|principal/u, "dollars euros pounds usd eur 元 块"],
  [/rate|percent/u, "percent %"],
];
/** What parameters are called in Chinese. */
const CHINESE: readonly (readonly [RegExp, string])[] = [
  [/subject/u, "主题"],
  [/title|subject|heading/u, "标题"],
  [/title|\bname|label/u, "名称 名字 标签 叫"],
  [/body|content|message|text/u, "内容 正文"],
  [/note|comment|remark/u, "备注"],
  [/time/u, "时间"],
  [/date|day/u, "日期"],
  [/location|place|address/u, "地点 地址"],
  [/phone/u, "电话 手机号"],
  [/code|number|id$/u, "编号 号码 单号 号"],
];
/** Of "the orders table" the name is "orders"; of "the front door" all is. */
const HOLDERS =
  /^(?:tables?|channels?|branch|namespace|services?|lists?|files?|repos?|repository|folders?|director(?:y|ies)|teams?|accounts?|projects?|logs?|database|timers?|playlists?|pods?|deployments?|hosts?|servers?|labels?|topics?|league|prescription|volume|brightness|temperature|colou?r|speed|level|status|price|weather|forecast|场景|模式|音量|声音|亮度|温度|湿度|颜色|速度|模式|状态|价格|股价|天气|气温)$/u;
const CODES =
  /host|server|service|pod|deployment|node|container|table|repo|path|file|ticker|symbol|channel|branch|flight|ticket|order|parcel|tracking|plate|\btag|batch|serial|\bno\b|\bid$/u;
const THING =
  /device|thing|lamp|light|appliance|door|entity|lock\b|gadget|window|tank|fan\b|speaker|machine|curtain|blind|cover|player|shutter|valve|pump|camera|sensor|plug/u;
/** It says what a number below zero means, and not only that there may be one. */
const SIGNED =
  /(?<!\b(?:may|can|could|might) be )\b(?:negative|minus)\b(?! (?:values?|numbers?|is|are) (?:allowed|possible|fine|ok))|\bpositive ?(?:=|is|means|for)|\bdelta\b.*\bnegative\b|负(?!责|担|荷)/u;
/** By their names they go either way. */
const EITHER_WAY =
  /\b(?:gain|db|trim|pan|balance|tilt|offset|delta|adjust(?:ment)?|correction|compensation|transpose|semitones|cents|change|diff(?:erence)?)\b/u;
/** What a value is that is wanted in a form. */
const WRITTEN_KINDS: Readonly<Partial<Record<Written, ValueKind>>> = {
  clock: "time",
  date: "date",
  month: "date",
  currency: "currency",
};
/** Units in short, at the end of a name: "wait_s". */
const SHORT_UNITS: Readonly<Record<string, string>> = {
  s: "seconds",
  h: "hours",
  m: "metres",
  l: "litres",
};
/** They say nothing about the parameter. */
const WEAK_NAMES = new Set(["name", "to", "from", "id", "number", "value", "a", "b", "c"]);

/** Whether "the X …" with this word is called X alone. */
export function isHolder(bare: string): boolean {
  return HOLDERS.test(bare);
}

function goesEitherWay(name: string, about: string): boolean {
  return SIGNED.test(about) || EITHER_WAY.test(name);
}

/** The role of a parameter. @param tool What its tool says of itself. */
export function roleOf(
  key: string,
  { description, format }: JsonSchema,
  tool = "",
  type = "string",
): Role {
  const name = key
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .toLowerCase();
  const about = typeof description === "string" ? description.toLowerCase() : "";
  const sorts = sortsOf(name, about, tool);
  const words = (pick: (sort: Sort) => string | undefined): string[] =>
    sorts.flatMap((sort) => (pick(sort) ?? "").split(" ")).filter((word) => word !== "");
  const own = kindsOf(key, format);
  const written =
    type === "string"
      ? writtenFor(about, `${name} ${tool.toLowerCase()}`, own.includes("time"))
      : undefined;
  const taken = written && WRITTEN_KINDS[written];
  const kinds = taken === undefined || own.includes(taken) ? own : [...own, taken];
  const before = sorts.length === 0 ? ANY_BEFORE.split(" ") : words((sort) => sort.before);
  const form = FORMS.findLast((one) => sorts.some((sort) => sort.form === one)) ?? "name";
  const called = termsOf(name).map(aboutOf);
  const described = unitsIn(about).map(({ text }) => aboutOf(text));
  return {
    things: new Set(called.flatMap(({ things }) => things)),
    aboutThings: new Set(described.flatMap(({ things }) => things)),
    aboutTerms: new Set(termsOf(about)),
    about,
    tool: tool.toLowerCase(),
    converts: CONVERTS.test(tool),
    topics: new Set([...called, ...described].flatMap(({ topics }) => topics)),
    before: new Set(before),
    after: new Set(words((sort) => sort.after)),
    names: new Set([
      ...termsOf(name).filter((term) => !WEAK_NAMES.has(term)),
      ...termsOf(words((sort) => sort.names).join(" ")),
      ...listed(UNITS, `${name} ${about}`),
      ...listed(CHINESE, name),
    ]),
    form,
    unit: unitOf(
      `${name.replace(/ ([shml])$/u, (_, unit: string) => ` ${SHORT_UNITS[unit] ?? unit}`)} ${about}`,
    ),
    written,
    signed: goesEitherWay(name, about),
    labels: [
      "*",
      type === "string" || type === "list" ? form : type,
      ...sorts.map((sort) => sort.name),
      ...kinds.map((kind) => `<${kind}>`),
      ...termsOf(name).map((term) => `=${term}`),
    ],
    named: sorts.some(({ named }) => named === true),
    known: sorts.length > 0,
    thing: THING.test(name),
    code: CODES.test(name),
    kinds,
    strictness: strictnessOf(name, kinds),
    counted: isCounted(name, tool),
    chinese: chineseFor(name),
    ends: sorts.flatMap(({ ends }) => (ends === undefined ? [] : [ends])),
  };
}

/** Parameters are mostly called the same. */
const chineseWords = new Map<string, readonly string[]>();
const CHINESE_WORDS_MAX = 512;

function chineseFor(name: string): readonly string[] {
  const words = chineseWords.get(name) ?? alikeInChinese(name);
  if (chineseWords.size >= CHINESE_WORDS_MAX) chineseWords.clear();
  chineseWords.set(name, words);
  return words;
}

/** By its name, and only where that says nothing by its description. */
function sortsOf(name: string, about: string, tool: string): readonly Sort[] {
  const sorts = SORTS.filter(({ keys }) => keys.test(name));
  const alone = sorts.find((sort) => sort.alone === true);
  if (alone !== undefined) return [alone];
  const isText = sorts.some(({ form }) => form === "clause" || form === "sentence");
  if (isText && TO_DO.test(tool)) return [TASK];
  if (sorts.length > 0 || about === "") return sorts;
  return SORTS.filter(({ keys }) => keys.test(about)).slice(0, 1);
}

function listed(table: readonly (readonly [RegExp, string])[], text: string): readonly string[] {
  return table.filter(([keys]) => keys.test(text)).flatMap(([, words]) => words.split(" "));
}

function strictnessOf(name: string, kinds: readonly ValueKind[]): number {
  if (kinds.every((kind) => LOOSE.has(kind))) return 1;
  return /^(?:to|recipient)$/u.test(name) ? 0.5 : 2;
}

function isCounted(name: string, tool: string): boolean {
  if (!CONVERTS.test(`${name} ${tool}`) || /^(?:to|target|into|wanted)\b/u.test(name)) return false;
  return /\bunit|currency|^from$/u.test(name);
}
