/** Values that functions name in `secrets`: one private file of the home folder. Knows nothing of who may read them. */
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { MoultError } from "../../schemas/error.ts";
import { SECRET_NAME } from "../../schemas/function.ts";
import { writePrivate } from "../home.ts";

/** Characters of one secret. */
const VALUE_CHARS_MAX = 16_384;
const Stored = v.record(v.string(), v.string());

/** What an entry of a manifest's `secrets` names. */
export interface DeclaredSecret {
  readonly name: string;
  /**
   * `host:port` whose https requests carry it, or `http://host:port` of this machine; absent = any the function may
   * reach, and the function sees it.
   */
  readonly place?: string;
}

/** Reads `NAME`, `NAME@host:port` or `NAME@http://host:port`. */
export function declaredSecret(entry: string): DeclaredSecret {
  const at = entry.indexOf("@");
  return at < 0 ? { name: entry } : { name: entry.slice(0, at), place: entry.slice(at + 1) };
}

/** The secrets of one home folder. */
export class Secrets {
  readonly #file: string;
  #values: Record<string, string>;

  /** Reads the file; a missing one is empty. Throws `input/invalid` when it is damaged, and leaves it alone. */
  constructor(home: string) {
    this.#file = join(home, "secrets");
    this.#values = {};
    if (!existsSync(this.#file)) return;
    chmodSync(this.#file, 0o600);
    try {
      this.#values = v.parse(Stored, JSON.parse(readFileSync(this.#file, "utf8")));
    } catch {
      throw new MoultError(
        "input/invalid",
        `The file ${this.#file} is damaged; repair it (one JSON object of texts) or move it away`,
      );
    }
  }

  /** Names, in order. */
  list(): readonly string[] {
    return Object.keys(this.#values).toSorted();
  }

  /** The value, or `undefined` when the owner has not set it. */
  get(name: string): string | undefined {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  /**
   * Sets a value. Throws `input/invalid` on a bad name, an empty value or one over 16 384 characters, and `internal`
   * when the disk takes no writes; then the old value stays.
   */
  set(name: string, value: string): void {
    if (!SECRET_NAME.test(name)) {
      throw new MoultError(
        "input/invalid",
        `"${name}" is not a name for a secret; use capitals, digits and _, for example RATES_TOKEN`,
      );
    }
    if (value === "" || value.length > VALUE_CHARS_MAX) {
      throw new MoultError(
        "input/invalid",
        `The value of ${name} must have 1 to ${VALUE_CHARS_MAX} characters`,
      );
    }
    this.#save({ ...this.#values, [name]: value });
  }

  /** Removes a value; `false` when there was none. */
  remove(name: string): boolean {
    if (!Object.hasOwn(this.#values, name)) return false;
    const { [name]: _gone, ...rest } = this.#values;
    this.#save(rest);
    return true;
  }

  #save(values: Record<string, string>): void {
    writePrivate(this.#file, `${JSON.stringify(values, undefined, 1)}\n`);
    this.#values = values;
  }
}
