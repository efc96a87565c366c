import { expect, test } from "bun:test";
import { MoultError } from "moult";
import summarize from "../../../functions/skills/summarize.ts";
import { callContext } from "moult/testing";

const TEXT = `The harbour bridge will close for repairs on Monday. The repairs of the bridge take three weeks.
Buses use the old bridge in the meantime. A bakery nearby has changed its opening hours. Cyclists may cross the
harbour bridge on weekends while the repairs go on.`;

const run = summarize.run ?? (() => "");

/** A context whose model says this. */
const saying = (answer: string) => callContext({ reply: () => answer });

test("summarize gives the model's answer when it is made of the text's words", async () => {
  const answer = "The harbour bridge will close on Monday for three weeks of repairs.";
  expect(await run(TEXT, saying(answer))).toBe(answer);
});

test.each([
  ["I have no tool for that: translate language."],
  ["The harbour bridge take three weeks. Buses we are weeks."],
  ["Penguins dance happily around frozen lakes tonight."],
  [""],
  [TEXT.repeat(2)],
])("summarize does not pass on an answer that is no summary: %p", async (answer) => {
  const summary = await run(TEXT, saying(answer));
  expect(summary).not.toBe(answer);
  for (const sentence of summary.split(/(?<=\.) /))
    expect(TEXT.replace(/\s+/g, " ")).toContain(sentence);
});

test("summarize falls back to the most telling sentences, in their order", async () => {
  const summary = await run(TEXT, callContext());
  expect(summary).toContain("bridge");
  expect(summary).not.toContain("bakery");
  expect(summary.split(/(?<=\.) /)).toHaveLength(3);
  expect(summary).toEndWith(
    "Cyclists may cross the harbour bridge on weekends while the repairs go on.",
  );
});

test("summarize works in a script without spaces", async () => {
  const text =
    "大桥周一关闭维修。大桥维修需要三周。附近的面包店改了时间。公交车走旧桥。周末可以骑车过大桥。";
  const summary = await run(text, callContext());
  expect(summary.length).toBeLessThan(text.length);
  expect(summary).toContain("大桥");
});

test("summarize leaves one sentence as it is, and does not repeat a repeated one", async () => {
  expect(await run(" Only this. ", callContext())).toBe("Only this.");
  expect(await run("The same again. ".repeat(9), callContext())).toBe("The same again.");
});

test("summarize refuses an empty text", async () => {
  const failed = await Promise.resolve(run("  ", callContext())).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(MoultError);
  expect(failed).toMatchObject({ code: "input/invalid" });
});
