/** What a host says of its file → a manifest. The file runs in that host, so that it may say anything; nothing is believed that would be worth more than it asks for. */
import * as v from "valibot";
import { checkValue } from "../check_value.ts";
import { MoultError } from "../../schemas/error.ts";
import { Manifest } from "../../schemas/function.ts";

/** JSON characters of a manifest. It is kept, compared, hashed and listed. */
const CHARS_MAX = 256 * 1_024;
/** Objects within objects; schemas of people have a tenth of it, and what walks a manifest must not run out of stack. */
const DEPTH_MAX = 64;

const NO_PERMISSIONS = v.parse(Manifest.entries.permissions, undefined);

/** Checks what a host says of the file `name`. Throws `function/invalid`. */
export function reportedManifest(name: string, reported: unknown): Manifest {
  const fault = isShallow(reported, DEPTH_MAX)
    ? (JSON.stringify(reported) ?? "").length > CHARS_MAX &&
      `more than ${String(CHARS_MAX)} characters`
    : `more than ${String(DEPTH_MAX)} levels`;
  if (fault !== false)
    throw new MoultError(
      "function/invalid",
      `Cannot load "${name}": what it declares has ${fault}; make its schemas smaller`,
    );
  const title = `Cannot load "${name}"`;
  return withoutIdle(checkValue(Manifest, reported, { code: "function/invalid", title }));
}

/** Whoever says that it runs nothing needs no approval for what it names, and is not given it either. */
function withoutIdle(manifest: Manifest): Manifest {
  if (manifest.runs) return manifest;
  return { ...manifest, permissions: NO_PERMISSIONS, secrets: [] };
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0) return false;
  return Object.values(value).every((inner) => isShallow(inner, levels - 1));
}
