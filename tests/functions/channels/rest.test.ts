import { expect, test } from "bun:test";
import rest from "../../../functions/channels/rest.ts";
import { callContext } from "moult/testing";

test("rest takes the session as the conversation", async () => {
  const update = { session: "kitchen", sender: "owner", text: " hello \n" };
  expect(await rest.receive(update, callContext())).toEqual({
    conversation: "kitchen",
    sender: "owner",
    text: "hello",
  });
});

test("rest drops a message without text", async () => {
  const update = { session: "kitchen", sender: "owner", text: " \n " };
  expect(await rest.receive(update, callContext())).toEqual({ drop: "the text is empty" });
});
