/** Server-sent events by themselves: framing, heartbeat, and who ends them. */
import { afterEach, describe, expect, jest, test } from "bun:test";
import { type StreamEvent, eventStream, frame } from "../../../adapters/http/sse.ts";

afterEach(() => {
  jest.useRealTimers();
});

const decoder = new TextDecoder();
const read = async (reader: {
  readonly read: () => Promise<{ readonly value?: Uint8Array }>;
}): Promise<string> => decoder.decode((await reader.read()).value);

/** Nothing happens. */
const silence: AsyncIterable<StreamEvent> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
};

describe("frame()", () => {
  test("keeps any text on one data line", () => {
    const text = "a\nb\r\n\ndata: x\u2028";
    const lines = frame({ id: "t:1", type: "token", data: { text } }).split("\n");
    expect(lines).toEqual(["id: t:1", "event: token", expect.any(String), "", ""]);
    expect(JSON.parse(lines[2]?.slice(6) ?? "")).toEqual({ text });
  });
});

describe("eventStream()", () => {
  test("sends a comment at once, and one every 15 s while nothing happens", async () => {
    jest.useFakeTimers();
    let closed = 0;
    const { body } = eventStream(silence, () => closed++);
    const reader = body!.getReader();
    expect(await read(reader)).toBe(": moult\n\n");
    jest.advanceTimersByTime(15_000);
    expect(await read(reader)).toBe(": alive\n\n");
    expect(closed).toBe(0);
  });

  test("asks for the next event when the last one was taken", async () => {
    let asked = 0;
    async function* count(): AsyncGenerator<StreamEvent> {
      for (;;) yield { id: String(++asked), type: "n", data: asked };
    }
    const { body } = eventStream(count(), () => {});
    const reader = body!.getReader();
    await read(reader);
    await read(reader);
    await Bun.sleep(10);
    expect(asked).toBeLessThan(5);
    await reader.cancel();
  });

  test("closes once when the events end, fail, or nobody reads them", async () => {
    async function* two(fail: boolean): AsyncGenerator<StreamEvent> {
      yield { id: "1", type: "n", data: 1 };
      if (fail) throw new Error("broken");
    }
    for (const fail of [false, true]) {
      let closed = 0;
      const text = await eventStream(two(fail), () => closed++).text();
      expect(text).toEndWith("data: 1\n\n");
      expect(closed).toBe(1);
    }
    let left = 0;
    let ended = false;
    async function* watched(): AsyncGenerator<StreamEvent> {
      try {
        for (;;) yield { id: "1", type: "n", data: 1 };
      } finally {
        ended = true;
      }
    }
    const reader = eventStream(watched(), () => left++).body!.getReader();
    await read(reader);
    await read(reader);
    await reader.cancel();
    expect([left, ended]).toEqual([1, true]);
  });
});
