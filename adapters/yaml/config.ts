/** Reads `moult.yaml` with positions, so that every complaint says file:line:column. Knows no meaning of any key. */
import { readFileSync } from "node:fs";
import * as v from "valibot";
import { LineCounter, parseDocument, isScalar, visit, type Document } from "yaml";
import { nearest } from "../../runtime/spelling.ts";
import { Config, ConfigError, LATER_KEYS, UNUSED_KEYS } from "../../schemas/config.ts";

/** A configuration and what the owner should know about it. */
export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly string[];
}

/**
 * Loads a configuration file. `${NAME}` and `${NAME:-default}` in values are taken from `env`.
 * @throws {ConfigError} When the file cannot be read, is not YAML, names an unset variable, or has a wrong value.
 */
export function loadConfig(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): LoadedConfig {
  const lines = new LineCounter();
  const document = parseDocument(read(file), { lineCounter: lines });
  const at = (offset: number | undefined): string => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${file}:${line}:${col}`;
  };
  const broken = document.errors[0];
  if (broken) throw new ConfigError(`${at(broken.pos[0])} ${broken.message.split("\n")[0]}`);
  substitute(document, env, at);
  const data: unknown = document.toJS() ?? {};
  if (typeof data !== "object" || Array.isArray(data)) {
    throw new ConfigError(`${at(0)} the file: Expected keys like "server:", one per line`);
  }
  const parsed = v.safeParse(Config, data);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const path = (issue.path ?? []).map((item) => String(item.key));
    throw new ConfigError(
      `${at(offsetOf(document, path))} ${path.join(".") || "the file"}: ${issue.message}`,
    );
  }
  return {
    config: parsed.output,
    warnings: warningsOf(data, (path) => at(offsetOf(document, path))),
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`Cannot read the configuration ${file}: ${(error as Error).message}`);
  }
}

/** Replaces variables inside scalars, so that positions survive and a value cannot add YAML syntax. */
function substitute(
  document: Document,
  env: Readonly<Record<string, string | undefined>>,
  at: (offset: number | undefined) => string,
): void {
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== "string") return;
      node.value = node.value.replaceAll(
        /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
        (_all: string, name: string, fallback: string | undefined) => {
          const value = env[name] ?? fallback;
          if (value === undefined) {
            throw new ConfigError(
              `${at(node.range?.[0])} The environment variable ${name} is not set; set it or write \${${name}:-default}`,
            );
          }
          return value;
        },
      );
    },
  });
}

function offsetOf(document: Document, path: readonly string[]): number | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (node !== null && typeof node === "object" && "range" in node) {
      const { range } = node as { range?: readonly number[] | null };
      if (range) return range[0];
    }
    if (isScalar(node)) return node.range?.[0];
  }
  return undefined;
}

/** Unknown keys with a suggestion, and keys that this version reads but does not use. */
function warningsOf(data: unknown, at: (path: readonly string[]) => string): string[] {
  if (data === null || typeof data !== "object") return [];
  const entries: Readonly<Record<string, unknown>> = Config.entries;
  return Object.entries(data).flatMap(([key, value]) => {
    const schema = entries[key];
    if (schema === undefined) return [unknownKey(at([key]), key, Object.keys(entries))];
    if (UNUSED_KEYS.some((unused) => unused === key)) {
      return [`${at([key])} "${key}" is not used by this version`];
    }
    const known = knownKeys(schema);
    if (known === undefined || value === null || typeof value !== "object") return [];
    const strange = Object.keys(value).filter((inner) => !known.includes(inner));
    return strange.map((inner) =>
      LATER_KEYS[key]?.includes(inner)
        ? `${at([key, inner])} "${key}.${inner}" is not used by this version`
        : unknownKey(at([key, inner]), inner, known),
    );
  });
}

/** Keys of an optional object schema; `undefined` for anything else. */
function knownKeys(schema: unknown): readonly string[] | undefined {
  const wrapped = (schema as { readonly wrapped?: { readonly entries?: object } }).wrapped;
  return wrapped?.entries && Object.keys(wrapped.entries);
}

function unknownKey(at: string, key: string, known: readonly string[]): string {
  const close = nearest(key, known);
  return `${at} Unknown key "${key}"${close ? `; did you mean "${close}"?` : `; known: ${known.join(", ")}`}`;
}
