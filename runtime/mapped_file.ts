/** The bytes of a file that comes with moult and does not change: they stay where they are. Knows no format. */
import { readFileSync } from "node:fs";

/**
 * The bytes, mapped: those that nobody looks at take no memory, and processes share the others. Not to be written to. A
 * newer file takes the place of this one by its name; one that were cut short in place would end whoever reads here.
 */
export function mappedFile(file: string): Uint8Array<ArrayBuffer> {
  try {
    return Bun.mmap(file, { shared: false });
  } catch {
    // A file that this user may not write cannot be mapped; as a copy it takes its size of memory.
    const { buffer, byteOffset, byteLength } = readFileSync(file);
    return new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
  }
}
