/** Finds the daemon and talks to its API. Knows no route's meaning. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findHome, runningDaemon } from "../runtime/home.ts";
import { MoultError, fromWire } from "../schemas/error.ts";
import type { Values } from "./program.ts";

/** A daemon's API with the key that opens it. */
export interface Client {
  readonly url: string;
  /** Asks for whatever there is. Rejects with the error that the daemon answered. */
  readonly ask: (
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ) => Promise<Response>;
  /** Asks for a JSON document. Rejects with the error that the daemon answered. */
  readonly json: <T>(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ) => Promise<T>;
  /** Asks for server-sent events, one parsed `data` each, until the daemon ends them. */
  readonly events: (
    method: string,
    path: string,
    options?: { readonly body?: unknown; readonly signal?: AbortSignal },
  ) => AsyncIterable<Readonly<Record<string, unknown>>>;
}

/** Where `--home` and the environment say the home is. */
export function homeOf(values: Values): string {
  return findHome(text(values["home"]), process.env, process.cwd());
}

/** An option's text, or `undefined`. */
export function text(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The daemon that the options or the home name; `undefined` when none runs. */
export function findDaemon(values: Values): Client | undefined {
  const home = homeOf(values);
  const url = text(values["url"]) ?? process.env["MOULT_URL"] ?? runningDaemon(home)?.url;
  if (url === undefined) return undefined;
  return clientFor(url, text(values["key"]) ?? process.env["MOULT_KEY"] ?? keyOf(home));
}

/** As `findDaemon`, but a missing daemon is a failure that says what to do. */
export function needDaemon(values: Values): Client {
  const client = findDaemon(values);
  if (client) return client;
  throw new MoultError(
    "model/unavailable",
    `No daemon runs for ${homeOf(values)}. Start one with "moult start" or "moult dev"`,
  );
}

function keyOf(home: string): string {
  try {
    return readFileSync(join(home, "owner.key"), "utf8").trim();
  } catch {
    throw new MoultError(
      "auth/missing",
      `Cannot read the key ${join(home, "owner.key")}; name one with --key or $MOULT_KEY`,
    );
  }
}

function clientFor(url: string, key: string): Client {
  const ask = async (
    method: string,
    path: string,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<Response> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new MoultError(
        "model/unavailable",
        `Cannot reach the daemon at ${url}; is it running? Try "moult start"`,
      );
    });
    if (response.ok) return response;
    const document = (await response.json().catch(() => ({}))) as { error?: unknown };
    throw fromWire(document.error);
  };
  return {
    url,
    ask,
    json: async <T>(method: string, path: string, body?: unknown, signal?: AbortSignal) => {
      const response = await ask(method, path, body, signal);
      return (response.status === 204 ? undefined : await response.json()) as T;
    },
    async *events(method, path, { body, signal } = {}) {
      const response = await ask(method, path, body, signal);
      if (response.body) yield* parseEvents(response.body);
    },
  };
}

async function* parseEvents(
  body: ReadableStream<Uint8Array>,
): AsyncIterable<Readonly<Record<string, unknown>>> {
  const decoder = new TextDecoder();
  let pending = "";
  for await (const chunk of body) {
    pending += decoder.decode(chunk, { stream: true });
    const blocks = pending.split("\n\n");
    pending = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event) yield event;
    }
  }
}

function parseBlock(block: string): Readonly<Record<string, unknown>> | undefined {
  let type = "";
  let data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) type = line.slice(6).trim();
    if (line.startsWith("data:")) data += line.slice(5).trimStart();
  }
  if (data === "") return undefined;
  const parsed = JSON.parse(data) as Readonly<Record<string, unknown>>;
  return type === "" ? parsed : { type, ...parsed };
}
