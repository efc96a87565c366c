/** Fetches the files of a message and has them kept. A file that cannot be had never holds up its message. */
import type { Api } from "grammy";
import * as v from "valibot";
import type { Inbound, Log } from "../../runtime/ports.ts";
import type { TelegramFile } from "../../schemas/channel.ts";
import { Attachment } from "../../schemas/message.ts";
import { isMoultError } from "../../schemas/error.ts";
import { failureOf, limit } from "./bot_api.ts";
import type { Waiting } from "./updates.ts";

/** Bots may fetch no larger ones. */
const FILE_BYTES_MAX = 20 * 1_048_576;

/** Milliseconds that one file may take; its message waits meanwhile. */
const FETCH_MS_MAX = 30_000;

/** What fetching needs. */
export interface FilesParts {
  readonly api: Api;
  /** Where files lie: `<apiRoot>/file/bot<token>`. Never to be shown. */
  readonly root: string;
  readonly log: Log;
}

/** A file of a message: kept, or with the reason why not. */
export interface Fetched {
  readonly file: TelegramFile;
  readonly attachment?: Attachment;
}

/** Fetches a file. The same file is kept once, however often it is sent or delivered again. */
export async function fetchFile(
  { api, root, log }: FilesParts,
  waiting: Waiting,
  inbound: Inbound,
): Promise<Fetched> {
  const { kind, name, mime, bytes, uniqueId } = waiting;
  const about = { kind, name: name.slice(0, 256), ...(bytes === undefined ? {} : { bytes }) };
  const missing = (why: string): Fetched => ({ file: { ...about, missing: why } });
  const keptUnder = `file:${uniqueId}`;
  try {
    const kept = v.safeParse(Attachment, await inbound.get(keptUnder));
    if (kept.success) return fetched(kept.output);
    if ((bytes ?? 0) > FILE_BYTES_MAX) return missing("too large to keep");
    const { file_path: path } = await api.getFile(waiting.fileId, limit(FETCH_MS_MAX));
    if (path === undefined) return missing("Telegram does not hand it out");
    const response = await fetch(`${root}/${path}`, {
      signal: AbortSignal.timeout(FETCH_MS_MAX),
      redirect: "error",
    });
    if (!response.ok || response.body === null) return missing(`HTTP ${response.status}`);
    const attachment = await inbound.keep({ kind, name, mime, body: response.body });
    await inbound.set(keptUnder, attachment);
    return fetched(attachment);
  } catch (error) {
    const why = isMoultError(error) ? error.message : failureOf(error).text;
    log.warn({ channel: "telegram", kind, why }, "A file that came with a message was not kept");
    return missing(why);
  }
}

function fetched(attachment: Attachment): Fetched {
  const { id, kind, name, bytes } = attachment;
  return { file: { kind, name, bytes, id }, attachment };
}
