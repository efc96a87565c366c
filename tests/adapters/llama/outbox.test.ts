import { expect, test } from "bun:test";
import { Outbox } from "../../../adapters/llama/outbox.ts";
import type { FromWorker } from "../../../adapters/llama/worker_frames.ts";

/** An outbox, and the messages that it posts. */
function posting() {
  const messages: (readonly FromWorker[])[] = [];
  return { messages, outbox: new Outbox((frames) => messages.push(frames)) };
}

const texts = (frames: readonly FromWorker[]) =>
  frames.flatMap((frame) => (frame.type === "token" ? [[frame.id, frame.text]] : []));

test("what several answers say in one moment is one message", async () => {
  const { outbox, messages } = posting();
  for (const id of [1, 2, 3]) outbox.text(id, "token", `a${id}`);
  await Promise.resolve();
  expect(messages.map(texts)).toEqual([
    [
      [1, "a1"],
      [2, "a2"],
      [3, "a3"],
    ],
  ]);
});

test("text that waits is joined, in order, and none of it is lost", async () => {
  const { outbox, messages } = posting();
  let expected = "";
  for (let i = 0; i < 200; i++) {
    outbox.text(1, "token", `${i} `);
    expected += `${i} `;
    if (i % 20 === 0) await Bun.sleep(1);
  }
  await Bun.sleep(80);
  const said = messages.flatMap(texts);
  expect(said.map(([, text]) => text).join("")).toBe(expected);
  expect(messages.length).toBeLessThan(100);
});

test("a call and the end of an answer follow its text at once", () => {
  const { outbox, messages } = posting();
  outbox.text(1, "thought", "hm");
  outbox.text(1, "token", "so ");
  outbox.text(1, "token", "be it");
  outbox.send({ type: "call", id: 1, call: { id: "c", name: "note", arguments: {} } });
  expect(messages.flat().map(({ type }) => type)).toEqual(["thought", "token", "call"]);
  outbox.text(1, "token", ".");
  const error = { code: "model/unavailable", message: "Gone" } as const;
  outbox.end(1, { type: "error", id: 1, error });
  expect(messages.flat().map(({ type }) => type)).toEqual([
    "thought",
    "token",
    "call",
    "token",
    "error",
  ]);
});
