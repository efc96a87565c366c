/**
 * What Telegram reports, checked, and what it is to us: a message for this bot, somebody who may not talk to it, or
 * nothing. Knows nothing of connections.
 */
import * as v from "valibot";
import type { TelegramUpdate } from "../../schemas/channel.ts";
import type { Attachment } from "../../schemas/message.ts";

const id = v.pipe(v.number(), v.safeInteger());
const optionalText = v.optional(v.string());

const User = v.object({
  id,
  is_bot: v.optional(v.boolean(), false),
  first_name: v.optional(v.string(), ""),
  last_name: optionalText,
  username: optionalText,
});

const RemoteFile = v.object({
  file_id: v.string(),
  file_unique_id: v.string(),
  file_size: v.optional(v.number()),
  file_name: optionalText,
  mime_type: optionalText,
});

const Message = v.object({
  message_id: id,
  message_thread_id: v.optional(id),
  is_topic_message: v.optional(v.boolean(), false),
  from: v.optional(User),
  /** Somebody writes as a channel or a group. */
  sender_chat: v.optional(v.object({ id })),
  chat: v.object({ id, type: v.string(), title: optionalText }),
  text: optionalText,
  caption: optionalText,
  reply_to_message: v.optional(
    v.object({ from: v.optional(User), text: optionalText, caption: optionalText }),
  ),
  photo: v.optional(v.array(RemoteFile)),
  voice: v.optional(RemoteFile),
  audio: v.optional(RemoteFile),
  video: v.optional(RemoteFile),
  video_note: v.optional(RemoteFile),
  animation: v.optional(RemoteFile),
  document: v.optional(RemoteFile),
  sticker: v.optional(v.object({ emoji: optionalText })),
  location: v.optional(v.object({ latitude: v.number(), longitude: v.number() })),
  contact: v.optional(v.object({ first_name: v.string(), phone_number: v.string() })),
});
type Message = v.InferOutput<typeof Message>;

/** An update of which only the number is sure. */
export const Numbered = v.looseObject({ update_id: id });

const Update = v.object({ update_id: id, message: Message });

/** A bot, as `getMe` describes it. */
export interface Bot {
  readonly id: number;
  /** Tells its messages from another bot's, always by the same name. @default its id */
  readonly key?: string;
  /** Unknown until Telegram has told it. */
  readonly username?: string;
}

/** A file that waits at Telegram. */
export interface Waiting {
  readonly kind: Attachment["kind"];
  readonly fileId: string;
  /** The same for the same file, whoever sends it. */
  readonly uniqueId: string;
  readonly name: string;
  readonly mime: string;
  readonly bytes?: number;
}

/** A message for this bot. */
export interface Incoming {
  readonly update: Omit<TelegramUpdate, "files">;
  readonly files: readonly Waiting[];
  readonly keys: readonly string[];
  readonly conversation: string;
  /** `owner`: in the allow list by name or id. `guest`: let in with everyone else. `stranger`: not let in. */
  readonly standing: "owner" | "guest" | "stranger";
}

/** What an update is. */
export type Understood =
  | { readonly incoming: Incoming }
  /** Not for us, and why. */
  | { readonly ignored: string }
  /** The bot's username has to be known to tell. */
  | { readonly unsure: true };

/** Reads an update. `undefined`: it is no update with a message. */
export function understand(
  payload: unknown,
  bot: Bot,
  allow: readonly string[],
): Understood | undefined {
  const parsed = v.safeParse(Update, payload);
  if (!parsed.success) return undefined;
  const { update_id, message } = parsed.output;
  const { chat, from } = message;
  if (from === undefined || from.is_bot || message.sender_chat !== undefined) {
    return { ignored: "not from a person" };
  }
  const standing = standingOf(from, chat.id, allow);
  const aside = asideOf(message, bot, standing);
  if (aside !== undefined) return aside;
  const topic = message.is_topic_message ? message.message_thread_id : undefined;
  const conversation = topic === undefined ? String(chat.id) : `${chat.id}:${topic}`;
  const update = toUpdate(message, from, bot, topic);
  const files = filesOf(message);
  if (update.text === "" && files.length === 0 && update.extras.length === 0) {
    return { ignored: "nothing in it that can be read" };
  }
  // Another bot counts its own messages; the same numbers are then other messages.
  const key = bot.key ?? bot.id;
  const keys = [`${key} u${update_id}`, `${key} m${chat.id}:${message.message_id}`];
  return { incoming: { update, files, keys, conversation, standing } };
}

/** Why a message is not for us. In groups there are many that are not, and strangers are left alone. */
function asideOf(
  message: Message,
  bot: Bot,
  standing: Incoming["standing"],
): Exclude<Understood, { incoming: Incoming }> | undefined {
  const { type } = message.chat;
  if (type === "private") return undefined;
  if (type !== "group" && type !== "supergroup") return { ignored: "not a chat of people" };
  if (standing === "stranger") return { ignored: "from a stranger in a group" };
  const isMeant = meansBot(message, bot);
  if (isMeant === undefined) return { unsure: true };
  return isMeant ? undefined : { ignored: "not meant for the bot" };
}

/** The chat of an update, for keeping its messages in order; 0 when it has none. */
export function chatOf(payload: unknown): number {
  const parsed = v.safeParse(v.object({ message: v.object({ chat: v.object({ id }) }) }), payload);
  return parsed.success ? parsed.output.message.chat.id : 0;
}

/** Commands that every bot of a group gets; others are meant for somebody else. */
const COMMON = /^\/(?:start|help|tools|reset)(?=\s|$)/;

/** In groups: mentioned, replied to, or a command. `undefined`: depends on a username that is not known. */
function meansBot(message: Message, { id: botId, username }: Bot): boolean | undefined {
  if (message.reply_to_message?.from?.id === botId) return true;
  const text = said(message);
  if (COMMON.test(text)) return true;
  if (!text.includes("@")) return false;
  if (username === undefined) return undefined;
  return new RegExp(`@${username}(?![A-Za-z0-9_])`, "i").test(text);
}

function said({ text, caption }: Pick<Message, "text" | "caption">): string {
  return text ?? caption ?? "";
}

/** What the bot said itself, it knows. */
function quotedIn({ reply_to_message: reply }: Message, bot: Bot): string | undefined {
  if (reply === undefined || reply.from?.id === bot.id) return undefined;
  return said(reply) || undefined;
}

function standingOf(
  { id: sender, username }: v.InferOutput<typeof User>,
  chat: number,
  allow: readonly string[],
): Incoming["standing"] {
  const names = new Set(allow.map((name) => name.replace(/^@/, "").toLowerCase()));
  const isNamed =
    username !== undefined && username !== "anyone" && names.has(username.toLowerCase());
  if (names.has(String(sender)) || isNamed) return "owner";
  return names.has("anyone") || names.has(String(chat)) ? "guest" : "stranger";
}

function toUpdate(
  message: Message,
  from: v.InferOutput<typeof User>,
  bot: Bot,
  topic: number | undefined,
): Incoming["update"] {
  const { chat } = message;
  const quoted = quotedIn(message, bot);
  const name = [from.first_name, from.last_name].filter(Boolean).join(" ");
  return {
    chat: {
      id: chat.id,
      kind: chat.type === "private" ? "private" : "group",
      ...(chat.title === undefined ? {} : { title: chat.title }),
      ...(topic === undefined ? {} : { topic }),
    },
    from: {
      id: from.id,
      name: name === "" ? String(from.id) : name,
      ...(from.username === undefined ? {} : { username: from.username }),
    },
    ...(bot.username === undefined ? {} : { bot: bot.username }),
    text: said(message),
    ...(quoted === undefined ? {} : { quoted }),
    extras: extrasOf(message),
  };
}

function extrasOf({ sticker, location, contact }: Message): string[] {
  return [
    ...(sticker === undefined ? [] : [`sticker ${sticker.emoji ?? ""}`.trim()]),
    ...(location === undefined ? [] : [`location ${location.latitude}, ${location.longitude}`]),
    ...(contact === undefined ? [] : [`contact ${contact.first_name}, ${contact.phone_number}`]),
  ];
}

/** Which fields hold files, what they are to us, and what they are called when the sender gave no name. */
const FILES = [
  ["voice", "voice", "voice.ogg", "audio/ogg"],
  ["audio", "audio", "audio.mp3", "audio/mpeg"],
  ["video", "video", "video.mp4", "video/mp4"],
  ["video_note", "video", "video.mp4", "video/mp4"],
  ["animation", "video", "animation.mp4", "video/mp4"],
  ["document", "document", "document", "application/octet-stream"],
] as const;

function filesOf(message: Message): Waiting[] {
  const found: Waiting[] = [];
  // The last size is the largest.
  const photo = message.photo?.at(-1);
  if (photo !== undefined) found.push(waiting(photo, "photo", "photo.jpg", "image/jpeg"));
  for (const [field, kind, name, mime] of FILES) {
    const file = message[field];
    // An animation comes as a document, too.
    const isTwice = field === "document" && message.animation !== undefined;
    if (file !== undefined && !isTwice) found.push(waiting(file, kind, name, mime));
  }
  return found;
}

function waiting(
  file: v.InferOutput<typeof RemoteFile>,
  kind: Waiting["kind"],
  name: string,
  mime: string,
): Waiting {
  return {
    kind,
    fileId: file.file_id,
    uniqueId: file.file_unique_id,
    name: file.file_name ?? name,
    mime: file.mime_type ?? mime,
    ...(file.file_size === undefined ? {} : { bytes: file.file_size }),
  };
}
