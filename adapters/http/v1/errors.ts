/** Failures in OpenAI's shape: its clients choose their error classes by the status, and show `message`. Knows no route. */
import type { Log } from "../../../runtime/ports.ts";
import { ERROR_STATUS, MoultError, isMoultError, toWire } from "../../../schemas/error.ts";
import { Refusal, adviseRetry, json, retryAfter } from "../answer.ts";

/** Paths whose failures have this shape. */
export function isOpenAi(path: string): boolean {
  return path === "/v1" || path.startsWith("/v1/");
}

/** `param` and `code` of the document, where the failure names them. */
interface Told {
  readonly param: string | null;
  readonly code: string | null;
}

const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  429: "rate_limit_error",
};

/** OpenAI's words for what a status alone does not say. */
const CODES: Readonly<Record<number, string>> = {
  401: "invalid_api_key",
  403: "permission_denied",
  404: "unknown_url",
  405: "method_not_allowed",
  413: "request_too_large",
  429: "rate_limit_exceeded",
  500: "internal_error",
  503: "model_unavailable",
};

/** A request that asks for something that is not done here. @param param the field, e.g. `messages.0.content` */
export function unsupported(param: string, message: string): MoultError {
  return new MoultError("input/invalid", message, { param, code: "unsupported_parameter" });
}

/** A value that cannot be. @param param the field */
export function invalid(param: string, message: string): MoultError {
  return new MoultError("input/invalid", message, { param, code: "invalid_value" });
}

/** 404 of a model that there is not. */
export function noSuchModel(id: string): Refusal {
  return new Refusal(
    404,
    "input/invalid",
    `The model "${id.slice(0, 200)}" does not exist; GET /v1/models lists those that do`,
    { details: { param: "model", code: "model_not_found" } },
  );
}

/** The document of a failure, as it stands in an answer or in a stream. */
export function errorDocument(error: unknown): { readonly error: object } {
  const { message } = toWire(error);
  const status = statusOf(error);
  const usual = status >= 500 ? "server_error" : "invalid_request_error";
  return { error: { message, type: TYPES[status] ?? usual, ...told(error, status) } };
}

/** The answer to a request below `/v1` that failed. What was not foreseen goes to the log, and its text stays there. */
export function openAiFailure(error: unknown, log: Log, route: string): Response {
  if (!isMoultError(error)) log.error({ error, route }, "A request failed");
  const headers: Record<string, string> = error instanceof Refusal ? { ...error.headers } : {};
  const status = statusOf(error);
  if (status === 401) headers["www-authenticate"] = 'Bearer realm="moult"';
  const after = isMoultError(error) ? retryAfter(error.details) : undefined;
  return adviseRetry(json(errorDocument(error), status, headers), after);
}

function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status;
  return ERROR_STATUS[toWire(error).code];
}

function told(error: unknown, status: number): Told {
  const details = isMoultError(error) ? (error.details ?? {}) : {};
  const { param, code, promptTokens, contextTokens } = details;
  if (typeof promptTokens === "number" && typeof contextTokens === "number")
    return { param: "messages", code: "context_length_exceeded" };
  return {
    param: typeof param === "string" ? param : null,
    code: typeof code === "string" ? code : (CODES[status] ?? null),
  };
}
