/** The text of a function file. Knows nothing of what is in it. */
import { readFileSync, statSync } from "node:fs";
import { isMoultError, messageOf, MoultError } from "../../schemas/error.ts";
import { SOURCE_BYTES_MAX } from "./build.ts";
import type { Found } from "./scan.ts";

/** Reads a function file. Throws `function/invalid` when it cannot be read, or is too large. */
export function readSource(found: Found): string {
  try {
    const { size } = statSync(found.path);
    if (size > SOURCE_BYTES_MAX)
      throw new MoultError(
        "function/invalid",
        `${found.file} has ${size} bytes; a function file has at most ${SOURCE_BYTES_MAX}`,
      );
    return readFileSync(found.path, "utf8");
  } catch (error) {
    if (isMoultError(error)) throw error;
    const because = messageOf(error);
    throw new MoultError(
      "function/invalid",
      `Cannot read ${found.file}: ${because}`,
      undefined,
      error,
    );
  }
}
