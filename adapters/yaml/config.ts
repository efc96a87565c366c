/** Reads `moult.yaml` with positions, so that every complaint says file:line:column. Knows no meaning of any key. */
import { readFileSync } from "node:fs";
import * as v from "valibot";
import { LineCounter, parseDocument, isScalar, visit, type Document } from "yaml";
import { nearest } from "../../runtime/spelling.ts";
import {
  Config,
  ConfigError,
  LATER_KEYS,
  OPEN_SECTIONS,
  UNUSED_KEYS,
} from "../../schemas/config.ts";

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
  const look = (value: unknown, schemas: Entries, path: readonly string[]): string[] => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([key, inner]) => {
      const here = [...path, key];
      const schema = schemas[key];
      const isLater =
        UNUSED_KEYS.some((unused) => unused === here.join(".")) ||
        (schema === undefined && isForLater(path, key));
      if (isLater) return [`${at(here)} "${here.join(".")}" is not used by this version`];
      if (schema === undefined) return [unknownKey(at(here), key, Object.keys(schemas))];
      const entries = entriesOf(schema);
      return entries === undefined ? [] : look(inner, entries, here);
    });
  };
  return look(data, Config.entries, []);
}

type Entries = Readonly<Record<string, unknown>>;

function isForLater([section = "", ...deeper]: readonly string[], key: string): boolean {
  if (deeper.length > 0) return false;
  const isOpen = OPEN_SECTIONS.some((open) => open === section);
  return isOpen || LATER_KEYS[section]?.includes(key) === true;
}

/** Schemas of the keys of an optional object schema; `undefined` for anything else. */
function entriesOf(schema: unknown): Entries | undefined {
  return (schema as { readonly wrapped?: { readonly entries?: Entries } }).wrapped?.entries;
}

function unknownKey(at: string, key: string, known: readonly string[]): string {
  const close = nearest(key, known);
  return `${at} Unknown key "${key}"${close ? `; did you mean "${close}"?` : `; known: ${known.join(", ")}`}`;
}
