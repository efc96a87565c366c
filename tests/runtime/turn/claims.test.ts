/** Texts that claim that something was done. */
import { expect, test } from "bun:test";
import { claimsAction, nothingDone } from "../../../runtime/turn/claims.ts";

test.each([
  "Done.",
  "OK, done!",
  "I have turned off the oven.",
  "I've just sent it.",
  "The door has been locked.",
  "The lamp is now on.",
  "好的，完成。",
  "已经打开了。",
  "灯关好了。",
])("%p claims that something was done", (text) => {
  expect(claimsAction(text, "please do it")).toBe(true);
});

test.each([
  "I have no tool for that.",
  "Please tell me the door.",
  "Nothing was sent.",
  "I can lock doors.",
  "Hello!",
  "It is 7 degrees.",
  "我没有能做这件事的工具。",
  "请告诉我时间。",
  "",
])("%p claims nothing", (text) => {
  expect(claimsAction(text, "please do it")).toBe(false);
});

test("what was said before is repeated, not claimed", () => {
  expect(claimsAction("The door was locked", "say: The door was locked")).toBe(false);
});

test("the truth is in the language of the request", () => {
  expect(nothingDone("lock it")).toBe("I have not done anything.");
  expect(nothingDone("锁门")).toBe("我什么也没有做。");
});
