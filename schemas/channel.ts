/** What each transport reports, unchecked by us, before a channel function has translated it. */
import type { Attachment } from "./message.ts";

/** A message posted to `/api/sessions/{session}/messages`. */
export interface HttpUpdate {
  readonly session: string;
  readonly text: string;
  /** Principal id behind the key that was used. */
  readonly sender: string;
}

/** A line typed at `moult chat` or at the prompt of `moult dev`. */
export interface TerminalUpdate {
  readonly session: string;
  readonly text: string;
  readonly user: string;
}

/** A file that came with a Telegram message. */
export interface TelegramFile {
  readonly kind: Attachment["kind"];
  /** As the sender called it. */
  readonly name: string;
  /** Its size, where Telegram says it. */
  readonly bytes?: number;
  /** Its name in the attachments folder of the home; absent when it could not be kept. */
  readonly id?: string;
  /** Why it could not be kept. */
  readonly missing?: string;
}

/** A message of a Telegram chat that is meant for this bot, from somebody who may talk to it. */
export interface TelegramUpdate {
  readonly chat: {
    readonly id: number;
    readonly kind: "private" | "group";
    /** Of a group. */
    readonly title?: string;
    /** The topic of a forum, which is a conversation of its own. */
    readonly topic?: number;
  };
  readonly from: { readonly id: number; readonly name: string; readonly username?: string };
  /** The bot's username, without `@`. */
  readonly bot?: string;
  /** The text, or the caption of a file, as it was written; may be empty. */
  readonly text: string;
  /** What the message replies to, unless that was the bot's own. */
  readonly quoted?: string;
  /** What else is in it, in words: `sticker 😀`, `location 48.1, 11.5`. */
  readonly extras: readonly string[];
  readonly files: readonly TelegramFile[];
}

/** Updates by transport. A channel's `via` is one of these keys. */
export interface Updates {
  readonly http: HttpUpdate;
  readonly terminal: TerminalUpdate;
  readonly telegram: TelegramUpdate;
}
