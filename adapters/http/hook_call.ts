/** Calls the function that a path below `/hooks` leads to: input from the query or the body, the bare output back. */
import { orderOf } from "../../runtime/gateway/armed.ts";
import { HOOK } from "../../runtime/gateway/hooks.ts";
import { isRecord } from "../../runtime/record.ts";
import { isInstructionsOnly } from "../../runtime/turn/prefix.ts";
import { MoultError } from "../../schemas/error.ts";
import type { FunctionInfo, JsonSchema, Manifest } from "../../schemas/function.ts";
import type { Principal } from "../../schemas/message.ts";
import { called, json, unread } from "./answer.ts";
import { JSON_BYTES_MAX, checkLength, limited } from "./body.ts";
import type { HttpAgent, Services } from "./services.ts";

const FORM = "application/x-www-form-urlencoded";

/** A request that was let in, and the function it is for. */
interface HookRequest {
  readonly request: Request;
  readonly name: string;
  /** `undefined`: it went this very moment. */
  readonly info: FunctionInfo | undefined;
  readonly principal: Principal;
}

/** Whether its body goes to the function as it is: the same call as `POST /fn/{tool}`. */
export function isPlainCall({ method, headers }: Request, info: FunctionInfo | undefined): boolean {
  return method === "POST" && !isForm(headers) && !isFollowed(info);
}

/**
 * Answers any other request: a query, a form, or one for a skill that the model follows.
 *
 * @throws {MoultError} `input/invalid`, `body/too-large`, `tool/failed`, and what `Agent.begin` throws
 */
export async function answerHook(
  { agent, functions }: Pick<Services, "agent" | "functions">,
  asked: HookRequest,
): Promise<Response> {
  const { request, name, info, principal } = asked;
  const { signal } = request;
  const body = await readInput(request, info);
  if (isFollowed(info)) return await followSkill(agent, info, { ...asked, body });
  const response = await functions.fetch(name, { body, principal, signal });
  return signal.aborted ? unread() : await called(response);
}

function isForm(headers: Headers): boolean {
  return headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase() === FORM;
}

function isFollowed(
  info: FunctionInfo | undefined,
): info is FunctionInfo & { readonly manifest: Manifest } {
  return info?.manifest !== undefined && isInstructionsOnly(info.manifest);
}

/** The input as JSON text. */
async function readInput(request: Request, info: FunctionInfo | undefined): Promise<string> {
  const { method, url, headers } = request;
  const start = url.indexOf("?");
  const text = method === "GET" ? (start < 0 ? "" : url.slice(start)) : await readText(request);
  if (method === "POST" && !isForm(headers)) return text;
  return JSON.stringify(toInput(new URLSearchParams(text), info?.manifest?.input));
}

async function readText({ headers, body }: Request): Promise<string> {
  checkLength(headers, JSON_BYTES_MAX);
  return body === null ? "" : await new Response(limited(body, JSON_BYTES_MAX)).text();
}

/** The model follows a skill's instructions; the answer is its reply. */
async function followSkill(
  agent: Pick<HttpAgent, "begin" | "wait">,
  { manifest, version }: FunctionInfo & { readonly manifest: Manifest },
  { request, name, principal, body }: HookRequest & { readonly body: string },
): Promise<Response> {
  const { turn } = await agent.begin({
    ...orderOf(name, manifest, { input: readObject(body), words: name }),
    protocol: HOOK,
    channel: HOOK,
    conversation: name,
    session: `${HOOK}:${name}`,
    sender: principal.id,
    principal,
    keys: [],
  });
  const { outcome, reply } = await agent.wait(turn, request.signal);
  if (outcome !== "answered") throw new MoultError("tool/failed", reply, { turn, outcome });
  return json(reply, 200, { "x-function-version": version });
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text === "" ? "{}" : text);
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw new MoultError("input/invalid", 'The body is not a JSON object; send { "request": "…" }');
}

/** Named texts as an input. What the schema wants as a number or as yes and no becomes that, where it can. */
function toInput(given: URLSearchParams, schema: JsonSchema | undefined): object {
  const properties = schema?.["properties"];
  const typeOf = (name: string): unknown =>
    isRecord(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  // In one go: looking up each of many names would take the square of their number.
  const named = Map.groupBy(given, ([name]) => name);
  return Object.fromEntries(
    [...named].map(([name, pairs]) => {
      const type = typeOf(name);
      const texts = pairs.map(([, text]) => text);
      if (!isRecord(type) || type["type"] !== "array") return [name, toValue(texts.at(-1), type)];
      return [name, texts.map((text) => toValue(text, type["items"]))];
    }),
  );
}

function toValue(text = "", schema: unknown): unknown {
  const type = isRecord(schema) ? schema["type"] : undefined;
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (type !== "number" && type !== "integer") return text;
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? value : text;
}
