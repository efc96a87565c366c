import { describe, expect, test } from "bun:test";
import { readHostFrame } from "../../../runtime/isolate/protocol.ts";

const ask = { type: "ask", id: 1, call: 1 };

describe("readHostFrame()", () => {
  test.each<object>([
    { type: "up" },
    { type: "ready", manifest: {} },
    { type: "pong" },
    { type: "log", level: "info", facts: {}, text: "x" },
    { ...ask, op: "kv.get", key: "a" },
    { ...ask, op: "kv.list", prefix: "", limit: 5 },
    { ...ask, op: "model", prompt: "hi" },
    { ...ask, op: "call", name: "other", input: { a: 1 } },
    { ...ask, op: "fetch", url: "http://a/", method: "GET", headers: [["a", "b"]], chunks: 0 },
    { type: "writes", call: 1, writes: [{ key: "a", value: 1 }, { key: "b" }] },
  ])("takes %j", (frame) => {
    expect(readHostFrame(frame)).toMatchObject(frame);
  });

  test.each<[unknown]>([
    [null],
    [5],
    ["up"],
    [[]],
    [{}],
    [{ type: "load", path: "/etc/passwd", name: "a" }],
    [{ type: "log", level: "fatal", facts: {}, text: "x" }],
    [{ type: "log", level: "info", facts: {}, text: "x".repeat(20_000) }],
    [{ ...ask, op: "kv.get", key: "" }],
    [{ ...ask, op: "kv.get", key: "k".repeat(600) }],
    [{ ...ask, id: -1, op: "kv.get", key: "a" }],
    [{ ...ask, id: 1.5, op: "kv.get", key: "a" }],
    [{ ...ask, op: "kv.list", prefix: "", limit: 1e9 }],
    [{ ...ask, op: "secret", name: "A" }],
    [{ ...ask, op: "fetch", url: "http://a/", method: "get me", headers: [], chunks: 0 }],
    [{ ...ask, op: "model", prompt: "hi", tokensMax: 1e9 }],
    [{ type: "writes", call: 1, writes: [{ value: 1 }] }],
    [{ type: "failed", error: { code: "made/up", message: "x" } }],
  ])("refuses %j", (frame) => {
    expect(readHostFrame(frame)).toBeUndefined();
  });
});
