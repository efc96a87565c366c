import { expect, test } from "bun:test";
import notes from "../../../functions/tools/notes.ts";
import { callContext, callTool } from "moult/testing";

/** A context with these notes, the first one the oldest. */
async function having(...texts: string[]) {
  let now = 1_000;
  const ctx = callContext({ now: () => now++ });
  for (const text of texts) await callTool(notes, { action: "add", text }, ctx);
  return ctx;
}

const texts = ({ notes: found }: { notes: readonly { text: string }[] }) =>
  found.map(({ text }) => text);

test("a note is found by any of its words, in any case", async () => {
  const ctx = await having("The garage code is 9981", "buy milk");
  for (const text of ["garage", "GARAGE code", "the garage", "9981", "my note about the garage"])
    expect(texts(await callTool(notes, { action: "search", text }, ctx))).toEqual([
      "The garage code is 9981",
    ]);
  expect(texts(await callTool(notes, { action: "search", text: "garage milk" }, ctx))).toEqual([]);
});

test("notes are found in a script without spaces", async () => {
  const ctx = await having("车库密码是9981");
  expect(texts(await callTool(notes, { action: "search", text: "密码" }, ctx))).toHaveLength(1);
});

test("notes are listed newest first", async () => {
  const ctx = await having("one", "two", "three");
  expect(texts(await callTool(notes, { action: "list" }, ctx))).toEqual(["three", "two", "one"]);
});

test("a listing shows twenty notes and says how many there are", async () => {
  const ctx = await having(...Array.from({ length: 25 }, (_, index) => `thing number ${index}`));
  const { notes: shown, total } = await callTool(notes, { action: "list" }, ctx);
  expect([shown.length, total]).toEqual([20, 25]);
});

test("adding the same text again changes nothing", async () => {
  const ctx = await having("buy milk", "other");
  const again = await callTool(notes, { action: "add", text: " buy milk " }, ctx);
  expect(again).toMatchObject({ done: "saved", notes: [{ text: "buy milk" }] });
  expect(texts(await callTool(notes, { action: "list" }, ctx))).toEqual(["other", "buy milk"]);
});

test("notes added at once are all kept", async () => {
  const ctx = callContext();
  const words = Array.from({ length: 50 }, (_, index) => `note ${index}`);
  await Promise.all(words.map((text) => callTool(notes, { action: "add", text }, ctx)));
  expect(await callTool(notes, { action: "list" }, ctx)).toMatchObject({ total: 50 });
});

test("delete removes the one note that matches, by words or by id", async () => {
  const ctx = await having("buy milk", "call Tom");
  expect(
    await callTool(notes, { action: "delete", text: "the note about milk" }, ctx),
  ).toMatchObject({
    done: "deleted",
    notes: [{ text: "buy milk" }],
  });
  const [{ id } = { id: "" }] = (await callTool(notes, { action: "list" }, ctx)).notes;
  await callTool(notes, { action: "delete", text: id }, ctx);
  expect(texts(await callTool(notes, { action: "list" }, ctx))).toEqual([]);
});

test("delete prefers a note that is exactly the text", async () => {
  const ctx = await having("buy oat milk", "buy milk");
  await callTool(notes, { action: "delete", text: "Buy milk" }, ctx);
  expect(texts(await callTool(notes, { action: "list" }, ctx))).toEqual(["buy oat milk"]);
});

test("delete asks back instead of guessing among several", async () => {
  const ctx = await having("buy oat milk", "buy milk");
  await expect(callTool(notes, { action: "delete", text: "milk" }, ctx)).rejects.toMatchObject({
    code: "tool/failed",
    message: expect.stringMatching(/which of 2 notes.*buy milk.*buy oat milk/),
  });
  expect(texts(await callTool(notes, { action: "list" }, ctx))).toHaveLength(2);
});

test.each([
  [{ action: "delete", text: "nothing" }, 'about "nothing"'],
  [{ action: "delete" }, 'about ""'],
  [{ action: "delete", text: "the note about" }, "to delete"],
  [{ action: "add" }, "say what to note"],
  [{ action: "add", text: "  " }, "say what to note"],
] as const)("notes refuses %p", async (input, why) => {
  const ctx = await having("buy milk");
  await expect(callTool(notes, input, ctx)).rejects.toMatchObject({
    code: "tool/failed",
    message: expect.stringContaining(why),
  });
  expect(texts(await callTool(notes, { action: "list" }, ctx))).toEqual(["buy milk"]);
});

test("a thousand notes are kept, and no more", async () => {
  const ctx = await having();
  for (let index = 0; index < 1000; index++)
    await ctx.kv.set(`note:${index}`, { text: `thing ${index}`, at: index });
  await expect(callTool(notes, { action: "add", text: "one more" }, ctx)).rejects.toMatchObject({
    code: "tool/failed",
    message: expect.stringContaining("delete some first"),
  });
});
