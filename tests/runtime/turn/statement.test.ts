/** What may be said of a tool's results, and what is said instead. */
import { describe, expect, test } from "bun:test";
import { faithful, holds, statement } from "../../../runtime/turn/statement.ts";

const result = (output: unknown, input: unknown = {}) => ({ name: "tool", input, output });

describe("a sentence is believed when the results bear it out", () => {
  test.each([
    ["It is 23.5 degrees in Oslo.", { degrees: 23.5 }, "how warm is it in Oslo?"],
    ["Hello, Ada!", { greeting: "Hello, Ada!" }, "greet Ada"],
    ["The lamp is on.", { device: "lamp", on: true }, "lamp on"],
    ["17 * 23 = 391", { result: 391 }, "what is 17 * 23?"],
    ["It costs 1,250 EUR.", { cost: 1250 }, "price?"],
    ["Done.", { ok: true }, "do it"],
    ["The door is not locked.", { locked: false }, "is the door locked?"],
    ["奥斯陆现在 23 度。", { degrees: 23 }, "奥斯陆多少度"],
    ["I found 2: milk and tea.", { notes: ["milk", "tea"] }, "what is on my list?"],
    ["It is very, very cold: -3.", { degrees: -3 }, "is it cold?"],
  ])("%j of %j", (text, output, asked) => {
    expect(holds(text, asked, [result(output)])).toBe(true);
  });
});

describe("a sentence is not believed", () => {
  test.each([
    ["that is empty", " ", { result: 1 }],
    ["with a number from nowhere", "It is 24 degrees.", { degrees: 23 }],
    ["that leaves the result out", "Here you are.", { name: "Ada" }],
    ["that says yes to a no", "The door is locked.", { locked: false }],
    ["that babbles", "left 4 left 4 left 4 left 4 left 4", { left: 4 }],
    ["that is in another language", "结果：Hello", { greeting: "Hello" }],
    ["that never ends", `4 ${"and so it is said ".repeat(40)}`, { left: 4 }],
  ])("%s", (_why, text, output) => {
    expect(holds(text, "tell me", [result(output)])).toBe(false);
    expect(faithful(text, "tell me", [result(output)])).toBe(
      statement("tell me", [result(output)]),
    );
  });
});

describe("results in plain words", () => {
  test.each([
    [null, "Done."],
    [{}, "Done."],
    [true, "Done."],
    ["A text.", "A text."],
    [7, "7"],
    [{ greeting: "Hello, Ada!" }, "Hello, Ada!"],
    [{ result: 391 }, "result: 391"],
    [{ on: false, roomName: "hall", left_over: null }, "on: no, room name: hall"],
    [{ where: { city: "Oslo", lat: 59.9 } }, "where: (city: Oslo, lat: 59.9)"],
    [["a", "b"], "a, b"],
    [[], "There is nothing."],
    [
      [
        { id: 1, name: "milk" },
        { id: 2, name: "tea" },
      ],
      "- id: 1, name: milk\n- id: 2, name: tea",
    ],
    [{ notes: [{ text: "milk" }], done: "saved" }, "done: saved\nnotes:\n- text: milk"],
    [{ notes: [{ id: 1 }] }, "notes:\n- id: 1"],
  ])("%j", (output, words) => {
    expect(statement("well?", [result(output)])).toBe(words);
  });

  test("in the language of the question", () => {
    expect(statement("开灯", [result(null)])).toBe("完成。");
    expect(statement("多少度？", [result({ degrees: 23, dry: true })])).toBe(
      "degrees：23，dry：是",
    );
  });

  test("a failure is said as what it is, whatever the model makes of it", () => {
    const failed = {
      ...result(undefined),
      error: { code: "tool/failed", message: "No such lamp" },
    } as const;
    expect(faithful("The lamp is on.", "lamp on", [failed])).toBe(
      "I could not do this: No such lamp",
    );
    expect(statement("开灯", [failed])).toBe("没有做成：No such lamp");
  });

  test("a long list and a long value are cut", () => {
    const many = Array.from({ length: 40 }, (_, n) => n);
    expect(statement("list", [result(many)])).toEndWith("11, … (+28)");
    expect(statement("read", [result("x".repeat(5_000))]).length).toBeLessThan(700);
  });
});
