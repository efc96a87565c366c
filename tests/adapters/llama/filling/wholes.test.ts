/** What is not cut: patterns, times with seconds, names with a mark; and what only looks like one value. */
import { expect, test } from "bun:test";
import { candidatesFor } from "../../../../adapters/llama/filling/candidates.ts";
import { parametersOf } from "../../../../adapters/llama/filling/fill.ts";
import { piecesOf } from "../../../../adapters/llama/filling/pieces.ts";
import { saidTo } from "../../../../adapters/llama/filling/said.ts";
import type { ToolSpec } from "../../../../schemas/model.ts";

function cut(text: string): readonly string[] {
  return piecesOf(text).map((piece) => piece.text);
}

function valuesFor(
  shapes: Record<string, object>,
  key: string,
  message: string,
): readonly unknown[] {
  const tool: ToolSpec = {
    name: "tool",
    description: "Does something",
    parameters: { type: "object", properties: shapes, required: Object.keys(shapes) },
  };
  const parameters = parametersOf(tool) ?? [];
  const said = saidTo(tool, [message], parameters);
  return parameters
    .filter((one) => one.key === key)
    .flatMap((one) => candidatesFor(one, said).map(({ value }) => value));
}

test("patterns of names and of when jobs run are one piece", () => {
  expect(cut("which files match *.flac")).toContain("*.flac");
  expect(cut("cron 0 3 * * *: /opt/bin/cleanup.sh")).toContain("0 3 * * *");
  expect(cut("run it on */5 * * * *")).toContain("*/5 * * * *");
});

test("a time has its seconds", () => {
  expect(cut("cut it from 1:03:20 to 1:04:00")).toEqual([
    "cut",
    "it",
    "from",
    "1:03:20",
    "to",
    "1:04:00",
  ]);
});

test("a range and a score are no time of day", () => {
  expect(cut("from 4 to 20 replicas")).toEqual(["from", "4", "to", "20", "replicas"]);
  expect(cut("won 21 to 18")).toEqual(["won", "21", "to", "18"]);
  expect(cut("wake me at 20 to 8")).toContain("20 to 8");
});

test("a name with a mark ends where Chinese begins", () => {
  expect(cut("#oncall频道说一下")[0]).toBe("#oncall");
});

test("the numbers of a size or a score may be the values of two parameters", () => {
  const sizes = { width: { type: "integer" }, height: { type: "integer" } };
  expect(valuesFor(sizes, "height", "a picture of 1280 x 800")).toEqual([1280, 800]);
  expect(valuesFor(sizes, "width", "it ended 1-4")).toEqual([1, 4]);
  expect(valuesFor({ chapter: { type: "integer" } }, "chapter", "从第五章接着听")).toEqual([5]);
});

test("the day and the hour of a moment may be the values of two parameters", () => {
  const texts = { date: { type: "string" }, time: { type: "string" } };
  expect(valuesFor(texts, "date", "订今晚六点半的位子")).toContain("今晚");
  expect(valuesFor(texts, "time", "订今晚六点半的位子")).toContain("六点半");
});

test("numbers of things are numbers", () => {
  expect(piecesOf("牙膏一支").map(({ number }) => number)).toContain(1);
  expect(piecesOf("乘客三名").map(({ number }) => number)).toContain(3);
});

test("numbers in a row are no telephone number", () => {
  expect(cut("wing 51 16 30")).toEqual(["wing", "51", "16", "30"]);
  expect(cut("150000 7 25")).toEqual(["150000", "7", "25"]);
  for (const phone of ["555 0177", "138 0013 8000", "+49 151 0004711", "(030) 1234567"])
    expect(cut(`call ${phone}`).length).toBe(2);
});

test("a Chinese day ends before its hour, and an hour has its minutes", () => {
  expect(cut("周一九点开会")).toEqual(["周一", "九点", "开会"]);
  expect(cut("周四九点一刻见")).toEqual(["周四", "九点一刻", "见"]);
  expect(cut("九点零五出发")).toEqual(["九点零五", "出发"]);
  expect(cut("八点二十出发")).toEqual(["八点二十", "出发"]);
  expect(cut("八点二十个人")[0]).toBe("八点");
});

test("a number in words may have a point", () => {
  expect(piecesOf("draws five point two five metres").map(({ number }) => number)).toContain(5.25);
  expect(cut("twenty one, forty")).toEqual(["twenty one", "forty"]);
});

test("the hour and the minute of a time may be two parameters", () => {
  const shapes = { hour: { type: "integer" }, minute: { type: "integer" } };
  expect(valuesFor(shapes, "hour", "set the alarm to half past six")).toContain(6);
  expect(valuesFor(shapes, "minute", "早上6点15的闹钟")).toContain(15);
  expect(valuesFor(shapes, "minute", "set the alarm to half past six")).toContain(30);
});

test("both ends of a way may be joined by a dash", () => {
  const shapes = { from_city: { type: "string" }, to_city: { type: "string" } };
  expect(valuesFor(shapes, "from_city", "Denver-Tucson next Friday")).toContain("Denver");
  expect(valuesFor(shapes, "to_city", "Denver-Tucson next Friday")).toContain("Tucson");
});
