import { expect, test } from "bun:test";
import { pinnedBy } from "../../../runtime/turn/pinned.ts";

const says = (text: string) => pinnedBy({ text, turn: "turn", at: 1 }, [])?.map((one) => one.text);

test.each([
  ["Remember: the key lies under the mat", "the key lies under the mat"],
  ["please remember that I am allergic to nuts", "I am allergic to nuts"],
  ["Keep in mind, the shop closes at six", "the shop closes at six"],
  ["记住:我对花生过敏", "我对花生过敏"],
])("%p keeps what it says in sight", (text, kept) => {
  expect(says(text)).toEqual([kept]);
});

test.each([
  "Remember to buy milk",
  "don't forget to lock the door at six",
  "记得买牛奶",
  "Remember when we met?",
  "I remember the key",
])("%p keeps nothing: it asks for something else, or for nothing", (text) => {
  expect(says(text)).toBeUndefined();
});
