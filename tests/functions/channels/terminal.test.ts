import { expect, test } from "bun:test";
import terminal from "../../../functions/channels/terminal.ts";
import { callContext } from "moult/testing";

const receive = (text: string) =>
  terminal.receive({ session: "tty", text, user: "owner" }, callContext());

test("terminal takes a line without what the terminal pasted along", async () => {
  expect(await receive("\u001B[200~turn on\u001B[201~ the \u001B[1;31mlight\u001B[0m\r\n")).toEqual(
    {
      conversation: "tty",
      sender: "owner",
      text: "turn on the light",
    },
  );
});

test("terminal keeps several lines and tabs", async () => {
  expect(await receive("one\n\ttwo")).toMatchObject({ text: "one\n\ttwo" });
});

test.each(["", " \n", "\u001B[A"])("terminal drops %p", async (text) => {
  expect(await receive(text)).toEqual({ drop: "the line is empty" });
});

test("a reply cannot move the cursor or rename the window", async () => {
  const reply = await terminal.render?.("done \u001B[2J\u001B]0;owned\u0007✓\n", callContext());
  expect(reply).toBe("done ]0;owned✓\n");
});
