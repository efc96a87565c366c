import { describe, expect, test } from "bun:test";
import { LineReader, LineWriter } from "../../../runtime/isolate/lines.ts";

function reader(bytesMax = 100) {
  const lines: string[] = [];
  let overflows = 0;
  const input = new LineReader({
    bytesMax,
    onLine: (line) => lines.push(line),
    onTooLong: () => overflows++,
  });
  return {
    lines,
    feed: (text: string) => input.feed(Buffer.from(text)),
    overflows: () => overflows,
  };
}

describe("LineReader", () => {
  test.each([[1], [2], [3], [7], [1_000]])("gives the same lines in pieces of %i bytes", (size) => {
    const { lines, feed } = reader();
    const text = `{"a":1}\n\n{"b":"two words"}\n`;
    for (let at = 0; at < text.length; at += size) feed(text.slice(at, at + size));
    expect(lines).toEqual([`{"a":1}`, "", `{"b":"two words"}`]);
  });

  test("stops for good at a line that is too long, ended or not", () => {
    for (const end of ["", "\n"]) {
      const { lines, feed, overflows } = reader(10);
      feed(`ok\n${"x".repeat(11)}${end}`);
      feed("later\n");
      expect(lines).toEqual(["ok"]);
      expect(overflows()).toBe(1);
    }
  });
});

describe("LineWriter", () => {
  test("keeps order and every byte when the sink takes a few at a time", () => {
    const taken: Buffer[] = [];
    let room = 3;
    let full = 0;
    const writer = new LineWriter({
      bytesMax: 1_000,
      onFull: () => full++,
      sink: (bytes) => {
        const some = bytes.subarray(0, room);
        taken.push(Buffer.from(some));
        return some.length;
      },
    });
    const frames = Array.from({ length: 20 }, (_, n) => ({ n, text: "ü" }));
    for (const frame of frames) writer.send(frame);
    const text = () => Buffer.concat(taken).toString();
    while (text().split("\n").length <= frames.length) {
      room = 1 + (room % 7);
      writer.drain();
    }
    expect(
      text()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as object),
    ).toEqual(frames);
    expect(full).toBe(0);
  });

  test("says when the other side does not read", () => {
    let full = 0;
    const writer = new LineWriter({ bytesMax: 100, onFull: () => full++, sink: () => 0 });
    for (let i = 0; i < 20; i++) writer.send({ text: "x".repeat(20) });
    expect(full).toBeGreaterThan(0);
  });
});
