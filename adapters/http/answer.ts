/** Answers as the API gives them: JSON documents, and errors in their one shape. Knows no route. */
import type { Log } from "../../runtime/ports.ts";
import {
  ERROR_STATUS,
  type ErrorCode,
  MoultError,
  type WireError,
  isMoultError,
  toWire,
} from "../../schemas/error.ts";

/** Seconds after which a request that was refused with this status is worth another try. */
const RETRY_SECONDS: Readonly<Record<number, string>> = { 429: "1", 503: "5" };

/** Errors are short. What is longer is an answer that happens to have that status. */
const REFUSAL_BYTES_MAX = 4_096;

/** Tells a client that was refused for now when to come back. @param afterMs how long that takes, where it is known */
export function adviseRetry(response: Response, afterMs?: number): Response {
  const usual = RETRY_SECONDS[response.status];
  const known = afterMs === undefined ? undefined : String(Math.max(1, Math.ceil(afterMs / 1_000)));
  const seconds = usual === undefined ? undefined : (known ?? usual);
  if (seconds !== undefined) response.headers.set("retry-after", seconds);
  return response;
}

/** What a refusal says besides its text. */
interface RefusalFacts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A refusal whose HTTP status is more exact than its code: an unknown path, a wrong method. */
export class Refusal extends MoultError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: ErrorCode, message: string, facts: RefusalFacts = {}) {
    super(code, message, facts.details);
    this.status = status;
    this.headers = facts.headers ?? {};
  }
}

/** 404 for something that has no error code of its own. */
export function missing(message: string): Refusal {
  return new Refusal(404, "input/invalid", message);
}

/** A JSON document. */
export function json(body: unknown, status = 200, headers?: Record<string, string>): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}

/** What a function answered, as it may leave. */
export async function called(response: Response): Promise<Response> {
  // A function must not log the owner's browser in as somebody, nor have its output run as a page of ours.
  if (response.headers.has("set-cookie")) response.headers.delete("set-cookie");
  response.headers.set("x-content-type-options", "nosniff");
  return response.status === 429 ? await comeAgain(response) : adviseRetry(response);
}

/** Whoever had no room for a function's question has said when to come again. */
async function comeAgain(response: Response): Promise<Response> {
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  if (!(length <= REFUSAL_BYTES_MAX)) return adviseRetry(response);
  const text = await response.text();
  const { status, headers } = response;
  return adviseRetry(new Response(text, { status, headers }), retryAfterIn(text));
}

function retryAfterIn(text: string): number | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: Partial<WireError> };
    return retryAfter(error?.details);
  } catch {
    return undefined;
  }
}

/** Milliseconds after which whoever had no room has some, where the failure says so. */
export function retryAfter(details: WireError["details"]): number | undefined {
  const after = details?.["retryAfterMs"];
  return typeof after === "number" && Number.isFinite(after) ? after : undefined;
}

/** The error document of whatever was thrown. What was not foreseen goes to the log, and its text stays there. */
export function failure(error: unknown, log: Log, route: string): Response {
  if (!isMoultError(error)) log.error({ error, route }, "A request failed");
  const wire = toWire(error);
  const refused = error instanceof Refusal ? error : undefined;
  const headers: Record<string, string> = { ...refused?.headers };
  if (wire.code === "auth/missing") headers["www-authenticate"] = 'Bearer realm="moult"';
  const status = refused?.status ?? ERROR_STATUS[wire.code];
  return adviseRetry(json({ error: wire }, status, headers), retryAfter(wire.details));
}

/** The answer to a client that has left: nobody reads it, the status is for the metrics. */
export function unread(): Response {
  return new Response(null, { status: 499 });
}
