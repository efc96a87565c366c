/** Units: what they measure, how people say them, how parameters name them. Knows words only. */

/** What is measured; plain = a number, however it is written. */
export type Measure =
  | "time"
  | "months"
  | "mass"
  | "length"
  | "volume"
  | "data"
  | "power"
  | "energy"
  | "speed"
  | "pressure"
  | "frequency"
  | "area"
  | "share"
  | "plain";

export interface Unit {
  readonly measure: Measure;
  readonly factor: number;
  /** How people say it. */
  readonly said: string;
  /** How parameters say it. */
  readonly named: RegExp;
}

/** The larger word first, where one begins another. */
export const UNITS: readonly Unit[] = [
  {
    measure: "data",
    factor: 1,
    said: "megabytes?|megs?|mb|mib|兆",
    named: /\b(?:megabytes?|mi?b)\b/u,
  },
  {
    measure: "data",
    factor: 1000,
    said: "gigabytes?|gigs?|gb|gib|个?g(?= ?(?:内存|流量|空间|ram|of (?:ram|memory|storage|disk)))",
    named: /\b(?:gigabytes?|gi?b)\b/u,
  },
  {
    measure: "data",
    factor: 1_000_000,
    said: "terabytes?|tb|tib",
    named: /\b(?:terabytes?|ti?b)\b/u,
  },
  { measure: "power", factor: 1, said: "watts?|w|瓦", named: /\bwatts?\b|(?<!千)瓦/u },
  {
    measure: "power",
    factor: 1000,
    said: "kilowatts?|kw|千瓦",
    named: /\b(?:kilowatts?|kw)\b|千瓦/u,
  },
  {
    measure: "energy",
    factor: 1,
    said: "kilowatt[ -]hours?|kwh|千瓦时|度电",
    named: /\b(?:kilowatt[ -]?hours?|kwh)\b|千瓦时/u,
  },
  {
    measure: "speed",
    factor: 1,
    said: "km ?\\/ ?h|kmh|kph|mph|knots?|miles an hour|米每秒|公里每小时",
    named: /\b(?:km ?\/?h|kmh|kph|mph|knots?)\b/u,
  },
  {
    measure: "pressure",
    factor: 1,
    said: "bars?|psi|kpa|hpa|mbar|millibars?|巴|兆帕|千帕",
    named: /\b(?:bars?|psi|[kh]pa|mbar)\b/u,
  },
  {
    measure: "frequency",
    factor: 1,
    said: "hertz|[km]?hz|ghz|megahertz|赫兹?",
    named: /\b(?:hertz|[kmg]?hz)\b|赫兹/u,
  },
  {
    measure: "area",
    factor: 1,
    said: "square met(?:er|re)s?|sq ?m|m2|m²|hectares?|ha|acres?|平方米|平米|公顷|亩",
    named: /\b(?:square met(?:er|re)s?|sq ?m|m2|hectares?|ha|acres?)\b|平方米|公顷|亩/u,
  },
  { measure: "time", factor: 1, said: "seconds?|secs?|秒钟?", named: /\b(?:seconds?|secs?)\b|秒/u },
  {
    measure: "time",
    factor: 60,
    said: "minutes?|mins?|分钟|分(?=半)",
    named: /\b(?:minutes?|mins?)\b|分钟/u,
  },
  { measure: "time", factor: 900, said: "刻钟", named: /刻钟/u },
  {
    measure: "time",
    factor: 3600,
    said: "hours?|hrs?|h|个?小时|个?钟头",
    named: /\b(?:hours?|hrs?)\b|小时/u,
  },
  {
    measure: "time",
    factor: 86_400,
    said: "days?|nights?|天",
    named: /\b(?:days?|nights?)\b|天数|[几住][天晚]/u,
  },
  { measure: "time", factor: 604_800, said: "weeks?|个?星期|周", named: /\bweeks?\b|周数/u },
  { measure: "time", factor: 1_209_600, said: "fortnights?", named: /\bfortnights?\b/u },
  { measure: "months", factor: 1, said: "months?|个月", named: /\bmonths?\b|月数|个月/u },
  { measure: "months", factor: 12, said: "years?|年", named: /\byears?\b|年数|年限/u },
  { measure: "mass", factor: 1, said: "grams?|g|克", named: /\bgrams?\b|\bg\b|克/u },
  {
    measure: "mass",
    factor: 1000,
    said: "kilograms?|kilos?|kg|公斤|千克",
    named: /\b(?:kilograms?|kilos?|kg)\b|公斤|千克/u,
  },
  { measure: "mass", factor: 500, said: "斤", named: /斤/u },
  {
    measure: "length",
    factor: 1,
    said: "millimet(?:er|re)s?|mm|毫米",
    named: /\bmillimet(?:er|re)s?\b|\bmm\b|毫米/u,
  },
  {
    measure: "length",
    factor: 10,
    said: "centimet(?:er|re)s?|cm|厘米|公分",
    named: /\bcentimet(?:er|re)s?\b|\bcm\b|厘米|公分/u,
  },
  {
    measure: "length",
    factor: 1000,
    said: "met(?:er|re)s?|m|米",
    named: /\bmet(?:er|re)s?\b|(?<!厘|毫|千)米/u,
  },
  {
    measure: "length",
    factor: 1_000_000,
    said: "kilomet(?:er|re)s?|km|公里|千米",
    named: /\bkilomet(?:er|re)s?\b|\bkm\b|公里|千米/u,
  },
  {
    measure: "volume",
    factor: 1,
    said: "millilit(?:er|re)s?|ml|cc|毫升",
    named: /\bmillilit(?:er|re)s?\b|\bml\b|毫升/u,
  },
  {
    measure: "volume",
    factor: 1000,
    said: "lit(?:er|re)s?|l|升",
    named: /\blit(?:er|re)s?\b|(?<!毫)升/u,
  },
];
const SHARE =
  /percent|prozent|position|opening|brightness|volume|level|0 ?(?:-|–|to) ?100|百分比|亮度|音量/iu;
/** "minutes per day" are minutes; of "litres per hectare" nothing can be told. */
const RATE = /\bper\b|\/|每/u;

/** In which unit a parameter takes its amount; `undefined` = it does not say. @param about Its name and description. */
export function unitOf(about: string): Pick<Unit, "measure" | "factor"> | undefined {
  const [measured = ""] = about.split(RATE);
  const unit = UNITS.find(({ named }) => named.test(measured));
  if (RATE.test(about)) return unit?.measure === "time" ? unit : undefined;
  if (unit !== undefined) return unit;
  return SHARE.test(about) ? { measure: "share", factor: 1 } : undefined;
}
