/** What may be copied from a message, in scripts with and without spaces. */
import { expect, test } from "bun:test";
import { copyable } from "../../../adapters/llama/spans.ts";

test("words in a row can be copied, with and without the marks around them", () => {
  const { strings = [] } = copyable(['send "see you soon" to Anna Berg.']);
  expect(strings).toContain("see you soon");
  expect(strings).toContain("Anna Berg");
  expect(strings).not.toContain("nna");
});

test("of a Chinese sentence any run of characters can be copied", () => {
  const { strings = [], numbers } = copyable(["把露台的灯调到40%，谢谢"]);
  expect(strings).toContain("露台的灯");
  expect(strings).toContain("灯");
  expect(numbers).toEqual([40]);
});

test("Latin words and codes inside of a Chinese sentence stay whole", () => {
  const { strings = [] } = copyable(["快递ZQ-88104到哪了"]);
  expect(strings).toContain("ZQ-88104");
  expect(strings).not.toContain("ZQ");
});
