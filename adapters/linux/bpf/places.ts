/**
 * Files and folders by the numbers that the kernel has for them. They are held open for as long as somebody counts on
 * the number: that of a file that is gone passes to the next new one. It knows no rule.
 */
import { closeSync, openSync } from "node:fs";
import { PATH_CLOEXEC } from "../syscalls.ts";

/** A file or folder. The same one is the same object, for as long as it is held. */
export interface Place {
  readonly device: number;
  readonly inode: bigint;
}

interface Held {
  readonly place: Place;
  readonly file: number;
  holders: number;
}

/** Places that are held. */
export class Places {
  readonly #locate: (question: Uint8Array) => void;
  readonly #held = new Map<string, Held>();

  /** @param locate answers `struct question` of `lsm.bpf.c`, and throws when it can not */
  constructor(locate: (question: Uint8Array) => void) {
    this.#locate = locate;
  }

  /** Holds the place of a path. Throws when there is none. @param own what this holder holds already: it counts once */
  hold(path: string, own: { readonly has: (place: Place) => boolean }): Place {
    const file = openSync(path, PATH_CLOEXEC);
    try {
      const held = this.#find(file);
      if (!own.has(held.place)) held.holders++;
      if (held.file !== file) closeSync(file);
      return held.place;
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  /** One holder needs a place no longer. */
  drop(place: Place): void {
    const name = nameOf(place);
    const held = this.#held.get(name);
    if (held === undefined || --held.holders > 0) return;
    closeSync(held.file);
    this.#held.delete(name);
  }

  /** Nobody needs any. */
  close(): void {
    for (const { file } of this.#held.values()) closeSync(file);
    this.#held.clear();
  }

  #find(file: number): Held {
    const question = Buffer.alloc(16);
    question.writeUInt32LE(file);
    this.#locate(question);
    const place = { device: question.readUInt32LE(4), inode: question.readBigUInt64LE(8) };
    const name = nameOf(place);
    const held = this.#held.get(name) ?? { place, file, holders: 0 };
    this.#held.set(name, held);
    return held;
  }
}

function nameOf({ device, inode }: Place): string {
  return `${String(device)}:${String(inode)}`;
}
