/** One tool call of a turn: whether it may run, what came of it, and what the model gets to read. */
import type { Functions } from "../load/functions.ts";
import type { CallResult, InboxRow, KvWrite } from "../ports.ts";
import { anyOf, awaitsApproval } from "../policy/asks.ts";
import { isRecord } from "../record.ts";
import { toWire, type WireError } from "../../schemas/error.ts";
import type { Manifest } from "../../schemas/function.ts";
import type { ToolCall } from "../../schemas/model.ts";
import type { ToolCallRecord } from "../../schemas/turn.ts";
import { USE_SKILL } from "./catalogue.ts";
import { isInstructionsOnly } from "./prefix.ts";

/** Characters of JSON that the model reads of a result. */
const READ_CHARS_MAX = 8_192;

/** Characters of JSON that are kept of a result. More is a file, not an answer. */
const KEPT_CHARS_MAX = 65_536;

/** Codes that mean somebody said no. */
const REFUSALS: ReadonlySet<string> = new Set([
  "policy/denied",
  "function/pending",
  "auth/missing",
]);

/** A call that ended, with what has to be committed together with it. */
export interface Called {
  readonly record: ToolCallRecord;
  readonly writes: readonly KvWrite[];
  /** What it was refused on the way, other than the error it ended with. */
  readonly refusals?: readonly string[];
}

/**
 * Runs a call the model made. Never rejects: a call that may not run, or fails, is a record with an error.
 *
 * @param offered Names the model was given
 */
export async function runCall(
  call: ToolCall,
  row: InboxRow,
  functions: Functions,
  context: { readonly offered: ReadonlySet<string>; readonly signal: AbortSignal },
): Promise<Called> {
  const info = functions.get(call.name);
  if (info?.state === "pending") return failed(call, toWire(awaitsApproval(call.name)));
  if (!context.offered.has(call.name) || info?.manifest === undefined) {
    const message =
      call.name === USE_SKILL
        ? "There is no such skill; name one of the list, or answer without"
        : `There is no tool "${call.name}"; call one that was offered, or answer without`;
    return failed(call, { code: "function/not-found", message });
  }
  if (!isRecord(call.arguments)) {
    const message = `The arguments of "${call.name}" are not an object`;
    return failed(call, { code: "input/invalid", message }, info.version);
  }
  if (isInstructionsOnly(info.manifest) && info.manifest.files === undefined) {
    const output = { instructions: info.manifest.instructions ?? "" };
    return { record: { ...begun(call, info.version), output, ms: 0 }, writes: [] };
  }
  const result = await functions.run(call.name, {
    body: bodyOf(info.manifest, call.arguments),
    principal: row.principal,
    session: row.session,
    turn: row.turn,
    signal: context.signal,
    depth: 0,
  });
  return toCalled(call, result);
}

function toCalled(call: ToolCall, result: CallResult): Called {
  const { version, ms, output, error, writes } = result;
  const refusals = (result.refusals ?? []).filter((text) => text !== error?.message);
  // A call that failed has set nothing.
  if (error !== undefined)
    return { record: { ...begun(call, version), error, ms }, writes: [], refusals };
  return { record: { ...begun(call, version), output: kept(output), ms }, writes, refusals };
}

/** The record of a call that was begun before a crash and must not be repeated. */
export function interrupted(call: ToolCall): Called {
  return failed(call, {
    code: "function/crashed",
    message: "The call was interrupted; it may or may not have taken effect",
  });
}

/** Whether running it again is safe: all it can change are its own values, which are committed with its result. */
export function isRepeatable(manifest: Manifest | undefined): boolean {
  if (manifest === undefined) return false;
  if (isInstructionsOnly(manifest)) return true;
  const { net, write, exec, call } = anyOf(manifest.permissions);
  return [net, write, exec, call, manifest.secrets].every((granted) => granted.length === 0);
}

/** Whether somebody said no, rather than that something went wrong. */
export function isRefusal(error: WireError | undefined): error is WireError {
  return error !== undefined && REFUSALS.has(error.code);
}

/**
 * What the model reads of a result: JSON, cut where it is too long.
 * Of an error its message only: details and stacks are not for a model.
 */
export function readable(record: ToolCallRecord, charsMax = READ_CHARS_MAX): string {
  const value = record.error === undefined ? record.output : { error: record.error.message };
  return cut(JSON.stringify(value) ?? "null", Math.min(charsMax, READ_CHARS_MAX));
}

/** Shortens a text and says so. */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  // Never half of a surrogate pair.
  const head = text.slice(0, charsMax).replace(/[\uD800-\uDBFF]$/, "");
  return `${head}… (cut here: ${text.length} characters in all)`;
}

function kept(output: unknown): unknown {
  const json = JSON.stringify(output) ?? "null";
  return json.length <= KEPT_CHARS_MAX ? output : cut(json, KEPT_CHARS_MAX);
}

function bodyOf(manifest: Manifest, input: Readonly<Record<string, unknown>>): string {
  if (manifest.kind !== "skill" || isInstructionsOnly(manifest)) return JSON.stringify(input);
  const request = input["request"];
  return JSON.stringify(typeof request === "string" ? request : "");
}

function begun(call: ToolCall, version: string): Omit<ToolCallRecord, "ms"> {
  return { id: call.id, name: call.name, version, input: call.arguments };
}

function failed(call: ToolCall, error: WireError, version = ""): Called {
  return { record: { ...begun(call, version), error, ms: 0 }, writes: [] };
}
