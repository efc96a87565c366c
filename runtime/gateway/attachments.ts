/** Files that came with messages, kept in the home: whole or not at all, and never more than there is room for. */
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MoultError } from "../../schemas/error.ts";
import type { Inbound } from "../ports.ts";
import { removeQuietly } from "../whole_file.ts";

/** Bytes of one file. */
export const FILE_BYTES_MAX = 20 * 1_048_576;

/** Bytes of all files together; the oldest are not deleted for new ones, the owner decides. */
export const FOLDER_BYTES_MAX = 2 * 1_073_741_824;

/** Characters of a file name's ending that are kept. */
const ENDING = /\.([A-Za-z0-9]{1,8})$/;

/** The folder of a home that holds attachments. */
export class Attachments {
  readonly #folder: string;
  readonly #folderBytesMax: number;
  /** Bytes in the folder and on their way into it. */
  #bytes = 0;
  /** The last look at the folder; the first file makes the first. */
  #counted: Promise<void> | undefined;

  constructor(folder: string, folderBytesMax = FOLDER_BYTES_MAX) {
    this.#folder = folder;
    this.#folderBytesMax = folderBytesMax;
  }

  /**
   * Keeps a file.
   *
   * @throws {MoultError} `body/too-large` when it, or all of them, are too large; `internal` when it cannot be written
   */
  readonly keep: Inbound["keep"] = async ({ kind, name, mime, body }) => {
    await this.#count();
    const ending = ENDING.exec(name)?.[1]?.toLowerCase();
    const id = `${Bun.randomUUIDv7()}${ending === undefined ? "" : `.${ending}`}`;
    const part = join(this.#folder, `${id}.part`);
    let bytes = 0;
    // Others come at the same time: each piece counts when it is there, whosever it is.
    const add = (more: number): void => {
      bytes += more;
      this.#bytes += more;
      const isLarge = bytes > FILE_BYTES_MAX;
      if (isLarge || this.#bytes > this.#folderBytesMax) throw tooLarge(isLarge);
    };
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of body) {
        add(chunk.byteLength);
        yield chunk;
      }
    };
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await pipeline(Readable.from(counted()), createWriteStream(part, { mode: 0o600 }));
      await rename(part, join(this.#folder, id));
    } catch (error) {
      this.#bytes -= bytes;
      await rm(part, { force: true });
      throw error;
    }
    return { id, kind, name: name.slice(0, 256), mime: mime.slice(0, 128), bytes };
  };

  /** Looks at the folder: at first, and again where there is little room, for the owner may have made some. */
  async #count(): Promise<void> {
    this.#counted ??= removeHalves(this.#folder).then(() => this.#look());
    await this.#counted;
    if (this.#folderBytesMax - this.#bytes >= FILE_BYTES_MAX) return;
    this.#counted = this.#look();
    await this.#counted;
  }

  async #look(): Promise<void> {
    const before = this.#bytes;
    const found = await sizeOf(this.#folder);
    // With what came meanwhile.
    this.#bytes = found + Math.max(this.#bytes - before, 0);
  }
}

/** What an earlier process left half. */
async function removeHalves(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name.endsWith(".part")) removeQuietly(join(folder, name));
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  let sum = 0;
  for (const name of names)
    sum += (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0;
  return sum;
}

function tooLarge(isFile: boolean): MoultError {
  const text = isFile
    ? `The file is larger than ${FILE_BYTES_MAX / 1_048_576} MiB`
    : "There is no room for more attachments; delete old ones from the attachments folder of the home";
  return new MoultError("body/too-large", text);
}
