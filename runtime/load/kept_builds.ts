/** Bundles out of what is kept on disk: the one to go on with after a restart, the one to go back to. Starts nothing. */
import type { Bundle, Deployment } from "../isolate/deployment.ts";
import type { Clock } from "../ports.ts";
import type { Manifest, Origin } from "../../schemas/function.ts";
import type { Built } from "./build.ts";
import { type Input, refreshed } from "./inputs.ts";
import type { Found } from "./scan.ts";
import type { Version, Versions } from "./versions.ts";

/** A function file that was just built. */
export interface Made extends Built {
  /** SHA-256 of the function file. */
  readonly sourceHash: string;
  /** What it was made of, itself first. */
  readonly files: readonly Input[];
}

/** What a deployment of a build says of it. */
type Loaded = Pick<Deployment, "manifest" | "isHearsay">;

/** A bundle that an earlier run has built. */
export interface Unchanged {
  readonly bundle: Bundle;
  readonly files: readonly Input[];
  readonly builtAt: number;
}

/** What is known of files beforehand. */
export interface KnownFiles {
  /** Content hashes of those that came with moult. */
  readonly builtins: ReadonlySet<string>;
  /** Manifests of those that are known without running them, by content hash. @default none */
  readonly manifests?: ReadonlyMap<string, Manifest> | undefined;
  /** Where a path lies, seen from the folder that moult's home lies in. */
  readonly placeOf: (path: string) => string;
}

/** The builds of all functions. */
export class KeptBuilds {
  readonly #versions: Versions;
  readonly #builtins: ReadonlySet<string>;
  readonly #clock: Clock;
  readonly #manifests: ReadonlyMap<string, Manifest>;
  readonly #placeOf: (path: string) => string;

  constructor(
    versions: Versions,
    clock: Clock,
    { builtins, manifests = new Map(), placeOf }: KnownFiles,
  ) {
    this.#placeOf = placeOf;
    this.#versions = versions;
    this.#builtins = builtins;
    this.#clock = clock;
    this.#manifests = manifests;
  }

  /** What to serve without looking closer: no file has changed, and the manifest is known. */
  unchanged(found: Found): Unchanged | undefined {
    const shelf = this.#versions.shelf(found.name);
    const newest = shelf.versions.at(-1);
    if (newest === undefined || newest.inputs[0]?.path !== found.path) return undefined;
    const files = refreshed(newest.inputs);
    if (files === undefined) return undefined;
    const kept = this.#versions.find(found.name, shelf.pinned?.version ?? newest.version);
    if (kept === undefined) return undefined;
    const bundle = this.#bundle(found.name, kept);
    return bundle.manifest && { bundle, files, builtAt: kept.builtAt };
  }

  /** The version that served this file last, whatever the file holds now. */
  last(found: Found): Bundle | undefined {
    const { pinned, versions } = this.#versions.shelf(found.name);
    const newest = versions.at(-1);
    if (newest === undefined || newest.inputs[0]?.path !== found.path) return undefined;
    const kept = this.#versions.find(found.name, pinned?.version ?? newest.version);
    return kept && this.#bundle(found.name, kept);
  }

  /** Writes a build to the disk. Throws `internal` when that takes no writes. */
  put(name: string, made: Made): Bundle {
    const { version } = made;
    this.#versions.write(name, version, made.text);
    const path = this.#versions.path(name, version);
    const origin = this.#origin(made.sourceHash, made.files.length);
    const shipped = origin === "builtin" ? this.#manifests.get(made.sourceHash) : undefined;
    const manifest = made.manifest ?? shipped;
    const projects = projectsOf(made.files);
    const told = manifest !== undefined && { manifest };
    return { name, version, path, origin, projects, ...this.#place(made.files), ...told };
  }

  /**
   * Lists a build that has loaded as the newest, as its deployment says. Throws `internal` when the disk takes no writes.
   * @param serving The version that goes on meanwhile, which is not forgotten @default the new one
   */
  keep(name: string, made: Made, loaded: Loaded, serving: string = made.version): void {
    const { version, sourceHash, text, files } = made;
    const { manifest, isHearsay = false } = loaded;
    const builtAt = this.#clock.now();
    const bytes = Buffer.byteLength(text);
    const inputs = [...files];
    const kept = { version, sourceHash, builtAt, bytes, inputs, manifest, isHearsay };
    this.#versions.add(name, kept, serving);
  }

  /** Corrects the manifest of a build. Throws `internal` when the disk takes no writes. */
  describe(name: string, version: string, manifest: Manifest): void {
    this.#versions.describe(name, version, manifest);
  }

  /** Removes a build that has not loaded. */
  discard(name: string, version: string): void {
    this.#versions.discard(name, version);
  }

  /** The bundle that a rollback chose, as long as the file has the content it had then; else that is forgotten. */
  pinned(name: string, made: Made): Bundle | undefined {
    const { pinned, versions } = this.#versions.shelf(name);
    if (pinned === undefined) return undefined;
    const same = pinned.sourceHash === made.sourceHash && versions.at(-1)?.version === made.version;
    const chosen = same ? this.#versions.find(name, pinned.version) : undefined;
    if (chosen === undefined) this.#versions.unpin(name);
    return chosen && this.#bundle(name, chosen);
  }

  /** A build that is still there. */
  find(name: string, version: string): Bundle | undefined {
    const kept = this.#versions.find(name, version);
    return kept && this.#bundle(name, kept);
  }

  /**
   * The bundle to go back to from `present`: the newest before it that did not crash its way out.
   * @param mayRun Whether one may be gone back to
   */
  before(name: string, present: string, mayRun: (bundle: Bundle) => boolean): Bundle | undefined {
    const { versions } = this.#versions.shelf(name);
    const at = versions.findIndex(({ version }) => version === present);
    return versions
      .slice(0, at === -1 ? versions.length : at)
      .filter((one) => !one.crashed && this.#versions.find(name, one.version) !== undefined)
      .map((one) => this.#bundle(name, one))
      .findLast(mayRun);
  }

  /** Remembers a rollback until the file's content is no longer `sourceHash`. `crashed`: never to go back to. */
  pin(name: string, version: string, sourceHash: string, crashed?: string): void {
    this.#versions.pin(name, { version, sourceHash }, crashed);
  }

  /** Forgets a rollback. */
  unpin(name: string): void {
    this.#versions.unpin(name);
  }

  #bundle(name: string, kept: Version): Bundle {
    const { version, sourceHash, inputs, isHearsay } = kept;
    const path = this.#versions.path(name, version);
    const manifest = this.#versions.manifest(kept);
    const origin = this.#origin(sourceHash, inputs.length);
    const projects = projectsOf(inputs);
    const told = manifest !== undefined && { manifest, isHearsay };
    return { name, version, path, origin, projects, ...this.#place(inputs), ...told };
  }

  #place([own]: readonly Input[]): Pick<Bundle, "place"> {
    return own === undefined ? {} : { place: this.#placeOf(own.path) };
  }

  /** A built-in is one file with a known content, and nothing else. */
  #origin(sourceHash: string, files: number): Origin {
    return files === 1 && this.#builtins.has(sourceHash) ? "builtin" : "user";
  }
}

/** Folders whose `node_modules` a build took packages from. */
function projectsOf(files: readonly Input[]): readonly string[] {
  const folders = files.flatMap(({ path }) => {
    const at = path.indexOf("/node_modules/");
    return at === -1 ? [] : [path.slice(0, at)];
  });
  return [...new Set(folders)];
}
