/**
 * The Bot API by grammY, and what its failures mean: whether something was done, was not, or nobody knows.
 * No text that leaves this file holds the token or an address with it.
 */
import { Api, GrammyError, HttpError } from "grammy";

/** What a failed call means. */
export type Failure =
  /** Telegram answered no: nothing was done. */
  | {
      readonly kind: "refused";
      /** HTTP-like: 400, 401, 403, 404, 409, 429, 5xx; 0 where the server names none. */
      readonly status: number;
      readonly text: string;
      readonly retryAfterMs?: number;
      /** The group has become another chat. */
      readonly movedTo?: number;
    }
  /** No connection came about: nothing was done. */
  | { readonly kind: "unreachable"; readonly text: string }
  /** The call left and no answer came: it may have been done. */
  | { readonly kind: "unanswered"; readonly text: string };

/** Milliseconds that one call may take. */
export const CALL_MS_MAX = 20_000;

/** The longest wait that Telegram can ask for; after it, it is asked again. */
const WAIT_MS_MAX = 24 * 3_600_000;

/** Characters of Telegram's own words that are passed on. */
const TEXT_CHARS_MAX = 200;

/** Errors of the network that come before anything of a request has left. */
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "FailedToOpenSocket",
  "ConnectionRefused",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);
const TLS_REFUSED = /CERT|ERR_TLS|SELF_SIGNED/;

/** Something before the Bot API answered in its place. */
class NoDocument extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`HTTP ${status} without a document`);
    this.status = status;
  }
}

/** A client of the Bot API. */
export function createApi(token: string, apiRoot: string): Api {
  return new Api(token, {
    apiRoot,
    // Ours; grammY's shim would go through node-fetch.
    fetch: fetchDocument as never,
    // Each call has its own limit.
    timeoutSeconds: 600,
  });
}

/** Bun repeats a GET whose connection was closed, never a POST; grammY only posts. */
async function fetchDocument(
  url: string,
  init: Pick<RequestInit, "method" | "headers" | "body"> & { readonly signal?: EventTarget },
): Promise<Response> {
  const { method = "POST", headers, body } = init;
  const abort = new AbortController();
  // grammY's signal is its own class.
  init.signal?.addEventListener("abort", () => abort.abort(), { once: true });
  const response = await fetch(url, {
    method,
    signal: abort.signal,
    redirect: "error",
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined || body === null ? {} : { body }),
  });
  if (response.headers.get("content-type")?.includes("json")) return response;
  await response.body?.cancel();
  throw new NoDocument(response.status);
}

/** A signal for one call, in the type that grammY wants. */
export function limit(ms = CALL_MS_MAX, closing?: AbortSignal): never {
  const late = AbortSignal.timeout(ms);
  return (closing === undefined ? late : AbortSignal.any([late, closing])) as never;
}

/** What went wrong with a call. */
export function failureOf(error: unknown): Failure {
  if (error instanceof GrammyError) return refused(error);
  const cause: unknown = error instanceof HttpError ? error.error : error;
  if (cause instanceof NoDocument) return undocumented(cause.status);
  const code = codeOf(cause);
  if (code !== undefined && (NOT_SENT.has(code) || TLS_REFUSED.test(code))) {
    return { kind: "unreachable", text: `Telegram cannot be reached: ${code}` };
  }
  const isLate = code === "AbortError" || code === "TimeoutError";
  const why = isLate ? "in time" : `(${code ?? "the connection broke"})`;
  return { kind: "unanswered", text: `Telegram did not answer ${why}` };
}

function refused({ error_code, description, parameters }: GrammyError): Failure {
  const { retry_after: seconds, migrate_to_chat_id: movedTo } = parameters;
  // Peers of the Bot API leave these out.
  const status = typeof error_code === "number" ? error_code : 0;
  const words = typeof description === "string" ? description.slice(0, TEXT_CHARS_MAX) : "refused";
  return {
    kind: "refused",
    status,
    text: `Telegram says: ${words}`,
    ...(seconds === undefined ? {} : { retryAfterMs: waitMs(seconds) }),
    ...(movedTo === undefined ? {} : { movedTo }),
  };
}

/** Within what a timer takes: it would go off at once. */
function waitMs(seconds: number): number {
  return Math.min(Math.max(seconds * 1_000 || 0, 0), WAIT_MS_MAX);
}

/** A gateway that waited in vain does not know what became of the call; others have not passed it on. */
function undocumented(status: number): Failure {
  const text = `Telegram's gateway answered ${status}`;
  return status === 504 || status < 400
    ? { kind: "unanswered", text }
    : { kind: "refused", status, text };
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.name === "Error" || error.name === "TypeError" ? undefined : error.name;
}
