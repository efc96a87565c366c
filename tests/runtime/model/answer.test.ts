import { expect, test } from "bun:test";
import { Answer } from "../../../runtime/model/answer.ts";
import { textsRefusal } from "../../../runtime/model/embedding.ts";

test("an answer that is let go ends for whoever waits for its next event", async () => {
  let dropped = 0;
  const answer = new Answer(() => dropped++);
  const next = answer.next();
  await answer.return();
  expect(await next).toEqual({ done: true, value: undefined });
  answer.push({ type: "token", text: "too late" });
  expect(await answer.next()).toEqual({ done: true, value: undefined });
  await answer.return();
  expect(dropped).toBe(1);
});

test("of several texts that are to become vectors, the empty one is named", () => {
  expect(textsRefusal(["a", "b", ""])?.message).toStartWith("Text 3 is empty");
  expect(textsRefusal(["a", "b"])).toBeUndefined();
});
