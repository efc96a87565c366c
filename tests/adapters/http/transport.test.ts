/** What the transports behind the API make of a message. */
import { describe, expect, test } from "bun:test";
import { httpTransport, terminalTransport } from "../../../adapters/http/transport.ts";
import { isMoultError } from "../../../schemas/error.ts";
import { OWNER } from "../../../schemas/message.ts";
import { type Platform, transportContract } from "../../contract/transport.ts";

const message = (changes: object = {}) => ({
  session: "me",
  text: "hi",
  principal: OWNER,
  ...changes,
});

function codeOf(accept: () => unknown): string {
  try {
    accept();
  } catch (error) {
    if (isMoultError(error)) return error.code;
  }
  return "accepted";
}

describe("accept()", () => {
  test("says who, where and what", () => {
    expect(httpTransport.accept(message())).toEqual({
      update: { session: "me", text: "hi", sender: "owner" },
      session: "me",
      text: "hi",
      sender: "owner",
      principal: OWNER,
      keys: [],
    });
    expect(terminalTransport.accept(message()).update).toEqual({
      session: "me",
      text: "hi",
      user: "owner",
    });
  });

  test("gives an id one key within its session", () => {
    const key = (session: string, id: string) =>
      httpTransport.accept(message({ session, id })).keys[0];
    expect(key("a", "1")).toBe(key("a", "1"));
    expect(key("a:b", "c")).not.toBe(key("a", "b:c"));
    expect(key("a", "1")).not.toBe(key("b", "1"));
  });

  test.each([
    [undefined, "input/invalid"],
    [{}, "input/invalid"],
    [message({ text: 1 }), "input/invalid"],
    [message({ principal: "owner" }), "input/invalid"],
    [message({ principal: { id: "x", role: "god" } }), "input/invalid"],
    [message({ id: "" }), "input/invalid"],
    [message({ session: "a b" }), "session/invalid"],
    [message({ session: "" }), "session/invalid"],
  ])("refuses %j", (payload, code) => {
    expect(codeOf(() => httpTransport.accept(payload))).toBe(code);
    expect(codeOf(() => terminalTransport.accept(payload))).toBe(code);
  });
});

/** A client that names its session and fetches the replies. */
function client(): Platform {
  return {
    protocol: "http",
    transport: httpTransport,
    write: async ({ conversation, text, id }, agent) => {
      const payload = { session: conversation, text, id, principal: OWNER };
      return await agent.route("http", payload).then(
        () => true,
        () => false,
      );
    },
    read: async (conversation, agent) => {
      const items = await agent.history(conversation);
      return items.filter(({ role }) => role === "assistant").map(({ content }) => content);
    },
    close: () => Promise.resolve(),
  };
}

transportContract("http", client);
