import { describe, expect, test } from "bun:test";
import { OutputLines } from "../../../adapters/linux/output.ts";

function collect(now = () => 0) {
  const lines: string[] = [];
  const output = new OutputLines((line) => lines.push(line), now);
  return { lines, output, feed: (text: string) => output.feed(Buffer.from(text)) };
}

describe("OutputLines", () => {
  test("joins pieces and keeps a last line that has no end", () => {
    const { lines, output, feed } = collect();
    feed("on");
    feed("e\ntwo\nthr");
    expect(lines).toEqual(["one", "two"]);
    output.end();
    expect(lines).toEqual(["one", "two", "thr"]);
  });

  test("keeps characters whole that arrive in two pieces", () => {
    const { lines, output } = collect();
    const bytes = Buffer.from("ü\n");
    output.feed(bytes.subarray(0, 1));
    output.feed(bytes.subarray(1));
    expect(lines).toEqual(["ü"]);
  });

  test("cuts a line that is too long, in one piece or in many", () => {
    const { lines, feed } = collect();
    feed(`${"a".repeat(100_000)}\nb\n`);
    for (let i = 0; i < 50; i++) feed("c".repeat(10_000));
    feed("\nd\n");
    expect(lines.map((line) => line.length)).toEqual([16_385, 1, 16_385, 1]);
  });

  test("drops what is more than 100 lines a second, and says how many", () => {
    let now = 0;
    const { lines, feed } = collect(() => now);
    feed("x\n".repeat(250));
    expect(lines).toHaveLength(100);
    now = 1_000;
    feed("y\n");
    expect(lines.slice(100)).toEqual(["(150 more lines were dropped)", "y"]);
  });
});
