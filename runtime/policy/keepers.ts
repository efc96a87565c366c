/**
 * Whose values lie under a name, so that no file reads what another one has stored because it has the same name. The
 * values themselves lie in the store; this knows only who keeps them, in `<home>/kv/keepers.json`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { MoultError } from "../../schemas/error.ts";
import { FUNCTION_NAME, type Origin } from "../../schemas/function.ts";
import type { Store } from "../ports.ts";
import { writeWhole } from "../whole_file.ts";
import { visible } from "./asks.ts";

/** Keeps the values of a function that came with moult, and its name. No file is called that. */
const MOULT = "moult";
/** Keeps values whose file nobody remembers. */
const NOBODY = "";

// As pairs: a function may be called "constructor".
const names = v.array(v.tuple([v.string(), v.string()]));
const Stored = v.object({
  /** Each name, and where its file lies. */
  keepers: names,
  /** Who it was before an approval. */
  before: names,
});

/** Whoever may keep values: a version, and where its file lies, as `Bundle` says. */
export interface Keeping {
  readonly name: string;
  readonly origin: Origin;
  readonly place?: string | undefined;
}

/** See above. */
export class Keepers {
  readonly #path: string;
  readonly #store: Pick<Store, "kvOwners">;
  #keepers = new Map<string, string>();
  #before = new Map<string, string>();
  #builtins: ReadonlySet<string> = new Set();

  constructor(home: string, store: Pick<Store, "kvOwners">) {
    this.#path = join(home, "kv", "keepers.json");
    this.#store = store;
  }

  /**
   * Reads who keeps what. To be called before anything is loaded. Where nobody has ever noted that, each file that lies
   * there now keeps what is stored under its name.
   *
   * @param originOf Whether a file came with moult
   * @param builtins Names of the functions that came with moult: these names are theirs from the beginning
   */
  async begin<T extends Omit<Keeping, "origin">>(
    found: readonly T[],
    originOf: (one: T) => Origin,
    builtins: ReadonlySet<string>,
  ): Promise<void> {
    this.#builtins = builtins;
    const stored = this.#read();
    if (stored !== undefined) {
      this.#keepers = new Map(stored.keepers);
      this.#before = new Map(stored.before);
    }
    const owners = await this.#store.kvOwners();
    const withValues = new Set(owners.filter((name) => FUNCTION_NAME.test(name)));
    for (const one of stored === undefined ? found : []) {
      if (!withValues.has(one.name) && !builtins.has(one.name)) continue;
      const identity = this.#identity({ ...one, origin: originOf(one) });
      if (identity !== MOULT) this.#keepers.set(one.name, identity);
    }
    for (const name of withValues)
      if (this.#keeper(name) === undefined) this.#keepers.set(name, NOBODY);
    // A disk that takes no writes must not keep a daemon from starting that has nothing to note.
    const isNews = stored?.keepers.length !== this.#keepers.size;
    if (stored === undefined || isNews) this.#write();
  }

  /** What another file has stored under the name of this one, as its owner reads it; `undefined`: nothing. */
  taken(one: Keeping): string | undefined {
    const identity = this.#identity(one);
    const keeper = this.#keeper(one.name);
    if (identity === MOULT || keeper === undefined) return undefined;
    if (keeper === identity && keeper !== NOBODY) return undefined;
    if (keeper === MOULT)
      return `takes the place of the ${one.name} that came with moult, and its values`;
    return keeper === NOBODY
      ? `would read what an earlier ${one.name} has stored`
      : `would read what ${one.name} (${visible(keeper)}) has stored`;
  }

  /** To be asked before values are read. Throws `policy/denied` when another file keeps them. */
  check(one: Keeping): void {
    if (this.taken(one) === undefined) return;
    const text = `Cannot use the values under "${one.name}": another file has stored them; run "moult approve ${one.name}", or give this file another name`;
    throw new MoultError("policy/denied", text, { kind: "kv" });
  }

  /** To be told before values are stored: from then on they are this file's. Throws as `check()`, or `internal`. */
  claim(one: Keeping): void {
    this.check(one);
    const identity = this.#identity(one);
    if (this.#keeper(one.name) === identity) return;
    this.#keepers.set(one.name, identity);
    this.#before.delete(one.name);
    this.#write();
  }

  /** Makes a file the keeper, as its owner wants. Throws `internal` when the disk takes no writes. */
  give(one: Keeping): void {
    if (this.taken(one) === undefined) return;
    this.#before.set(one.name, this.#keeper(one.name) ?? NOBODY);
    this.#keepers.set(one.name, this.#identity(one));
    this.#write();
  }

  /** Takes that back. */
  takeBack(name: string): void {
    const before = this.#before.get(name);
    if (before === undefined) return;
    this.#before.delete(name);
    this.#keepers.set(name, before);
    this.#write();
  }

  /** What a keeper is known by: a copy of what came with moult is not that under another name. */
  #identity({ name, origin, place }: Keeping): string {
    // A file whose place is not known is nobody.
    return origin === "builtin" && this.#builtins.has(name) ? MOULT : (place ?? NOBODY);
  }

  #keeper(name: string): string | undefined {
    return this.#keepers.get(name) ?? (this.#builtins.has(name) ? MOULT : undefined);
  }

  /** `undefined`: it was never written. Of a damaged one nothing counts, and nobody keeps what is stored. */
  #read(): v.InferOutput<typeof Stored> | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      return { keepers: [], before: [] };
    }
    try {
      return v.parse(Stored, JSON.parse(text));
    } catch {
      return { keepers: [], before: [] };
    }
  }

  #write(): void {
    const stored = { keepers: [...this.#keepers], before: [...this.#before] };
    writeWhole(this.#path, `${JSON.stringify(stored, undefined, 1)}\n`, {
      mode: 0o600,
      folder: true,
    });
  }
}
