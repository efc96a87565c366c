/** A file while it is downloaded: it grows byte by byte, within what was said and what the disk has. */
import { statfsSync } from "node:fs";
import { type FileHandle, open as openFile } from "node:fs/promises";
import { dirname } from "node:path";
import { reasonOf } from "./web.ts";
import { bytesText } from "../../runtime/bytes_text.ts";
import { MoultError } from "../../schemas/error.ts";

/** Left free on the disk: the daemon has to write as well. */
const SPARE_BYTES = 64 * 1_048_576;
/** Between two looks at the free space: less than is left free, or a file of unknown length would take that too. */
const LOOK_BYTES = SPARE_BYTES / 4;

/** The connection broke or the server is not well: worth another try. */
export class Broken extends Error {
  /** The server said when. */
  readonly waitMs: number | undefined;

  constructor(message: string, waitMs?: number) {
    super(message);
    this.waitMs = waitMs;
  }
}

/** The file as it grows. Never larger than was said, never on the last bytes of the disk. */
export class PartFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #total: number | undefined;
  #lookAt = 0;
  /** Bytes that it has. */
  at: number;

  private constructor(path: string, file: FileHandle, at: number, total: number | undefined) {
    this.#path = path;
    this.#file = file;
    this.#total = total;
    this.at = at;
  }

  /**
   * Opens a file that has `from` bytes; 0 begins it anew.
   *
   * @param total Bytes that it will have; `undefined`: the server does not say
   * @throws {MoultError} `internal` when the disk has no room for the rest
   */
  static async open(path: string, from: number, total: number | undefined): Promise<PartFile> {
    const file = new PartFile(path, await openFile(path, from === 0 ? "w" : "a"), from, total);
    try {
      file.#look();
    } catch (error) {
      await file.close();
      throw error;
    }
    return file;
  }

  /**
   * Appends bytes.
   *
   * @throws {Broken} when they are more than was said
   * @throws {MoultError} `internal` when the disk does not take them
   */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#total !== undefined && this.at + chunk.length > this.#total)
      throw new Broken("the server sends more than it said");
    if (this.at >= this.#lookAt) this.#look();
    try {
      for (let done = 0; done < chunk.length;) {
        const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done);
        done += bytesWritten;
        this.at += bytesWritten;
      }
    } catch (error) {
      throw new MoultError(
        "internal",
        `Cannot write ${this.#path}: ${reasonOf(error)}; free some space, and the same command goes on from here`,
        undefined,
        error,
      );
    }
  }

  /** Resolves when all of it is on the disk. */
  async sync(): Promise<void> {
    await this.#file.sync();
  }

  /** Closes it; what it has stays. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  #look(): void {
    needRoom(this.#path, (this.#total ?? this.at) - this.at);
    this.#lookAt = this.at + LOOK_BYTES;
  }
}

function needRoom(part: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dirname(part));
  const free = bavail * bsize;
  if (bytes + SPARE_BYTES <= free) return;
  throw new MoultError(
    "internal",
    `The disk is too full: ${bytesText(bytes)} are to come and ${bytesText(free)} are free in ${dirname(part)} (${bytesText(SPARE_BYTES)} stay free for the daemon); free some space, or choose another --home`,
  );
}
