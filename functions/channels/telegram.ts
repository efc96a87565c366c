/** Messages of Telegram chats. The transport decides who may speak; this file decides what the agent gets to read. */
import { defineChannel } from "moult";

/** What a model writes by mistake; Telegram would show boxes. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F]/g;

/** Of a message that is replied to. */
const QUOTED_CHARS_MAX = 500;

export default defineChannel({
  description: "Answers messages of Telegram chats.",
  via: "telegram",
  limits: { timeMs: 1_000 },
  isolate: "worker",

  receive({ chat, from, bot, text, quoted, extras, files }) {
    const said = withoutMention(text, bot).trim();
    const isCommand = said.startsWith("/");
    const lines = [
      ...(quoted === undefined || isCommand ? [] : [`[in reply to: ${shorten(quoted)}]`]),
      ...files.map(({ kind, name, bytes, id, missing }) => {
        const size = bytes === undefined ? "" : `, ${sizeOf(bytes)}`;
        return `[${kind} ${name}${size}, ${id === undefined ? `not kept: ${missing}` : `kept as ${id}`}]`;
      }),
      ...extras.map((extra) => `[${extra}]`),
      ...(said === "" ? [] : [said]),
    ];
    if (lines.length === 0) return { drop: "there is nothing in it but a mention" };
    return {
      conversation: chat.topic === undefined ? String(chat.id) : `${chat.id}:${chat.topic}`,
      sender: String(from.id),
      text: lines.join("\n"),
    };
  },

  render: (reply) => reply.replace(CONTROL, ""),
});

/** `@my_bot what is it?` is addressed to the agent; the agent need not read its own name. */
function withoutMention(text: string, bot: string | undefined): string {
  return bot === undefined ? text : text.replace(new RegExp(`(?<!\\w)@${bot}(?!\\w)`, "gi"), "");
}

function shorten(text: string): string {
  return text.length > QUOTED_CHARS_MAX ? `${text.slice(0, QUOTED_CHARS_MAX)}…` : text;
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
