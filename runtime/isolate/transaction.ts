/** The values a call sets: kept here until it returns, so that a call that throws or dies has set nothing. */
import type { KeyValue } from "../define.ts";
import type { KvWrite } from "../ports.ts";
import { MoultError } from "../../schemas/error.ts";
import { KEY_CHARS_MAX, VALUE_CHARS_MAX, WRITES_CHARS_MAX, WRITES_MAX } from "./protocol.ts";

/** The stored values, as others see them. */
export interface Stored {
  readonly get: (key: string) => Promise<unknown>;
  readonly list: (
    prefix: string,
    limit: number,
  ) => Promise<readonly { readonly key: string; readonly value: unknown }[]>;
}

const LIST_MAX = 1_000;

/** `ctx.kv` of one call. */
export class Transaction implements KeyValue {
  readonly #stored: Stored;
  /** JSON by key; `undefined` = removed. */
  readonly #staged = new Map<string, string | undefined>();
  #chars = 0;
  #ended = false;

  constructor(stored: Stored) {
    this.#stored = stored;
  }

  readonly get = async (key: string): Promise<unknown> => {
    checkKey(key);
    if (!this.#staged.has(key)) return await this.#stored.get(key);
    const staged = this.#staged.get(key);
    return staged === undefined ? undefined : (JSON.parse(staged) as unknown);
  };

  readonly set = async (key: string, value: unknown): Promise<void> => {
    checkKey(key);
    const json = toJson(key, value);
    if (json.length > VALUE_CHARS_MAX)
      throw refuse(
        `Cannot keep "${key}": ${String(json.length)} characters of JSON, at most ${String(VALUE_CHARS_MAX)}`,
      );
    this.#stage(key, json);
    await Promise.resolve();
  };

  readonly delete = async (key: string): Promise<void> => {
    checkKey(key);
    this.#stage(key, undefined);
    await Promise.resolve();
  };

  readonly list: KeyValue["list"] = async ({ prefix = "", limit = LIST_MAX } = {}) => {
    const most = Math.max(0, Math.min(Math.trunc(limit), LIST_MAX));
    // Each removed key may hide one stored entry.
    const stored = await this.#stored.list(prefix, Math.min(most + this.#staged.size, LIST_MAX));
    const merged = new Map(stored.map(({ key, value }) => [key, value]));
    for (const [key, json] of this.#staged) {
      if (!key.startsWith(prefix)) continue;
      if (json === undefined) merged.delete(key);
      else merged.set(key, JSON.parse(json));
    }
    return [...merged]
      .map(([key, value]) => ({ key, value }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, most);
  };

  /** Ends the call's turn to write and returns what it has set. */
  end(): readonly KvWrite[] {
    this.#ended = true;
    return [...this.#staged].map(([key, json]) =>
      json === undefined ? { key } : { key, value: JSON.parse(json) as unknown },
    );
  }

  #stage(key: string, json: string | undefined): void {
    if (this.#ended) throw refuse(`Cannot set "${key}": the call has returned already`);
    this.#chars += (json?.length ?? 0) - (this.#staged.get(key)?.length ?? 0);
    this.#staged.set(key, json);
    if (this.#staged.size > WRITES_MAX || this.#chars > WRITES_CHARS_MAX)
      throw refuse(
        `A call can set at most ${String(WRITES_MAX)} values and ${String(WRITES_CHARS_MAX)} characters`,
      );
  }
}

function refuse(text: string): MoultError {
  return new MoultError("tool/failed", text);
}

function checkKey(key: unknown): void {
  if (typeof key !== "string" || key.length === 0 || key.length > KEY_CHARS_MAX)
    throw refuse(`A key is a text of 1 to ${String(KEY_CHARS_MAX)} characters`);
}

function toJson(key: string, value: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value) as string | undefined;
  } catch (error) {
    throw new MoultError(
      "tool/failed",
      `Cannot keep "${key}": its value is not JSON`,
      undefined,
      error,
    );
  }
  if (json === undefined)
    throw refuse(`Cannot keep "${key}": its value is not JSON; use delete() to remove it`);
  return json;
}
