/** Cases of `moult eval`: how they are written, and whether an answer is right. Knows no model. */
import { isRecord } from "../runtime/record.ts";
import { MoultError } from "../schemas/error.ts";
import type { JsonSchema } from "../schemas/function.ts";
import type { ChatMessage, ToolCall, ToolSpec } from "../schemas/model.ts";

/** One question to a model and what should come of it. */
export interface EvalCase {
  /** What it is counted under. */
  readonly category: string;
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly ChatMessage[];
  /** The only right call; `null` = no call. A list of values: any of them is right. */
  readonly expect: ExpectedCall | null;
  /** Texts the answer must contain, upper or lower case. A list: any of them. */
  readonly says: readonly (string | readonly string[])[];
}

/** A call as a case expects it. Arguments that are not named must not be given. */
export interface ExpectedCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What a model answered. */
export interface Given {
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

/** How right an answer is. */
export interface Verdict {
  /** All of it. */
  readonly right: boolean;
  /** The right tool, whatever its arguments; or rightly none. */
  readonly named: boolean;
}

const SYSTEM = "You are Moult, a helpful assistant.";
const NO_INPUT: JsonSchema = { type: "object", properties: {} };

/** Reads cases, one JSON object a line. @throws {MoultError} `input/invalid`, naming the line */
export function readCases(text: string, file: string): readonly EvalCase[] {
  const lines = text.replace(/^\u{feff}/u, "").split("\n");
  return lines.flatMap((line, index) => (line.trim() === "" ? [] : [readCase(line, file, index)]));
}

function readCase(line: string, file: string, index: number): EvalCase {
  const fail = (why: string): MoultError =>
    new MoultError("input/invalid", `${file}:${index + 1}: ${why}`);
  let wire: unknown;
  try {
    wire = JSON.parse(line);
  } catch {
    throw fail("this line is not JSON; a case is one object on one line");
  }
  if (!isRecord(wire)) throw fail("a case is an object; write one on each line");
  const { category, tools, message, messages, expect, says } = wire;
  if (typeof category !== "string") throw fail('a case needs "category", a text');
  if (!Array.isArray(tools)) throw fail('a case needs "tools", a list in the format of OpenAI');
  if (typeof message !== "string" && !Array.isArray(messages))
    throw fail('a case needs "message", a text, or "messages", a list');
  if (expect === undefined) throw fail('a case needs "expect": a call, or null for no call');
  const specs = tools.map((tool: unknown) => readTool(tool, fail));
  const asked = Array.isArray(messages)
    ? readMessages(messages as WireMessage[], fail)
    : [{ role: "user" as const, content: String(message) }];
  const hasSystem = asked[0]?.role === "system";
  return {
    category,
    tools: specs,
    messages: hasSystem ? asked : [{ role: "system", content: SYSTEM }, ...asked],
    expect: readExpected(expect, fail),
    says: Array.isArray(says) ? (says as EvalCase["says"]) : [],
  };
}

function readTool(wire: unknown, fail: (why: string) => MoultError): ToolSpec {
  const own = isRecord(wire) ? wire["function"] : undefined;
  if (!isRecord(own) || typeof own["name"] !== "string")
    throw fail('each tool needs "function.name"');
  const { description, parameters } = own;
  return {
    name: own["name"],
    description: typeof description === "string" ? description : "",
    parameters: (parameters as JsonSchema | undefined) ?? NO_INPUT,
  };
}

function readExpected(expect: unknown, fail: (why: string) => MoultError): ExpectedCall | null {
  if (expect === null) return null;
  if (!isRecord(expect) || typeof expect["name"] !== "string")
    throw fail('"expect" needs "name", or is null');
  const args = expect["arguments"] ?? {};
  if (!isRecord(args))
    throw fail('"expect.arguments" is an object: values, or lists of values by name');
  return { name: expect["name"], arguments: args };
}

interface WireMessage {
  readonly role: string;
  readonly content?: string | null;
  readonly name?: string;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[];
}

function readMessages(
  wire: readonly WireMessage[],
  fail: (why: string) => MoultError,
): ChatMessage[] {
  const names = new Map<string, string>();
  const parsed = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      throw fail('the arguments of a call in "messages" are not JSON');
    }
  };
  return wire.map((message): ChatMessage => {
    const content = message.content ?? "";
    if (message.role === "system") return { role: "system", content };
    if (message.role === "tool") {
      const id = message.tool_call_id ?? "";
      return { role: "tool", id, name: message.name ?? names.get(id) ?? "", content };
    }
    if (message.role !== "assistant") return { role: "user", content };
    const toolCalls = (message.tool_calls ?? []).map(({ id, function: call }): ToolCall => {
      names.set(id, call.name);
      return { id, name: call.name, arguments: parsed(call.arguments) };
    });
    return { role: "assistant", content, toolCalls };
  });
}

/** Judges an answer. One call at most is right; nulls count as not given. */
export function judge({ expect, says }: EvalCase, { calls, text }: Given): Verdict {
  const [call] = calls;
  const named = calls.length <= 1 && (call?.name ?? null) === (expect?.name ?? null);
  const lower = text.toLowerCase();
  const said = says.every((wanted) =>
    [wanted].flat().some((one) => lower.includes(one.toLowerCase())),
  );
  return { named, right: named && said && (expect === null || isExact(expect, call?.arguments)) };
}

function isExact({ arguments: wanted }: ExpectedCall, given: unknown): boolean {
  const said = isRecord(given) ? given : {};
  const keys = new Set([...Object.keys(said), ...Object.keys(wanted)]);
  return [...keys].every((key) => fits(wanted[key] ?? null, said[key] ?? null));
}

/** A list: any of its values is right; null among them: it may be left out. */
function fits(wanted: unknown, value: unknown): boolean {
  if (Bun.deepEquals(wanted, value)) return true;
  return Array.isArray(wanted) && wanted.some((one) => Bun.deepEquals(one, value));
}

/** The 95 % Wilson interval of `right` out of `all`, as shares from 0 to 1. */
export function wilson(right: number, all: number): readonly [low: number, high: number] {
  if (all === 0) return [0, 1];
  const z = 1.96;
  const share = right / all;
  const middle = share + (z * z) / (2 * all);
  const reach = z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all));
  const scale = 1 + (z * z) / all;
  return [Math.max(0, (middle - reach) / scale), Math.min(1, (middle + reach) / scale)];
}
