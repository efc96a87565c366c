/** Takes secrets out of what is about to be logged. Knows keys by their names and shapes, never by their meaning. */
import { shortText } from "../../runtime/short_text.ts";

/** Fields whose texts are never written, wherever they stand. Numbers stay: `promptTokens` is no secret. */
const SECRET_FIELD =
  /(?:^|[._-])(?:authorization|cookie|api_?key|key|token|secret|password|passwd|passphrase|connection_?string)s?$/i;
const SECRET_FIELD_CAMEL = /[a-z\d](?:Authorization|Key|Token|Secret|Password|Passphrase)s?$/;
/** Keys that moult issues, and anything sent as a bearer token. */
const SECRET_TEXT = /\bmoult_[A-Za-z0-9_-]{16,}|(\b[Bb]earer +)[A-Za-z0-9._~+/=-]{8,}/g;
const REDACTED = "[redacted]";
/** Depth, entries, values and characters that one line keeps; a log is not a dump. */
const DEPTH_MAX = 6;
const ENTRIES_MAX = 100;
const VALUES_MAX = 500;
const TEXT_CHARS_MAX = 8_000;

/** A copy of `facts` that can be written: no secrets, no cycles, errors with their fields, everything bounded. */
export function redact(facts: object): Record<string, unknown> {
  return new Copier().fields(facts, 0);
}

/** `text` without keys and bearer tokens. */
export function scrub(text: string): string {
  return text.replace(
    SECRET_TEXT,
    (_, bearer: string | undefined) => `${bearer ?? "moult_"}${REDACTED}`,
  );
}

/** Copies one line's facts. Cycles end at the bounds. */
class Copier {
  #left = VALUES_MAX;

  fields(value: object, depth: number): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(value).slice(0, ENTRIES_MAX)) {
      if (--this.#left < 0) break;
      copy[scrub(name)] = isSecret(name, item) ? REDACTED : this.#copy(item, depth);
    }
    return copy;
  }

  #copy(value: unknown, depth: number): unknown {
    if (typeof value === "string") {
      return scrub(shortText(value, TEXT_CHARS_MAX).toWellFormed());
    }
    if (typeof value === "bigint") return String(value);
    if (typeof value === "function" || typeof value === "symbol") return undefined;
    if (typeof value !== "object" || value === null) return value;
    if (depth >= DEPTH_MAX || --this.#left < 0) return "[more]";
    return this.#object(value, depth + 1);
  }

  #object(value: object, depth: number): unknown {
    if (value instanceof Error) return this.#error(value, depth);
    if (value instanceof Date) return String(value);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) {
      return value.slice(0, ENTRIES_MAX).map((item: unknown) => this.#copy(item, depth));
    }
    return this.fields(value, depth);
  }

  #error(error: Error, depth: number): object {
    const { name, message, stack, cause } = error;
    return {
      ...this.fields(error, depth),
      name,
      message: this.#copy(message, depth),
      ...(stack === undefined ? {} : { stack: this.#copy(stack, depth) }),
      ...(cause === undefined ? {} : { cause: this.#copy(cause, depth) }),
    };
  }
}

function isSecret(name: string, value: unknown): boolean {
  if (typeof value === "number" || typeof value === "boolean") return false;
  if (value === null || value === undefined) return false;
  return SECRET_FIELD.test(name) || SECRET_FIELD_CAMEL.test(name);
}
