import { describe, expect, test } from "bun:test";
import { RequestBodies } from "../../../runtime/isolate/request_bodies.ts";
import { isMoultError } from "../../../schemas/error.ts";

function open() {
  const wanted: number[] = [];
  const kills: string[] = [];
  const bodies = new RequestBodies({
    want: (id) => wanted.push(id),
    kill: (why) => kills.push(why),
  });
  return { bodies, wanted, kills };
}

/** A stream asks a moment after it was asked. */
const asked = async () => await Bun.sleep(0);
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("A body that a host sends", () => {
  test("ahead is one, whatever pieces it came in, and is its own request's", () => {
    const { bodies, kills } = open();
    bodies.hear(1, base64("a"));
    bodies.hear(2, base64("x"));
    bodies.hear(1, base64("b"));
    expect(Buffer.from(bodies.take(1)).toString()).toBe("ab");
    expect(bodies.take(3)).toHaveLength(0);
    expect(kills).toEqual([]);
  });

  test("ahead of no request ends the host before it fills the daemon", () => {
    const { bodies, kills } = open();
    const piece = Buffer.alloc(1_048_576).toString("base64");
    for (let i = 0; i < 16; i++) bodies.hear(i, piece);
    expect(kills).toEqual([]);
    bodies.hear(99, base64("x"));
    expect(kills).toHaveLength(1);
  });

  test("is kept for so many requests and no more, until one is over", () => {
    const { bodies, kills } = open();
    const piece = Buffer.alloc(16 * 1_048_576).toString("base64");
    const give = (id: number) => {
      bodies.hear(id, piece);
      return bodies.take(id).length;
    };
    for (let id = 0; id < 8; id++) give(id);
    let refusal: unknown;
    try {
      give(8);
    } catch (error) {
      refusal = error;
    }
    expect(isMoultError(refusal) && refusal.code).toBe("function/limit");
    bodies.end(0);
    bodies.end(8);
    expect(give(9)).toBe(16 * 1_048_576);
    expect(kills).toEqual([]);
  });

  test("as it is wanted is asked for piece by piece", async () => {
    const { bodies, wanted, kills } = open();
    const reader = bodies.stream(1, undefined).getReader();
    expect(wanted).toEqual([]);
    for (const text of ["ab", "c"]) {
      const read = reader.read();
      await asked();
      bodies.hear(1, base64(text));
      expect(Buffer.from((await read).value ?? []).toString()).toBe(text);
    }
    const end = reader.read();
    await asked();
    bodies.hear(1, "");
    expect((await end).done).toBe(true);
    expect([wanted, kills]).toEqual([[1, 1, 1], []]);
  });

  test.each([
    ["that nobody wanted", undefined, ["x"], 0],
    ["after the one that was wanted", undefined, ["x", "y"], 1],
    ["longer than it was to be (smuggling)", 3, ["abcGET /"], 1],
  ])("in a piece %s ends the host", async (_, bytes, pieces, reads) => {
    const { bodies, kills } = open();
    const reader = bodies.stream(1, bytes).getReader();
    for (let i = 0; i < reads; i++) reader.read().catch(() => undefined);
    await asked();
    for (const piece of pieces) bodies.hear(1, base64(piece));
    expect(kills).toHaveLength(1);
  });

  test("that is shorter than it was to be breaks off, so that what follows is not taken for it", async () => {
    const { bodies } = open();
    const reader = bodies.stream(1, 3).getReader();
    const read = reader.read();
    await asked();
    bodies.hear(1, "");
    const error: unknown = await read.catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("shorter");
  });

  test("is over with its request", async () => {
    const { bodies, kills } = open();
    const reader = bodies.stream(1, undefined).getReader();
    const read = reader.read().catch((thrown: unknown) => thrown);
    await asked();
    bodies.end(1);
    expect(String(await read)).toContain("has ended");
    // A piece that was on its way is nobody's, and is not kept.
    bodies.hear(1, base64("late"));
    expect(bodies.take(1)).toHaveLength(0);
    expect(kills).toEqual([]);
  });
});
