/** Values in the form that a parameter asks for, and what else may be a value that no word alone says. */
import { expect, test } from "bun:test";
import { candidatesFor } from "../../../../adapters/llama/filling/candidates.ts";
import { parametersOf } from "../../../../adapters/llama/filling/fill.ts";
import { saidTo } from "../../../../adapters/llama/filling/said.ts";
import { writtenAs, writtenFor } from "../../../../adapters/llama/filling/written.ts";

/** All that the one parameter of a tool may be. */
function valuesOf(key: string, schema: object, message: string): readonly unknown[] {
  const tool = {
    name: "keep",
    description: "Keeps something",
    parameters: { type: "object", properties: { [key]: schema }, required: [key] },
  };
  const parameters = parametersOf(tool) ?? [];
  const said = saidTo(tool, [message], parameters);
  return parameters.flatMap((one) => candidatesFor(one, said)).map(({ value }) => value);
}

const text = (description = "") => ({ type: "string", description });
const NUMBER = { type: "number" };

test.each([
  ["hh:mm", "lift off", "clock"],
  ["24-hour hh:mm", "clock", "clock"],
  ["yyyy-mm-dd", "born", "date"],
  ["yyyy-mm", "period", "month"],
  ["such as 2026-04", "month", "month"],
  ["iso code", "from currency", "currency"],
  ["iso code such as usd", "base", "currency"],
] as const)("%p asks for a form", (about, name, form) => {
  expect(writtenFor(about, name, false)).toBe(form);
});

test.each([
  ["hh:mm:ss", "finish", true],
  ["yyyy-mm-dd hh:mm", "moment", true],
  ["price per 24h", "fee", false],
  ["iso code", "country", false],
] as const)("%p asks for none that is known", (about, name, isTime) => {
  expect(writtenFor(about, name, isTime)).toBeUndefined();
});

test.each([
  ["date", "3 May 2027", "2027-05-03"],
  ["date", "May 3rd, 2027", "2027-05-03"],
  ["date", "2027年5月3日", "2027-05-03"],
  ["date", "3.5.2027", "2027-05-03"],
  ["date", "born on 2015-07-01", "2015-07-01"],
  ["date", "25/12/2026", "2026-12-25"],
  ["date", "12/25/2026", "2026-12-25"],
  ["month", "September 2025", "2025-09"],
  ["month", "2025年11月", "2025-11"],
  ["month", "2025-7", "2025-07"],
] as const)("the %s %p is written %p", (form, said, value) => {
  expect(writtenAs(form, said)).toBe(value);
});

test.each([
  ["date", "3 May"],
  ["date", "3/4/2027"],
  ["date", "40.13.2027"],
  ["date", "next Friday"],
  ["month", "September"],
  ["month", "2025"],
  ["month", "2025-13"],
  ["month", "next month"],
] as const)("which %s %p is stays as it was said", (form, said) => {
  expect(writtenAs(form, said)).toBeUndefined();
});

test.each([
  ["euros", "EUR"],
  ["Japanese yen", "JPY"],
  ["Canadian dollars", "CAD"],
  ["人民币", "CNY"],
  ["try", "TRY"],
])("%p has the code %p", (said, code) => {
  expect(writtenAs("currency", said)).toBe(code);
});

test("a currency that is not known has no code", () => {
  expect(writtenAs("currency", "Narnian crowns")).toBeUndefined();
  expect(writtenAs("currency", "Narnian dollars")).toBeUndefined();
});

test("a time and a day are candidates in the form that is wanted", () => {
  expect(valuesOf("lift_off", text("HH:MM"), "lift off at quarter past six")).toContain("06:15");
  expect(valuesOf("lift_off", text("HH:MM"), "lift off at half six")).toContain("06:30");
  expect(valuesOf("leave", text("HH:MM"), "after 4.15 in the afternoon")).toContain("16:15");
  expect(valuesOf("month", text("YYYY-MM"), "wages for November 2025")).toContain("2025-11");
  expect(valuesOf("born", text("YYYY-MM-DD"), "Ines (2015-07-01) is new")).toContain("2015-07-01");
  expect(valuesOf("end", text("HH:MM:SS"), "it ended at 14:22:07")).toContain("14:22:07");
});

test("several are written with commas, parts of a day as numbers", () => {
  expect(writtenAs(writtenFor("comma separated", "people", false), "Mum and Dad")).toBe("Mum, Dad");
  expect(valuesOf("month", NUMBER, "her birthday is October 30")).toContain(10);
  expect(valuesOf("day", NUMBER, "her birthday is October 30")).toContain(30);
  expect(valuesOf("day", NUMBER, "她生日12月31日")).toContain(31);
  expect(valuesOf("start_hour", NUMBER, "from five pm on")).toContain(17);
});

test("marks that belong to a value stay with it", () => {
  expect(valuesOf("grade", text(), "the new one is 7a+, black")).toContain("7a+");
  expect(valuesOf("value", text(), "把D9改成92%，谢谢")).toContain("92%");
  expect(valuesOf("phone", text(), "her phone is +45 20 11 98 76")).toContain("+45 20 11 98 76");
  expect(valuesOf("patient", text(), "only Gordon Smith Jr. on Friday")).toContain(
    "Gordon Smith Jr.",
  );
  expect(valuesOf("place", text(), "meet at Rani's, we accept")).toContain("Rani's");
  expect(valuesOf("question", text(), "put Who sent you? into it")).toContain("Who sent you?");
});

test("numbers are read however they are counted", () => {
  expect(valuesOf("end_no", NUMBER, "three for Bruno in the second")).toContain(2);
  expect(valuesOf("year", NUMBER, "男，九零年的")).toContain(1990);
  expect(valuesOf("year", NUMBER, "一九九三年生")).toContain(1993);
  expect(valuesOf("height_cm", NUMBER, "一米七五的模特")).toContain(175);
  expect(valuesOf("height_cm", NUMBER, "一六三公分")).toContain(163);
  expect(valuesOf("people", NUMBER, "湖心岛，俩人")).toContain(2);
  expect(valuesOf("wait_s", NUMBER, "wait half a minute")).toContain(30);
  expect(valuesOf("latitude", NUMBER, "both times for -22.9 / -43.2")).toContain(-22.9);
  expect(valuesOf("minutes_per_day", NUMBER, "每天半个小时")).toContain(30);
  expect(valuesOf("now", NUMBER, "make it bigger, from 3 to ten")).toContain(3);
});

test("dice are a number and sides, an amount of money has its tenths", () => {
  expect(valuesOf("count", NUMBER, "roll 8d6")).toContain(8);
  expect(valuesOf("sides", NUMBER, "roll 8d6")).toContain(6);
  expect(valuesOf("amount", NUMBER, "打车花了32块5，记账")).toContain(32.5);
  expect(valuesOf("minutes", NUMBER, "定个十二分半的时")).toContain(12.5);
});

test("what is of one form is not cut", () => {
  expect(valuesOf("distance", NUMBER, "跑了6万3千公里")).toEqual([63_000]);
  expect(valuesOf("amount", NUMBER, "2 million are coming in")).toEqual([2_000_000]);
  expect(valuesOf("millions", NUMBER, "2 million are coming in")).toContain(2);
  expect(valuesOf("dec", text(), "at Dec +15:49:20, please")).toContain("+15:49:20");
  expect(valuesOf("scene", text(), "take 3 of 17A wasn't circled")).toContain("17A");
  const objects = valuesOf("object", text(), "OBJ-1977.14 has a cracked frame");
  expect(objects).not.toContain("OBJ-1977");
  expect(objects).toContain("OBJ-1977.14");
  expect(valuesOf("case", text(), "(2024)京01民初88号案开庭")).toContain("(2024)京01民初88号");
});

test("a number is below zero where that means less, and less is said", () => {
  const delta = { type: "integer", description: "Negative to take off" };
  expect(valuesOf("delta", delta, "three of them got wet, take them off the stock")).toContain(-3);
  expect(valuesOf("delta", delta, "put three more on the shelf")).toContain(3);
  expect(valuesOf("celsius", { ...NUMBER, description: "may be negative" }, "down 3")).toContain(3);
  expect(valuesOf("delta", delta, "bring the stock down to 3")).toContain(3);
  expect(valuesOf("delta", { type: "integer" }, "take three off the shelf")).toContain(-3);
  expect(valuesOf("count", { type: "integer" }, "take three off the shelf")).toContain(3);
});

test("an idiom of four characters is whole", () => {
  expect(valuesOf("idiom", text(), "班门弄斧是什么意思？")).toContain("班门弄斧");
  expect(valuesOf("idiom", text(), "解释一下画蛇添足的意思")).toContain("画蛇添足");
});

test("a word is cut where what it belongs to ends", () => {
  expect(valuesOf("door", text(), "把大门锁上")).toContain("大门");
  expect(valuesOf("body", text(), "写下周开会")).toContain("下周开会");
  expect(valuesOf("month", text(), "今年3月工资条")).toContain("今年3月");
});
