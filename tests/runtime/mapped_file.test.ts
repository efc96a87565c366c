/** Bytes that stay in their file. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mappedFile } from "../../runtime/mapped_file.ts";

const folder = mkdtempSync(join(tmpdir(), "moult-mapped-"));

test("a mapped file has the bytes of the file, and an empty one none", () => {
  try {
    const [file, empty] = [join(folder, "words"), join(folder, "empty")];
    writeFileSync(file, "灯 and lamp\n".repeat(1000));
    writeFileSync(empty, "");
    expect(Buffer.from(mappedFile(file)).equals(readFileSync(file))).toBe(true);
    expect(mappedFile(empty).length).toBe(0);
    // What is written to the bytes does not reach the file.
    mappedFile(file).fill(0);
    expect(readFileSync(file, "utf8")).toStartWith("灯 and lamp\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a file that is not there is an error", () => {
  expect(() => mappedFile(join(folder, "nothing"))).toThrow("ENOENT");
});
