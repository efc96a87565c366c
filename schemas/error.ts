/**
 * Every failure the runtime reports on purpose.
 *
 * Callers branch on `code`; people read `message`; the HTTP adapter turns `code` into a status with the table
 * below. Anything else that is thrown is a bug: it becomes `internal`, and its text stays in the log.
 */
import * as v from "valibot";

/** What went wrong, and the HTTP status it becomes. The table is closed: new codes are a contract change. */
export const ERROR_STATUS = {
  "input/invalid": 400, // The caller's value does not match the schema.
  "session/invalid": 400, // The session name has characters or a length we do not take.
  "channel/unsupported": 400, // Nobody registered a transport for this protocol.
  "auth/missing": 401, // No key, or one that we did not issue.
  "policy/denied": 403, // The principal or the function holds no grant for this.
  "function/pending": 403, // The owner has not approved this version yet.
  "function/not-found": 404, // No file of that name is loaded.
  "turn/not-found": 404, // No turn has this id.
  "message/conflict": 409, // This message id was used before, with another text.
  "body/too-large": 413, // The request is longer than we read.
  "function/invalid": 422, // The file does not build, or does not export a valid definition.
  "function/busy": 429, // `limits.concurrency` calls are running; retry later.
  "queue/full": 429, // A lane is full; retry later.
  internal: 500, // A bug of ours. The text is in the log, not in the answer.
  "output/invalid": 500, // The function broke its own output schema.
  "function/crashed": 502, // The function's process ended during the call.
  "tool/failed": 502, // The tool ran and says why it could not help.
  "model/unavailable": 503, // The model is loading, down, or could not be loaded.
  "function/limit": 504, // Stopped at one of `limits`; the message says which.
} as const;

/** One of the failures above. */
export type ErrorCode = keyof typeof ERROR_STATUS;

/** Failures of taking something in that pass by themselves: the same is to be handed over again later. */
export const PASSING: ReadonlySet<ErrorCode> = new Set([
  "queue/full",
  "model/unavailable",
  "internal",
]);

/** A failure that was foreseen. */
export class MoultError extends Error {
  override readonly name = "MoultError";
  readonly code: ErrorCode;
  /** Facts for the caller and the log. Never secrets, never shown to the model. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details?: Readonly<Record<string, unknown>>,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERROR_STATUS, code);
}

/**
 * Whether `error` is a foreseen failure.
 * By its code, not by `instanceof`: a function's bundle may carry its own copy of the class.
 */
export function isMoultError(error: unknown): error is MoultError {
  return error instanceof Error && "code" in error && isErrorCode(error.code);
}

/** What an error says, whatever was thrown. For logs and for the owner: it may hold anything. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A failure as it crosses a process or thread boundary, where `Error` objects lose their fields. */
export const WireError = v.object({
  code: v.custom<ErrorCode>(isErrorCode),
  message: v.string(),
  details: v.optional(v.record(v.string(), v.unknown())),
});
/** See the schema of the same name. */
export type WireError = v.InferOutput<typeof WireError>;

/**
 * Packs any thrown value for the other side. What was not foreseen becomes `internal` without its text,
 * which may hold secrets: log it before you pack it.
 */
export function toWire(error: unknown): WireError {
  if (!isMoultError(error))
    return { code: "internal", message: "Something broke inside moult; see its log" };
  const { code, message, details } = error;
  return details === undefined ? { code, message } : { code, message, details: { ...details } };
}

/** Unpacks what `toWire()` packed. Whatever else the other side sent becomes `internal`. */
export function fromWire(data: unknown): MoultError {
  const parsed = v.safeParse(WireError, data);
  if (!parsed.success) return new MoultError("internal", "The other side sent an unreadable error");
  return new MoultError(parsed.output.code, parsed.output.message, parsed.output.details);
}
