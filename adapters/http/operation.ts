/** One route: where it is, which grant it needs, how it is documented, and what answers it. */
import type * as v from "valibot";
import type { ErrorCode } from "../../schemas/error.ts";
import type { JsonSchema } from "../../schemas/function.ts";
import type { Principal } from "../../schemas/message.ts";

/** Methods that routes use. */
export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** A request that was let in. */
export interface Asked {
  readonly request: Request;
  /** The `{…}` parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly principal: Principal;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  /** Aborts when the server stops: for answers that have no end of their own. */
  readonly stopping: AbortSignal;
}

/** A route. */
export interface Operation {
  readonly method: Method;
  /** With `{…}` for parts that vary: also the `route` label of the metrics. */
  readonly path: string;
  /** The grant it needs, with the same `{…}` parts, e.g. `read:session/{session}`. Absent: open to everybody. */
  readonly grant?: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: "functions" | "sessions" | "models" | "daemon";
  /** Names and meanings of query parameters. */
  readonly query?: Readonly<Record<string, string>>;
  /** What the body must be. Absent: no body is read. */
  readonly body?: v.GenericSchema;
  /** What a success answers. */
  readonly answer: {
    readonly status?: number;
    readonly description: string;
    /** @default "application/json" */
    readonly types?: readonly string[];
    readonly schema?: JsonSchema;
  };
  /** Failures of its own, besides those every route has. */
  readonly errors?: readonly ErrorCode[];
  /** Answers with a `Response`, or with what becomes a JSON document. Absent: the front answers it by itself. */
  readonly handle?: (asked: Asked) => unknown;
}

/** What a path names. */
export interface Match {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds operations by method and path. */
export class RouteTable {
  readonly operations: readonly Operation[];
  readonly #patterns: readonly {
    readonly parts: readonly string[];
    readonly operation: Operation;
  }[];

  constructor(operations: readonly Operation[]) {
    this.operations = operations;
    this.#patterns = operations.map((operation) => ({
      parts: operation.path.split("/"),
      operation,
    }));
  }

  /** The operation, or the methods that the path would take; none = no such path. */
  find(method: string, path: string): Match | { readonly allowed: readonly Method[] } {
    const parts = path.split("/", 12);
    const allowed: Method[] = [];
    for (const { parts: pattern, operation } of this.#patterns) {
      const params = matchParts(pattern, parts);
      if (params && operation.method === method) return { operation, params };
      if (params) allowed.push(operation.method);
    }
    return { allowed };
  }
}

/** A grant with its `{…}` filled in: `invoke:function/clock`. */
export function grantOf({ operation, params }: Match): string | undefined {
  return operation.grant?.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
}

function matchParts(
  pattern: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? "";
    if (expected.startsWith("{")) {
      if (part === "") return undefined;
      params[expected.slice(1, -1)] = decode(part);
    } else if (part !== expected) return undefined;
  }
  return params;
}

/** A part that is not well-formed stays as it came: no name of ours has a percent sign, so it is refused as a name. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
