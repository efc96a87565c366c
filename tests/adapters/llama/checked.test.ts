/** What a very small model may say of results and of what it did. */
import { expect, test } from "bun:test";
import { CheckedText, checkedText } from "../../../adapters/llama/checked.ts";
import type { ChatMessage, GenerateRequest } from "../../../schemas/model.ts";

const TOOL = { name: "lock_door", description: "Locks a door", parameters: { type: "object" } };

function request(content: string | undefined, isOffered = true): GenerateRequest {
  const messages: ChatMessage[] = [{ role: "user", content: "is the shed locked?" }];
  if (content !== undefined) {
    const call = { id: "1", name: "lock_door", arguments: { door: "shed" } };
    messages.push({ role: "assistant", content: "", toolCalls: [call] });
    messages.push({ role: "tool", id: "1", name: "lock_door", content });
  }
  return { lane: "api", messages, tools: isOffered ? [TOOL] : [] };
}

test("a sentence that a result does not bear out becomes the result", () => {
  const said = request('{"locked": false, "battery": 64}');
  expect(checkedText("The shed is locked, the battery has 64.", said)).toBe(
    "locked: no, battery: 64",
  );
  expect(checkedText("It is not locked, the battery has 64.", said)).toContain("not locked");
});

test("of a few values none is left out", () => {
  const said = request('{"state": "locked", "battery": 64}');
  expect(checkedText("It is locked.", said)).toBe("state: locked, battery: 64");
});

test("a failure is said, whatever the model makes of it", () => {
  const said = request('{"error": {"message": "the bolt is stuck"}}');
  expect(checkedText("Done.", said)).toBe("I could not do this: the bolt is stuck");
});

test("without a call nothing was done", () => {
  expect(checkedText("I have locked the shed.", request(undefined))).toBe(
    "I have not done anything.",
  );
  expect(checkedText("Please tell me the door.", request(undefined))).toBe(
    "Please tell me the door.",
  );
});

test("instructions and texts without tools are left alone", () => {
  expect(checkedText("Done.", request('"Say it is done."'))).toBe("Done.");
  expect(checkedText("Done.", request(undefined, false))).toBe("Done.");
});

test("what is checked is said when it is whole, the rest as it comes", () => {
  const said: string[] = [];
  const pushed = (isOffered: boolean) => {
    said.length = 0;
    const text = new CheckedText(request(undefined, isOffered), true, (piece) => said.push(piece));
    for (const piece of ["I have ", "locked it."]) text.push(piece);
    text.end(0);
    return said;
  };
  expect(pushed(true)).toEqual(["I have not done anything."]);
  expect(pushed(false)).toEqual(["I have ", "locked it."]);
});
