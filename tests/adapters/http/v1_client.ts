/** OpenAI's own client, unmodified. It lives with the tools; where they are not installed, what needs it is skipped. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as Client from "../../tools/node_modules/openai/index.d.ts";

const ENTRY = join(import.meta.dir, "../../tools/node_modules/openai/index.mjs");

/** The client's module. */
export type OpenAi = typeof Client;
/** A client. */
export type V1 = Client.OpenAI;

const found = existsSync(ENTRY) ? ((await import(ENTRY)) as OpenAi) : undefined;

/** It is there. */
export const hasOpenAi = found !== undefined;

/** The client's module. */
export function openAi(): OpenAi {
  if (found === undefined) throw new Error("The tools are not installed");
  return found;
}

/** A client of a daemon, as its documentation says: another address, another key. It asks once. */
export function clientOf(url: string, home: string, more: { readonly apiKey?: string } = {}): V1 {
  const apiKey = readFileSync(join(home, "owner.key"), "utf8").trim();
  const { OpenAI } = openAi();
  return new OpenAI({ baseURL: new URL("/v1", url).href, apiKey, maxRetries: 0, ...more });
}

/** What a request of the client's fails with. Its promises are not plain ones, which is why `rejects` is of no use. */
export async function failureOf(asked: PromiseLike<unknown>): Promise<unknown> {
  const done = await asked.then(
    () => ({ failed: false, error: undefined }),
    (error: unknown) => ({ failed: true, error }),
  );
  if (!done.failed) throw new Error("It did not fail");
  return done.error;
}
