/** What Telegram reports, and what of it is a message for the bot: who may speak, when a group means it, files. */
import { describe, expect, test } from "bun:test";
import { understand, type Incoming } from "../../../adapters/telegram/updates.ts";

const BOT = { id: 99, username: "moult_test_bot" };

const message = (changes: object = {}) => ({
  update_id: 5,
  message: {
    message_id: 7,
    date: 1,
    from: { id: 42, is_bot: false, first_name: "Ada", last_name: "L", username: "ada_l" },
    chat: { id: 42, type: "private" },
    text: "hello",
    ...changes,
  },
});
const GROUP = { id: -100, type: "supergroup", title: "Home" };

const incoming = (payload: unknown, allow: readonly string[] = ["42"]): Incoming => {
  const understood = understand(payload, BOT, allow);
  if (understood === undefined || !("incoming" in understood)) {
    throw new Error(`Not taken: ${JSON.stringify(understood)}`);
  }
  return understood.incoming;
};

describe("understand()", () => {
  test("a message in a private chat is the bot's", () => {
    const { update, keys, conversation, standing, files } = incoming(message());
    expect(update).toEqual({
      chat: { id: 42, kind: "private" },
      from: { id: 42, name: "Ada L", username: "ada_l" },
      bot: "moult_test_bot",
      text: "hello",
      extras: [],
    });
    expect(keys).toEqual(["99 u5", "99 m42:7"]);
    expect({ conversation, standing, files }).toEqual({
      conversation: "42",
      standing: "owner",
      files: [],
    });
  });

  test.each([
    [["42"], "owner"],
    [["@Ada_L"], "owner"],
    [["ada_l"], "owner"],
    [[], "stranger"],
    [["43", "ada"], "stranger"],
    [["anyone"], "guest"],
    [["anyone", "42"], "owner"],
  ] as const)("with allow %j the sender is %s", (allow, standing) => {
    expect(incoming(message(), allow).standing).toBe(standing);
  });

  test("nobody becomes everyone by their username", () => {
    const from = { id: 66, first_name: "Eve", username: "anyone" };
    expect(incoming(message({ from }), ["anyone"]).standing).toBe("guest");
  });

  test.each([
    ["mentions it", { text: "what is up @moult_test_bot?" }, true],
    ["mentions it in capitals", { text: "@MOULT_TEST_BOT hi" }, true],
    ["mentions a longer name", { text: "@moult_test_bot2 hi" }, false],
    ["replies to it", { text: "yes", reply_to_message: { from: { id: 99, is_bot: true } } }, true],
    ["replies to another", { text: "yes", reply_to_message: { from: { id: 1 } } }, false],
    ["is its command", { text: "/reset@moult_test_bot" }, true],
    ["is a common command", { text: "/tools" }, true],
    ["is the command of another bot", { text: "/reset@other_bot" }, false],
    ["is an unknown command", { text: "/weather" }, false],
    ["talks about other things", { text: "hello all" }, false],
    ["has a caption that mentions it", { text: undefined, caption: "@moult_test_bot look" }, true],
  ])("in a group, whether a message that %s is taken", (_what, changes, isTaken) => {
    const understood = understand(message({ chat: GROUP, ...changes }), BOT, ["42"]);
    expect(understood !== undefined && "incoming" in understood).toBe(isTaken);
  });

  test("while its username is unknown, only a mention is unsure", () => {
    const unnamed = { id: 99 };
    const said = (text: string) => understand(message({ chat: GROUP, text }), unnamed, ["42"]);
    expect(said("@moult_test_bot hi")).toEqual({ unsure: true });
    expect(said("hi")).toEqual({ ignored: "not meant for the bot" });
  });

  test("a group that is listed lets its members in as guests; strangers in others are left alone", () => {
    const text = "@moult_test_bot hi";
    expect(incoming(message({ chat: GROUP, text }), ["-100"]).standing).toBe("guest");
    expect(understand(message({ chat: GROUP, text }), BOT, [])).toHaveProperty("ignored");
  });

  test("a topic of a forum is a conversation of its own", () => {
    const changes = { chat: GROUP, text: "/tools", message_thread_id: 3, is_topic_message: true };
    expect(incoming(message(changes)).conversation).toBe("-100:3");
  });

  test.each([
    ["from a bot", message({ from: { id: 1, is_bot: true } })],
    ["from a channel", message({ chat: { id: -5, type: "channel" } })],
    ["of an anonymous admin", message({ chat: GROUP, sender_chat: { id: -100 } })],
    ["without anything", message({ text: undefined })],
  ])("a message %s is ignored", (_what, payload) => {
    expect(understand(payload, BOT, ["42", "anyone"])).toHaveProperty("ignored");
  });

  test.each([
    [{ update_id: 5, edited_message: message().message }],
    [{ update_id: 5, callback_query: { id: "1" } }],
    [{ message: message().message }],
    [{ update_id: 5, message: { text: "x" } }],
  ])("%j is no message", (payload) => {
    expect(understand(payload, BOT, ["42"])).toBeUndefined();
  });

  test("files are found, the largest size of a photo, an animation once", () => {
    const photo = [1, 2, 3].map((n) => ({
      file_id: `f${n}`,
      file_unique_id: `u${n}`,
      file_size: n,
    }));
    const { files } = incoming(message({ text: undefined, caption: "look", photo }));
    expect(files).toEqual([
      {
        kind: "photo",
        fileId: "f3",
        uniqueId: "u3",
        name: "photo.jpg",
        mime: "image/jpeg",
        bytes: 3,
      },
    ]);
    const file = { file_id: "a", file_unique_id: "b" };
    expect(incoming(message({ animation: file, document: file })).files).toHaveLength(1);
    expect(incoming(message({ voice: { ...file, mime_type: "audio/ogg" } })).files).toMatchObject([
      { kind: "voice", name: "voice.ogg" },
    ]);
  });
});
