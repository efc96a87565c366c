/** Keeps the last builds of every function on disk, with what a restart needs to know of them. Knows no process. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import * as v from "valibot";
import { Manifest } from "../../schemas/function.ts";
import type { Log } from "../ports.ts";
import { removeQuietly, writeWhole } from "../whole_file.ts";
import { contentHash } from "../content_hash.ts";
import { Input } from "./inputs.ts";

/** Builds of one function that are kept. */
export const VERSIONS_KEPT = 5;

/** Manifests that another moult or another Bun derived are derived again. */
const MAKER = `2 bun ${Bun.version}`;

const Version = v.object({
  version: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/)),
  /** SHA-256 of the function file. */
  sourceHash: v.string(),
  /** Milliseconds since the epoch. */
  builtAt: v.number(),
  bytes: v.number(),
  inputs: v.array(Input),
  manifest: v.optional(Manifest),
  maker: v.string(),
  /** The manifest was read together with other files, which may have spoken for this one. */
  isHearsay: v.optional(v.boolean(), false),
  /** It was taken back because it crashed: no rollback leads here. */
  crashed: v.optional(v.boolean(), false),
});
/** One build of a function. */
export type Version = v.InferOutput<typeof Version>;

const Shelf = v.object({
  /** Oldest first; the last one was built from what the file held when it was last read. */
  versions: v.array(Version),
  /** Set by a rollback, until the file no longer has the content it had then. */
  pinned: v.optional(v.object({ version: v.string(), sourceHash: v.string() })),
});
/** All that is kept of one function. */
export type Shelf = v.InferOutput<typeof Shelf>;

/** The builds in `<home>/builds`. */
export class Versions {
  readonly #dir: string;
  readonly #log: Log;
  readonly #shelves = new Map<string, Shelf>();

  constructor(home: string, log: Log) {
    this.#dir = join(home, "builds");
    this.#log = log;
  }

  /** What is kept of a function. An index that cannot be read is made anew from the builds beside it. */
  shelf(name: string): Shelf {
    const known = this.#shelves.get(name);
    if (known !== undefined) return known;
    const shelf = this.#read(name);
    this.#shelves.set(name, shelf);
    return shelf;
  }

  /** Absolute path of a build. */
  path(name: string, version: string): string {
    return join(this.#dir, name, `${version}.js`);
  }

  /** A kept build that is still whole. */
  find(name: string, version: string): Version | undefined {
    const kept = this.shelf(name).versions.find((one) => one.version === version);
    if (kept === undefined) return undefined;
    const stat = statSync(this.path(name, version), { throwIfNoEntry: false });
    return stat?.size === kept.bytes ? kept : undefined;
  }

  /** The manifest of a build, unless another moult derived it. */
  manifest(kept: Version): Manifest | undefined {
    return kept.maker === MAKER ? kept.manifest : undefined;
  }

  /** Writes a build; nothing lists it yet. Throws `internal` when the disk does not take it. */
  write(name: string, version: string, text: string): void {
    writeWhole(this.path(name, version), text, { folder: true });
  }

  /** Removes a build that did not load, unless it is listed. */
  discard(name: string, version: string): void {
    if (this.shelf(name).versions.some((one) => one.version === version)) return;
    removeQuietly(this.path(name, version));
  }

  /** Lists a build as the newest, and forgets the oldest beyond those kept and `serving`. */
  add(name: string, version: Omit<Version, "maker" | "crashed">, serving: string): void {
    const shelf = this.shelf(name);
    const before = shelf.versions.find((one) => one.version === version.version);
    const others = shelf.versions.filter((one) => one !== before);
    const { builtAt, crashed } = before ?? { builtAt: version.builtAt, crashed: false };
    const versions = [...others, { ...version, builtAt, crashed, maker: MAKER }];
    const dropped = versions
      .slice(0, -VERSIONS_KEPT)
      .filter((one) => one.version !== serving && one.version !== shelf.pinned?.version);
    this.#save(name, { ...shelf, versions: versions.filter((one) => !dropped.includes(one)) });
    for (const one of dropped) removeQuietly(this.path(name, one.version));
  }

  /** Corrects what a listed build declares. */
  describe(name: string, version: string, manifest: Manifest): void {
    const shelf = this.shelf(name);
    const versions = shelf.versions.map((one) =>
      one.version === version ? { ...one, manifest, isHearsay: false, maker: MAKER } : one,
    );
    this.#save(name, { ...shelf, versions });
  }

  /** Remembers which version a rollback chose, and which one it was taken back for crashing. */
  pin(name: string, pinned: NonNullable<Shelf["pinned"]>, crashed?: string): void {
    const { versions } = this.shelf(name);
    for (const one of versions) if (one.version === crashed) one.crashed = true;
    this.#save(name, { versions, pinned });
  }

  /** Forgets what a rollback chose. */
  unpin(name: string): void {
    const { versions, pinned } = this.shelf(name);
    if (pinned !== undefined) this.#save(name, { versions });
  }

  #read(name: string): Shelf {
    const path = this.#index(name);
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch {
      return this.#recover(name);
    }
    try {
      return v.parse(Shelf, JSON.parse(text));
    } catch (error) {
      this.#log.warn(
        { function: name, path, error },
        "An index of builds is damaged; it is made anew",
      );
      return this.#recover(name);
    }
  }

  /** Builds that lie there and are what their names say, oldest first. Their manifests are not known. */
  #recover(name: string): Shelf {
    const versions: Version[] = [];
    for (const file of this.#files(name)) {
      const path = join(this.#dir, name, file);
      const version = basename(file, ".js");
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!/^[0-9a-f]{12}\.js$/.test(file) || stat === undefined) continue;
      if (!contentHash(readFileSync(path)).startsWith(version)) continue;
      const builtAt = stat.mtimeMs;
      versions.push({
        version,
        sourceHash: "",
        builtAt,
        bytes: stat.size,
        inputs: [],
        maker: "",
        isHearsay: false,
        crashed: false,
      });
    }
    return { versions: versions.toSorted((a, b) => a.builtAt - b.builtAt) };
  }

  #files(name: string): string[] {
    try {
      return readdirSync(join(this.#dir, name));
    } catch {
      return [];
    }
  }

  #save(name: string, shelf: Shelf): void {
    writeWhole(this.#index(name), JSON.stringify(shelf), { folder: true });
    this.#shelves.set(name, shelf);
  }

  #index(name: string): string {
    return join(this.#dir, name, "index.json");
  }
}
