/** A log file that cannot grow without bound: two files of at most 10 MB. Knows nothing of what a line says. */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Bytes after which the file is moved aside. */
export const FILE_BYTES_MAX = 10_000_000;

/** Appends lines, synchronously, so that the last line before a crash is there. Never throws after it was opened. */
export class LogFile {
  readonly #path: string;
  readonly #bytesMax: number;
  #fd: number | undefined;
  #bytes = 0;

  /** Opens (or creates, 0600) the file at `path`. Throws what the file system says. */
  constructor(path: string, bytesMax: number = FILE_BYTES_MAX) {
    this.#path = path;
    this.#bytesMax = bytesMax;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#open();
  }

  /** Writes one line, newline included. A full disk loses the line: a log must not end the daemon. */
  write(line: string): void {
    try {
      const bytes = Buffer.from(line);
      if (this.#bytes > 0 && this.#bytes + bytes.length > this.#bytesMax) this.#rotate();
      if (this.#fd === undefined) this.#open();
      if (this.#fd !== undefined) this.#bytes += writeSync(this.#fd, bytes);
    } catch {
      // Lost. Where the disk is full there is nowhere to say so.
    }
  }

  /** Closes the file. Later lines open it again. */
  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) closeSync(fd);
  }

  #open(): void {
    this.#fd = openSync(this.#path, "a", 0o600);
    this.#bytes = fstatSync(this.#fd).size;
  }

  #rotate(): void {
    this.close();
    renameSync(this.#path, `${this.#path}.1`);
    this.#open();
  }
}
