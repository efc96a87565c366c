/** Times of day as HH:MM. */
import { expect, test } from "bun:test";
import { clockOf } from "../../../../adapters/llama/filling/clock.ts";

test.each([
  ["six in the morning", "06:00"],
  ["quarter to five", "04:45"],
  ["half past nine at night", "21:30"],
  ["quarter past three at night", "03:15"],
  ["twelve at night", "00:00"],
  ["half past two", "14:30"],
  ["2:30", "02:30"],
  ["two in the morning", "02:00"],
  ["six thirty", "06:30"],
  ["seven forty-five in the evening", "19:45"],
  ["7pm", "19:00"],
  ["12 am", "00:00"],
  ["19:05", "19:05"],
  ["noon", "12:00"],
  ["twenty past eight", "08:20"],
  ["早上七点", "07:00"],
  ["下午两点半", "14:30"],
  ["晚上十点一刻", "22:15"],
])("%p is %p", (said, time) => {
  expect(clockOf(said)).toBe(time);
});

test.each(["tomorrow", "the blue one", "七天", "99:99"])("%p is no time of day", (said) => {
  expect(clockOf(said)).toBeUndefined();
});
