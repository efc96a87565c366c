/** What strangers' texts do on a terminal. */
import { expect, test } from "bun:test";
import { visible } from "../../cli/visible.ts";

test.each([
  ["\u001B[2J\u001B]0;title\u0007gone", "␛[2J␛]0;title␇gone"],
  ["paid: no\rpaid: yes", "paid: no␍paid: yes"],
  ["rm\b\bok\u007F", "rm␈␈ok␡"],
  ["\u009B31mred", "�31mred"],
  ["safe\u202Ests.live\u202C \u2066x\u2069", "safe�sts.live� �x�"],
])("%j shows what it would have done", (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test.each(["two\nlines\tand a tab", "日本語 👨‍👩‍👧", "\u001B[31mour own colour\u001B[0m", ""])(
  "%j stays as it is",
  (text) => {
    expect(visible(text)).toBe(text);
  },
);

test("lines that end as on other systems end once", () => {
  expect(visible("a\r\nb")).toBe("a\nb");
});
