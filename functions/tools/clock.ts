/** The time and date here or elsewhere, from the time zones that ship with the engine. It asks no server. */
import { MoultError, defineTool, v } from "moult";

/** Cities and countries whose zone has another name. Zones' own cities (Tokyo, Berlin, …) need no entry. */
const PLACES: Readonly<Record<string, string>> = {
  "Africa/Cairo": "egypt, 开罗",
  "Africa/Johannesburg": "cape town, durban, pretoria, south africa, 约翰内斯堡",
  "Africa/Lagos": "abuja, nigeria",
  "Africa/Nairobi": "kenya, 内罗毕",
  "Africa/Casablanca": "rabat, marrakesh, morocco",
  "America/Argentina/Buenos_Aires": "argentina, 布宜诺斯艾利斯",
  "America/Bogota": "colombia, medellin",
  "America/Chicago":
    "houston, dallas, austin, san antonio, minneapolis, new orleans, st louis, 芝加哥",
  "America/Denver": "salt lake city, boulder, albuquerque",
  "America/Los_Angeles":
    "la, san francisco, san diego, san jose, seattle, portland, las vegas, sacramento, california, 洛杉矶, 旧金山, 西雅图",
  "America/Mexico_City": "guadalajara, mexico, 墨西哥城",
  "America/New_York":
    "nyc, boston, washington, washington dc, philadelphia, miami, atlanta, orlando, pittsburgh, cleveland, 纽约, 波士顿, 华盛顿",
  "America/Sao_Paulo": "rio, rio de janeiro, brasilia, 圣保罗",
  "America/Toronto": "ottawa, montreal, quebec, 多伦多",
  "America/Vancouver": "victoria, 温哥华",
  "America/Edmonton": "calgary",
  "Asia/Bangkok": "thailand, 曼谷",
  "Asia/Dubai": "abu dhabi, uae, 迪拜",
  "Asia/Ho_Chi_Minh": "hanoi, saigon, vietnam, 河内, 胡志明市",
  "Asia/Hong_Kong": "hongkong, 香港",
  "Asia/Jakarta": "bandung, 雅加达",
  "Asia/Jerusalem": "tel aviv, haifa, israel",
  "Asia/Karachi": "islamabad, lahore, pakistan",
  "Asia/Kathmandu": "nepal, 加德满都",
  "Asia/Kolkata":
    "mumbai, delhi, new delhi, bangalore, bengaluru, chennai, hyderabad, pune, ahmedabad, calcutta, india, 孟买, 新德里, 印度",
  "Asia/Kuala_Lumpur": "malaysia, 吉隆坡",
  "Asia/Manila": "philippines, cebu, 马尼拉",
  "Asia/Riyadh": "jeddah, mecca, saudi arabia, 利雅得",
  "Asia/Seoul": "busan, korea, south korea, 首尔",
  "Asia/Shanghai":
    "beijing, shenzhen, guangzhou, chengdu, hangzhou, wuhan, nanjing, xian, tianjin, china, 上海, 北京, 深圳, 广州, 成都, 杭州, 武汉, 南京, 西安, 中国",
  "Asia/Singapore": "新加坡",
  "Asia/Taipei": "taiwan, 台北",
  "Asia/Tokyo": "osaka, kyoto, nagoya, sapporo, yokohama, japan, 东京, 大阪, 京都, 日本",
  "Asia/Yangon": "rangoon, myanmar",
  "Australia/Melbourne": "墨尔本",
  "Australia/Sydney": "canberra, 悉尼",
  "Europe/Amsterdam": "rotterdam, the hague, utrecht, netherlands, 阿姆斯特丹",
  "Europe/Athens": "greece, 雅典",
  "Europe/Berlin":
    "munich, hamburg, frankfurt, cologne, stuttgart, düsseldorf, leipzig, germany, 柏林, 慕尼黑, 法兰克福, 德国",
  "Europe/Brussels": "antwerp, belgium",
  "Europe/Dublin": "ireland, cork",
  "Europe/Istanbul": "ankara, izmir, turkey, 伊斯坦布尔",
  "Europe/Kyiv": "kiev, odesa, lviv, ukraine",
  "Europe/London":
    "manchester, edinburgh, glasgow, birmingham, liverpool, oxford, cambridge, uk, england, britain, united kingdom, 伦敦, 英国",
  "Europe/Madrid": "barcelona, valencia, seville, spain, 马德里, 巴塞罗那",
  "Europe/Moscow": "saint petersburg, 莫斯科",
  "Europe/Paris": "lyon, marseille, nice, toulouse, france, 巴黎, 法国",
  "Europe/Prague": "brno, 布拉格",
  "Europe/Rome": "milan, naples, venice, florence, turin, italy, 罗马, 米兰",
  "Europe/Stockholm": "gothenburg, sweden, 斯德哥尔摩",
  "Europe/Vienna": "salzburg, graz, austria, 维也纳",
  "Europe/Warsaw": "krakow, gdansk, wroclaw, poznan, poland, 华沙",
  "Europe/Zurich": "geneva, basel, bern, switzerland, 苏黎世, 日内瓦",
  "Pacific/Auckland": "wellington, christchurch, new zealand, 奥克兰",
  "Pacific/Honolulu": "hawaii, 檀香山",
  UTC: "utc, gmt, zulu",
};

/** What people say instead of leaving the place out. */
const HERE = new Set(["", "here", "local", "now", "today", "home"]);

const FORMAT = {
  weekday: "long",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
} as const;

/** Filled at the first call: importing a definition does no work. */
const ZONES = new Map<string, string>();

export default defineTool({
  description: "Get the current time and date, here or in a city",
  input: v.object({ place: v.optional(v.pipe(v.string(), v.maxLength(100))) }),
  output: v.object({ time: v.string(), weekday: v.string(), date: v.string(), zone: v.string() }),
  limits: { timeMs: 2_000 },
  examples: [
    { say: "what time is it?", input: {} },
    { say: "what time is it in Tokyo?", input: { place: "Tokyo" } },
    { say: "what's the date in New York?", input: { place: "New York" } },
  ],
  run({ place = "" }, { now }) {
    const timeZone = zone(place);
    const parts = new Intl.DateTimeFormat("en-GB", { ...FORMAT, timeZone }).formatToParts(now());
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
    return {
      time: `${part("hour")}:${part("minute")}`,
      weekday: part("weekday"),
      date: `${part("year")}-${part("month")}-${part("day")}`,
      zone: timeZone,
    };
  },
});

/** The IANA zone of a place. @throws `tool/failed` for a place nobody knows. */
function zone(place: string): string {
  const name = plain(place);
  if (HERE.has(name)) return Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (ZONES.size === 0) fillZones();
  const found = offset(name) ?? ZONES.get(name);
  if (found !== undefined) return found;
  throw new MoultError(
    "tool/failed",
    `Cannot find a time zone for "${place}": give a larger city nearby, or a zone like "Europe/Berlin"`,
  );
}

function fillZones(): void {
  for (const id of Intl.supportedValuesOf("timeZone")) {
    ZONES.set(plain(id), id);
    ZONES.set(plain(id.slice(id.lastIndexOf("/") + 1)), id);
  }
  for (const [id, names] of Object.entries(PLACES))
    for (const name of names.split(",")) ZONES.set(plain(name), id);
}

/** `utc+2`, `GMT-5`: whole hours. The sign in `Etc/` zones is the other way round. */
function offset(name: string): string | undefined {
  const [, sign, hours] = /^(?:utc|gmt) ?([+-])(\d{1,2})$/.exec(name) ?? [];
  if (hours === undefined || Number(hours) > (sign === "+" ? 14 : 12)) return undefined;
  return Number(hours) === 0 ? "UTC" : `Etc/GMT${sign === "+" ? "-" : "+"}${Number(hours)}`;
}

/** Without accents, case, underscores and punctuation at the end: "São_Paulo?" → "sao paulo". */
function plain(name: string): string {
  const letters = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return letters
    .replace(/[_.\s]+/g, " ")
    .replace(/^ ?in | ?[?!,;]+ ?$/g, "")
    .trim();
}
