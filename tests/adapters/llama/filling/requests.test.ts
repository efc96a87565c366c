/** Requests in both languages: each says all that a tool needs, or lacks something, which is asked for. */
import { expect, test } from "bun:test";
import { fill } from "../../../../adapters/llama/filling/fill.ts";
import type { ToolSpec } from "../../../../schemas/model.ts";

const T = { type: "string" };
const N = { type: "integer" };
const F = { type: "number" };
const B = { type: "boolean" };
const L = { type: "array", items: T };
const E = (...values: string[]) => ({ type: "string", enum: values });

/** A `?` after the name of a parameter: it is optional. */
function tool(name: string, description: string, shapes: Record<string, object>): ToolSpec {
  const entries = Object.entries(shapes);
  const properties = Object.fromEntries(
    entries.map(([key, shape]) => [key.replace("?", ""), shape]),
  );
  const required = entries.map(([key]) => key).filter((key) => !key.endsWith("?"));
  return { name, description, parameters: { type: "object", properties, required } };
}

const TOOLS: Readonly<Record<string, ToolSpec>> = {
  kite_rent: tool("kite_rent", "Rents a kite at the beach", { kite: T, hours: N, "beach?": T }),
  send_fax: tool("send_fax", "Sends a fax", { number: T, text: T }),
  tell: tool("tell", "Leaves a voice message for somebody", { person: T, message: T }),
  ferry: tool("ferry", "Books a ferry", { from: T, to: T, date: T, "car?": B }),
  box: tool("box", "Orders a cardboard box", { width: N, height: N, depth: N }),
  kiln: tool("kiln", "Fires the kiln", { degrees: N, minutes: N }),
  groceries: tool("groceries", "Puts things on the grocery list", { items: L }),
  blinds: tool("blinds", "Moves the blinds", { room: T, percent: N }),
  ac: tool("ac", "Sets the mode of the air conditioner", { mode: E("cool", "heat", "dry", "fan") }),
  invoice: tool("invoice", "Writes an invoice", { customer: T, amount: F, "note?": T }),
  translate: tool("translate", "Translates a text", { text: T, language: T }),
  repeat_alarm: tool("repeat_alarm", "Sets an alarm", {
    time: T,
    "days?": E("daily", "weekdays", "weekends"),
  }),
  transfer: tool("transfer", "Transfers money", {
    to: T,
    amount: F,
    currency: E("EUR", "USD", "CNY"),
  }),
  ticket: tool("ticket", "Opens a support ticket", {
    title: T,
    description: T,
    priority: E("low", "normal", "high"),
  }),
  copy_file: tool("copy_file", "Copies a file", { source: T, target: T }),
  open_url: tool("open_url", "Opens a web page", { url: T }),
  visit: tool("visit", "Books a visit to the observatory", { date: T, time: T, people: N }),
  water: tool("water", "Waters a bed for some minutes", { bed: T, minutes: N }),
  buzz: tool("buzz", "Rings a doorbell", { door: T, "silent?": B }),
  hive_note: tool("hive_note", "Writes into the notebook of a hive", { hive: T, note: T }),
  rename_cat: tool("rename_cat", "Renames a cat in the register", { old: T, new: T }),
  quote: tool("quote", "Price of a share", { symbol: T }),
  remind: tool("remind", "Reminder", { text: T, when: T }),
  pick_lock: tool("pick_lock", "Opens a locker", { locker: N }),
  discount: tool("discount", "Discount at the till", { item: T, percent: N }),
};

/** What a request says; several values: any of them is right. Nothing: something is missing. */
const REQUESTS: readonly (readonly [tool: string, said: string, wanted: object | null])[] = [
  [
    "kite_rent",
    "I'd like the red delta for two hours at Zandvoort",
    { kite: ["red delta", "the red delta"], hours: 2, beach: "Zandvoort" },
  ],
  [
    "kite_rent",
    "rent me a stunt kite, three hours",
    { kite: ["stunt kite", "a stunt kite", "stunt"], hours: 3 },
  ],
  ["kite_rent", "rent a kite", null],
  [
    "send_fax",
    "fax +49 30 1234567 saying we accept the offer",
    { number: "+49 30 1234567", text: "we accept the offer" },
  ],
  [
    "tell",
    "let Mia know that the boiler is fixed",
    { person: "Mia", message: "the boiler is fixed" },
  ],
  [
    "tell",
    "tell Jan van der Berg dinner is at eight",
    { person: "Jan van der Berg", message: "dinner is at eight" },
  ],
  ["tell", "告诉李阿姨水管修好了", { person: "李阿姨", message: "水管修好了" }],
  ["tell", "给小陈留言：钥匙在门垫下面", { person: "小陈", message: "钥匙在门垫下面" }],
  [
    "ferry",
    "book the ferry from Kiel to Oslo on 3 May with a car",
    { from: "Kiel", to: "Oslo", date: ["3 May", "on 3 May"], car: true },
  ],
  ["ferry", "三月五号从大连坐船去烟台", { from: "大连", to: "烟台", date: "三月五号" }],
  ["ferry", "book the ferry to Oslo", null],
  ["box", "a box 30 wide, 20 high and 15 deep", { width: 30, height: 20, depth: 15 }],
  ["box", "宽30高20深15的纸箱", { width: 30, height: 20, depth: 15 }],
  ["box", "a box with a width of 30 and a height of 20", null],
  ["kiln", "fire the kiln at 1040 degrees for an hour and a half", { degrees: 1040, minutes: 90 }],
  ["kiln", "窑烧到一千二百度，两个小时", { degrees: 1200, minutes: 120 }],
  ["groceries", "put milk, eggs and bread on the list", { items: ["milk", "eggs", "bread"] }],
  ["groceries", "购物清单加上苹果、香蕉和酸奶", { items: ["苹果", "香蕉", "酸奶"] }],
  ["blinds", "pull up the blinds in the bedroom halfway", { room: "bedroom", percent: 50 }],
  ["blinds", "把书房的百叶窗调到百分之三十", { room: "书房", percent: 30 }],
  ["ac", "空调开制热", { mode: "heat" }],
  ["ac", "set the air conditioner to cooling", { mode: "cool" }],
  ["ac", "change the mode of the AC", null],
  [
    "invoice",
    "invoice Hansen & Sons for 1,250.50, note: second reminder",
    { customer: "Hansen & Sons", amount: 1250.5, note: "second reminder" },
  ],
  [
    "invoice",
    "给宏达公司开张三百八十块的发票，备注：尾款",
    { customer: "宏达公司", amount: 380, note: "尾款" },
  ],
  [
    "translate",
    "what is 'where is the station' in Danish?",
    { text: "where is the station", language: "Danish" },
  ],
  ["translate", "把“我爱你”翻译成法语", { text: "我爱你", language: "法语" }],
  [
    "repeat_alarm",
    "wake me at quarter past six on weekdays",
    { time: ["quarter past six", "at quarter past six"], days: "weekdays" },
  ],
  ["repeat_alarm", "每天早上六点半叫我", { time: ["早上六点半", "六点半"], days: "daily" }],
  ["transfer", "send 40 euros to Ingrid", { to: "Ingrid", amount: 40, currency: "EUR" }],
  ["transfer", "给王磊转两百块人民币", { to: "王磊", amount: 200, currency: "CNY" }],
  [
    "ticket",
    'open a high priority ticket titled "Printer jams" with the description "third floor, again"',
    { title: "Printer jams", description: "third floor, again", priority: "high" },
  ],
  [
    "copy_file",
    "copy ./notes/a.md to ~/backup/a.md",
    { source: "./notes/a.md", target: "~/backup/a.md" },
  ],
  [
    "copy_file",
    "把报告.docx复制到/tmp/备份.docx",
    { source: "报告.docx", target: "/tmp/备份.docx" },
  ],
  [
    "open_url",
    "please open https://moss.example/a?b=1 for me",
    { url: "https://moss.example/a?b=1" },
  ],
  ["visit", "下周三下午三点，四个人参观天文台", { date: "下周三", time: "下午三点", people: 4 }],
  [
    "visit",
    "observatory, five of us, next Friday at 9pm",
    { date: "next Friday", time: "9pm", people: 5 },
  ],
  [
    "water",
    "give the tomato bed ten minutes of water",
    { bed: ["tomato bed", "the tomato bed", "tomato"], minutes: 10 },
  ],
  ["water", "浇一下玫瑰，半小时", { bed: "玫瑰", minutes: 30 }],
  ["water", "water for ten minutes", null],
  ["buzz", "buzz the side door silently", { door: ["side door", "the side door"], silent: true }],
  [
    "hive_note",
    "hive 7: the queen is laying again",
    { hive: ["7", "hive 7"], note: "the queen is laying again" },
  ],
  ["rename_cat", "rename Mittens to Colonel Fluff", { old: "Mittens", new: "Colonel Fluff" }],
  ["quote", "how much is QQQ right now?", { symbol: "QQQ" }],
  ["remind", "明天下午三点提醒我给张医生回电话", { text: "给张医生回电话", when: "明天下午三点" }],
  [
    "remind",
    "remind me tomorrow evening to take the bread out of the oven",
    { text: "take the bread out of the oven", when: "tomorrow evening" },
  ],
  ["remind", "提醒我交房租", null],
  ["pick_lock", "open locker number 214", { locker: 214 }],
  [
    "discount",
    "20 percent off the raincoats",
    { item: ["raincoats", "the raincoats"], percent: 20 },
  ],
  ["discount", "给雨衣打折", null],
];

test.each(REQUESTS)("%p of %p is read as it is meant", (name, said, wanted) => {
  const one = TOOLS[name];
  if (one === undefined) throw new Error(`no tool ${name}`);
  const read = fill(one, [said]);
  if (wanted === null) {
    expect(read?.missing.length).toBeGreaterThan(0);
    return;
  }
  expect(read?.missing).toEqual([]);
  const values = Object.entries(wanted).map(([key, value]) => {
    const given = read?.args[key];
    const isEither = Array.isArray(value) && value.includes(given);
    return [key, isEither ? given : value];
  });
  expect(read?.args).toEqual(Object.fromEntries(values));
});
