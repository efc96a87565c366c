/** Makes the file system that a kernel starts with: an archive of the format that it unpacks into memory (cpio, newc). */
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

const FOLDER = 0o040755;
const LINK = 0o120777;
const FILE = 0o100000;

/** An archive that grows. Folders on the way to a file are made. */
export class Archive {
  readonly #parts: Uint8Array[] = [];
  readonly #known = new Set<string>(["", ".", "/"]);
  #number = 0;

  /** Adds a file. @param path without the first slash */
  file(path: string, content: string | Uint8Array, mode = 0o644): void {
    this.#put(path, FILE | mode, Buffer.from(content as Uint8Array));
  }

  /** Adds an empty folder. */
  folder(path: string): void {
    this.#put(path, FOLDER, new Uint8Array());
  }

  /** Adds a symbolic link. */
  link(path: string, to: string): void {
    this.#put(path, LINK, Buffer.from(to));
  }

  /** Adds a file, or a folder with all in it, of this machine. Links stay links. */
  copy(from: string, to: string): void {
    const found = lstatSync(from);
    if (found.isSymbolicLink()) this.link(to, readlinkSync(from));
    else if (found.isDirectory()) {
      this.folder(to);
      for (const name of readdirSync(from)) this.copy(join(from, name), join(to, name));
    } else this.file(to, readFileSync(from), found.mode & 0o777);
  }

  /** Adds a program, or a library, and all libraries that it is linked with, where they lie here. */
  program(from: string, to = from): void {
    this.file(to.slice(1), readFileSync(realpathSync(from)), 0o755);
    const listed = Bun.spawnSync(["ldd", from]).stdout.toString();
    for (const [, path] of listed.matchAll(/(?:=> |^\s+)(\/\S+)/gm))
      if (path !== undefined && !this.#known.has(path.slice(1)))
        this.file(path.slice(1), readFileSync(realpathSync(path)), 0o755);
  }

  /** The archive. */
  bytes(): Uint8Array {
    const end = header("TRAILER!!!", 0, 0, 0);
    return Buffer.concat([...this.#parts, end, Buffer.alloc(512)]);
  }

  #put(path: string, mode: number, content: Uint8Array): void {
    if (this.#known.has(path)) return;
    const above = dirname(path);
    if (!this.#known.has(above)) this.#put(above, FOLDER, new Uint8Array());
    this.#known.add(path);
    this.#parts.push(header(path, mode, ++this.#number, content.length), content);
    this.#parts.push(Buffer.alloc((4 - (content.length % 4)) % 4));
  }
}

function header(path: string, mode: number, inode: number, bytes: number): Uint8Array {
  const name = Buffer.from(`${path}\0`);
  const fields = [inode, mode, 0, 0, 1, 0, bytes, 0, 0, 0, 0, name.length, 0];
  const text = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
  const whole = Buffer.concat([Buffer.from(text), name]);
  return Buffer.concat([whole, Buffer.alloc((4 - (whole.length % 4)) % 4)]);
}
