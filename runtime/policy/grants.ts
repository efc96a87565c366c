/**
 * What the owner has approved, one private file a function in `<home>/grants`, and what that lets a version do.
 * Functions never get near the home. A record that cannot be read approves nothing.
 */
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import * as v from "valibot";
import { MoultError } from "../../schemas/error.ts";
import {
  FUNCTION_NAME,
  type Grant,
  type Manifest,
  type Origin,
  type Permissions,
  type Waiting,
} from "../../schemas/function.ts";
import { contentHash } from "../content_hash.ts";
import { writePrivate } from "../home.ts";
import type { Clock } from "../ports.ts";
import { removeQuietly } from "../whole_file.ts";
import {
  allAsksOf,
  anyOf,
  approvedOf,
  Asks,
  asksNothing,
  asksOf,
  canonicalJson,
  isWithin,
  linesBeyond,
  linesWithin,
  NOTHING,
  usablePermissions,
  visible,
} from "./asks.ts";

/** Contents of one function that stay approved, so that a rollback needs no new word. */
const HASHES_MAX = 8;

/** A larger file is told by its size and time. What runs has less than this. */
const HASHED_BYTES_MAX = 64 * 1_048_576;

/** Lock files of the package managers that fill `node_modules`. */
const LOCKS = ["bun.lock", "bun.lockb", "package-lock.json", "pnpm-lock.yaml", "yarn.lock"];

const Stored = v.object({
  version: v.string(),
  description: v.string(),
  approvedAt: v.number(),
  by: v.picklist(["owner", "dev"]),
  asks: Asks,
  /** Where it lay, below its functions folder; older records do not say. */
  file: v.optional(v.string()),
  /** The same, seen from the folder that the home lies in: another project may share the home. */
  place: v.optional(v.string()),
  /** Newest last. */
  hashes: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))), v.minLength(1)),
});
type Stored = v.InferOutput<typeof Stored>;

/** A version as it asks: what `Bundle` and its manifest say. */
export interface Asking {
  readonly name: string;
  readonly version: string;
  /** Absolute path of what runs. */
  readonly path: string;
  readonly origin: Origin;
  readonly projects?: readonly string[];
  readonly manifest: Manifest;
  /** Where its file lies, below its functions folder. @default where the approved one lay */
  readonly file?: string | undefined;
  /** The same, seen from the folder that the home lies in. */
  readonly place?: string | undefined;
  /** What it would have of another file's, as its owner reads it. @default nothing */
  readonly takes?: string | undefined;
  /** Only exactly what was approved counts, whatever `policy.reapprove` says. @default false */
  readonly isExact?: boolean;
}

/** When a changed function is approved again. See `policy.reapprove`. */
export type Reapprove = "widening" | "any";

/** The approvals of one home folder. */
export class Grants {
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #reapprove: Reapprove;
  readonly #known = new Map<string, Stored | "damaged" | undefined>();

  constructor(home: string, clock: Clock, reapprove: Reapprove = "widening") {
    this.#dir = join(home, "grants");
    this.#clock = clock;
    this.#reapprove = reapprove;
  }

  /** What was approved last, if anything was. */
  get(name: string): Grant | undefined {
    const stored = this.#stored(name);
    if (stored === undefined) return undefined;
    const { version, approvedAt, by, hashes } = stored;
    return { hash: hashes.at(-1) ?? "", version, approvedAt, by };
  }

  /** What a version may use now; `undefined`: it is not to be run. */
  permitted(asking: Asking): Permissions | undefined {
    if (asking.origin === "builtin") return anyOf(usablePermissions(asking.manifest));
    return asking.takes === undefined ? this.#granted(asking) : undefined;
  }

  #granted(asking: Asking): Permissions | undefined {
    const { name, manifest } = asking;
    const permissions = usablePermissions(manifest);
    const all = anyOf(permissions);
    const asks = allAsksOf(manifest);
    const stored = this.#stored(name);
    if (stored === undefined)
      return asksNothing(asksOf(manifest)) ? approvedOf(permissions, NOTHING) : undefined;
    const reapprove = isExact(asking, stored) ? "any" : this.#reapprove;
    const isSame = (): boolean => stored.hashes.includes(hashOf(asking));
    if (reapprove === "widening" && isWithin(asks, stored.asks)) return all;
    if (!asksNothing(asks) && isSame()) return all;
    const needed = asksOf(manifest);
    if (reapprove === "widening" && isWithin(needed, stored.asks))
      return approvedOf(permissions, stored.asks);
    // Who asks for nothing can do nothing, whatever was approved before.
    return asksNothing(needed) ? approvedOf(permissions, NOTHING) : undefined;
  }

  /** What a version wants beyond that, as its owner reads it; `undefined`: nothing. */
  waiting(asking: Asking): Waiting | undefined {
    const { name, version, manifest } = asking;
    const permitted = this.permitted(asking);
    const isWhole =
      permitted !== undefined &&
      canonicalJson(sorted(permitted)) ===
        canonicalJson(sorted(anyOf(usablePermissions(manifest))));
    if (isWhole) return undefined;
    const stored = this.#stored(name);
    const asks = allAsksOf(manifest);
    const before = stored?.asks ?? NOTHING;
    const description = visible(manifest.description);
    const other = otherFile(asking, stored);
    const place =
      other === undefined ? [] : [`is another file than the approved ${visible(other)}`];
    return {
      version,
      hash: hashOf(asking),
      description,
      ...(stored !== undefined &&
        stored.description !== description && { descriptionBefore: stored.description }),
      wants: [...place, ...taking(asking), ...linesBeyond(asks, before)],
      drops: linesBeyond({ ...before, confirm: "always" }, asks),
      keeps: linesWithin(asks, before),
      runs: permitted !== undefined,
      ...(this.#known.get(name) === "damaged" && {
        damaged: `${this.#file(name)} is damaged, so that nothing in it counts; an approval writes it anew`,
      }),
    };
  }

  /**
   * Approves a version with all that it asks for. Throws `internal` when the disk takes no writes; then nothing is
   * approved.
   */
  approve(asking: Asking, by: Grant["by"]): void {
    const { name, version, manifest } = asking;
    const hash = hashOf(asking);
    const hashes = (this.#stored(name)?.hashes ?? []).filter((one) => one !== hash);
    const stored: Stored = {
      version,
      description: visible(manifest.description),
      approvedAt: this.#clock.now(),
      by,
      asks: allAsksOf(manifest),
      file: asking.file ?? this.#stored(name)?.file,
      place: asking.place ?? this.#stored(name)?.place,
      hashes: [...hashes, hash].slice(-HASHES_MAX),
    };
    this.#makeFolder();
    writePrivate(this.#file(name), `${JSON.stringify(stored, undefined, 1)}\n`);
    this.#known.set(name, stored);
  }

  /** Whether exactly this was approved, so that nothing would be written down anew. */
  isApproved(asking: Asking): boolean {
    const stored = this.#stored(asking.name);
    if (stored === undefined || otherFile(asking, stored) !== undefined) return false;
    return stored.hashes.at(-1) === hashOf(asking);
  }

  /** All that any function was approved to write, as it was named. */
  written(): readonly string[] {
    return listed(this.#dir).flatMap((name) => this.#stored(name)?.asks.write ?? []);
  }

  /** Forgets what was approved; `false`: nothing was. */
  revoke(name: string): boolean {
    const stored = this.#stored(name);
    const had = stored !== undefined || this.#known.get(name) === "damaged";
    removeQuietly(this.#file(name));
    this.#known.delete(name);
    if (this.#stored(name) !== undefined)
      throw new MoultError("internal", `Cannot remove ${this.#file(name)}; remove it by hand`);
    return had;
  }

  #stored(name: string): Stored | undefined {
    if (!this.#known.has(name)) this.#known.set(name, this.#read(name));
    const known = this.#known.get(name);
    return known === "damaged" ? undefined : known;
  }

  #read(name: string): Stored | "damaged" | undefined {
    let text: string;
    try {
      text = readFileSync(this.#file(name), "utf8");
    } catch (error) {
      return isMissing(error) ? undefined : "damaged";
    }
    try {
      return v.parse(Stored, JSON.parse(text));
    } catch {
      return "damaged";
    }
  }

  #makeFolder(): void {
    try {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    } catch {
      // Whoever writes into it says why it is not there.
    }
  }

  #file(name: string): string {
    if (!FUNCTION_NAME.test(name)) throw new Error(`"${name}" is not a function's name`);
    return join(this.#dir, `${name}.json`);
  }
}

/** What a version would have of another file's, one line. */
export function taking({ takes }: Asking): readonly string[] {
  return takes === undefined ? [] : [takes];
}

/** Who lays another file under an approved name has not changed what was approved. */
function isExact(asking: Asking, stored: Stored): boolean {
  return asking.isExact === true || otherFile(asking, stored) !== undefined;
}

/** The file that was approved under the name, when it is another one. */
function otherFile({ file, place }: Asking, stored: Stored | undefined): string | undefined {
  if (place !== undefined && stored?.place !== undefined)
    return place === stored.place ? undefined : stored.place;
  return file === undefined || file === stored?.file ? undefined : stored?.file;
}

/** Names of functions that have a record. */
function listed(dir: string): readonly string[] {
  try {
    const names = readdirSync(dir).map((file) => basename(file, ".json"));
    return names.filter((name) => FUNCTION_NAME.test(name));
  } catch {
    return [];
  }
}

/** SHA-256 over what runs, the lock files of its packages, and all that it declares. */
function hashOf({ path, projects = [], manifest }: Asking): string {
  const { warnings: _warnings, ...declared } = manifest;
  const locks = projects.flatMap((dir) => LOCKS.map((lock) => fileHash(join(dir, lock))));
  return contentHash(canonicalJson({ code: fileHash(path), locks, declared }));
}

/** Of a missing file none, and of a pipe or a device, which has no end. */
function fileHash(path: string): string {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return "";
    // As long as none is: whoever changes it also changes its time.
    if (stats.size > HASHED_BYTES_MAX) return `${String(stats.size)}.${String(stats.mtimeMs)}`;
    return contentHash(readFileSync(path));
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function sorted({ net, read, write, exec, call }: Permissions): readonly string[][] {
  return [net, read, write, exec, call].map((list) => [...new Set(list)].toSorted());
}
