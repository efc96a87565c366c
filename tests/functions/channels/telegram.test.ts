import { expect, test } from "bun:test";
import { callContext } from "moult/testing";
import telegram from "../../../functions/channels/telegram.ts";
import type { TelegramUpdate } from "../../../schemas/channel.ts";

const update = (changes: Partial<TelegramUpdate> = {}): TelegramUpdate => ({
  chat: { id: 42, kind: "private" },
  from: { id: 42, name: "Ada" },
  bot: "moult_test_bot",
  text: "hello",
  extras: [],
  files: [],
  ...changes,
});
const receive = (given: TelegramUpdate) => telegram.receive(given, callContext());

test("telegram hands over the text, without the bot's own name", async () => {
  expect(await receive(update({ text: "@moult_test_bot what time is it?" }))).toEqual({
    conversation: "42",
    sender: "42",
    text: "what time is it?",
  });
  expect(await receive(update({ text: "/reset@moult_test_bot" }))).toMatchObject({
    text: "/reset@moult_test_bot",
  });
});

test("telegram says what came with it, and what it replies to", async () => {
  const files = [
    { kind: "photo", name: "photo.jpg", bytes: 119_001, id: "abc.jpg" },
    { kind: "video", name: "v.mp4", bytes: 44_000_000, missing: "too large to keep" },
  ] as const;
  const said = await receive(
    update({ text: "look", quoted: "earlier words", files, extras: ["sticker 😀"] }),
  );
  expect(said).toMatchObject({
    text: [
      "[in reply to: earlier words]",
      "[photo photo.jpg, 120 kB, kept as abc.jpg]",
      "[video v.mp4, 44.0 MB, not kept: too large to keep]",
      "[sticker 😀]",
      "look",
    ].join("\n"),
  });
});

test("a command stays alone; a bare mention is dropped; a topic is named", async () => {
  expect(await receive(update({ text: "/reset", quoted: "x" }))).toMatchObject({ text: "/reset" });
  expect(await receive(update({ text: "@moult_test_bot" }))).toHaveProperty("drop");
  const chat = { id: -100, kind: "group", topic: 3 } as const;
  expect(await receive(update({ chat }))).toMatchObject({ conversation: "-100:3" });
});

test("a reply has no characters that Telegram cannot show", async () => {
  expect(await telegram.render?.("done\u0007 \u001B[1m✓\n\tok", callContext())).toBe(
    "done [1m✓\n\tok",
  );
});
