/** What a provider's refusals and broken connections mean for those who asked, and what they can do about them. */
import * as v from "valibot";
import { Complaint } from "./wire.ts";
import { boundedText } from "../../runtime/bounded_text.ts";
import type { ProviderOptions } from "../../runtime/model/engine.ts";
import { isRecord } from "../../runtime/record.ts";
import { shortText } from "../../runtime/short_text.ts";
import { type ErrorCode, isMoultError, MoultError, messageOf } from "../../schemas/error.ts";

/** Bytes that are read of an answer that says no. */
const COMPLAINT_BYTES_MAX = 65_536;
/** Characters of it that people get to see. */
const COMPLAINT_CHARS_MAX = 300;
/** Nobody is told to come again later than that. */
const RETRY_MS_MAX = 3_600_000;
/** Statuses that pass by themselves. */
const PASSING = new Set([408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529]);

/** In a person's words, where Bun speaks to whoever wrote the program. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ConnectionRefused: "nobody listens there",
  ECONNRESET: "the connection broke",
  ConnectionClosed: "the connection broke",
  ETIMEDOUT: "nobody answers",
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name cannot be looked up",
  FailedToOpenSocket: "its name is not known, or no way leads there",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not to be trusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself alone",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by nobody we know",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** Whether the same may be tried again at once. */
export function isPassing(error: unknown): error is MoultError {
  return isMoultError(error) && error.details?.["retry"] === true;
}

/** Whether there was no answer at all: nobody is there. */
export function isUnreachable(error: unknown): error is MoultError {
  return isPassing(error) && error.details?.["status"] === undefined;
}

/** A connection that did not come about, or broke. */
export function unreachable({ name, url }: ProviderOptions, error: unknown): MoultError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = REASONS[code] ?? messageOf(error);
  const where = new URL(url).host;
  const text = `The provider "${name}" cannot be reached at ${where}: ${why}`;
  return new MoultError("model/unavailable", text, { retry: true }, error);
}

/** Says no in the provider's words. The body is read. */
export async function refusal(
  provider: ProviderOptions,
  response: Response,
): Promise<{ readonly error: MoultError; readonly complaint: Complaint }> {
  const { status, headers } = response;
  const text = await boundedText(
    response.body,
    COMPLAINT_BYTES_MAX,
    () => new Error("Too long to be a complaint"),
  ).catch(() => "");
  const complaint = complaintIn(text) ?? { message: text.trim() };
  const afterMs = retryAfterMs(headers.get("retry-after"));
  return { error: errorOf(provider, { status, complaint, afterMs }), complaint };
}

/** A failure that comes in the middle of an answer. */
export function brokenOff(provider: ProviderOptions, error: unknown): MoultError {
  const complaint = complaintIn(JSON.stringify({ error })) ?? { message: "it does not say why" };
  const status = Number(complaint.code ?? 500);
  const known = status >= 400 && status < 600 ? status : 500;
  return errorOf(provider, { status: known, complaint, afterMs: undefined });
}

interface Said {
  readonly status: number;
  readonly complaint: Pick<Complaint, "message"> & Partial<Complaint>;
  readonly afterMs: number | undefined;
}

function errorOf(provider: ProviderOptions, said: Said): MoultError {
  const { name, model, key } = provider;
  const { status, complaint, afterMs } = said;
  const words = wordsOf(provider, complaint.message);
  const why = words === "" ? `${status}` : `${status}: ${words}`;
  const make = (code: ErrorCode, text: string, details: object = {}): MoultError =>
    new MoultError(code, `The provider "${name}" ${text}`, { status, ...details });
  const after = afterMs === undefined ? {} : { retryAfterMs: afterMs };
  const again = afterMs === undefined ? "later" : `in ${Math.ceil(afterMs / 1_000)} s`;
  const remedy = `${key === undefined ? "set" : "check"} its key under providers in moult.yaml`;
  switch (meaningOf(status, complaint)) {
    case "key":
      return make("model/unavailable", `does not let us in (${why}); ${remedy}`);
    case "model": {
      const check = "check its name, and the url under providers in moult.yaml";
      return make("model/unavailable", `knows no model "${model}" (${why}); ${check}`);
    }
    case "money":
      return make(
        "model/unavailable",
        `wants to be paid (${why}); see to your account there, or ask another model`,
      );
    case "full":
      return make(
        "queue/full",
        `takes no more requests for "${model}" just now (${why}); try again ${again}`,
        after,
      );
    case "moved": {
      const write = "write the address that it means under providers in moult.yaml";
      return make("model/unavailable", `sends us elsewhere (${why}); ${write}`);
    }
    case "down":
      return make("model/unavailable", `fails (${why}); try again later`, { retry: true });
    case "request":
      return make("input/invalid", `refuses the request (${why})`);
  }
}

type Meaning = "key" | "model" | "money" | "full" | "moved" | "down" | "request";

const MEANINGS: Readonly<Record<number, Meaning>> = {
  401: "key",
  402: "money",
  403: "key",
  404: "model",
  429: "full",
};

function meaningOf(status: number, complaint: Said["complaint"]): Meaning {
  if (PASSING.has(status)) return "down";
  if (status === 429 && isBroke(complaint)) return "money";
  return MEANINGS[status] ?? (status < 400 ? "moved" : "request");
}

/** Waiting does not help who has no credit left. */
function isBroke({ code, type, message }: Said["complaint"]): boolean {
  return /insufficient_quota|billing|insufficient.balance/i.test(`${code} ${type} ${message}`);
}

/** A provider's own words, on one line, without the key should it repeat that. */
function wordsOf({ key }: ProviderOptions, message: string): string {
  const line = message.replaceAll(/\s+/g, " ").trim().replace(/\.$/, "");
  const safe = key === undefined ? line : line.replaceAll(key, "[key]");
  return shortText(safe, COMPLAINT_CHARS_MAX);
}

/** `{"error": {"message": …}}`, `{"error": "…"}`, `{"message": …}`, `{"detail": …}`, or a list with one of these. */
function complaintIn(text: string): Complaint | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  const one: unknown = Array.isArray(data) ? data[0] : data;
  if (!isRecord(one)) return undefined;
  for (const candidate of [one["error"], one["detail"], one]) {
    const parsed = v.safeParse(Complaint, candidate);
    if (parsed.success) return parsed.output;
  }
  return undefined;
}

/** Seconds, or a date. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(Math.ceil(ms), 0), RETRY_MS_MAX) : undefined;
}
