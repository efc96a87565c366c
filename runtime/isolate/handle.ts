/** One call inside a host: body → checked input → handler → checked output. */
import * as v from "valibot";
import type {
  CallContext,
  ChannelDefinition,
  Definition,
  SkillDefinition,
  ToolDefinition,
} from "../define.ts";
import { Drop, InboundMessage } from "../../schemas/message.ts";
import { MoultError } from "../../schemas/error.ts";
import { checkValue } from "../check_value.ts";
import { type ContextParts, createContext } from "./context.ts";
import { withGlobalFetch } from "./global_fetch.ts";
import type { KvWrite } from "../ports.ts";

/** A function that is ready. */
export interface Loaded {
  readonly name: string;
  readonly definition: Definition;
}

/** What a call gives: JSON text or the function's own stream, and the values it has set. */
export interface Handled {
  readonly output: string | ReadableStream;
  readonly writes: readonly KvWrite[];
}

/** Runs one call. Throws what the caller is to be told; other errors come out as the function threw them. */
export async function handle(
  loaded: Loaded,
  asked: { readonly handler: string; readonly text: string },
  parts: ContextParts,
): Promise<Handled> {
  const input = parseBody(loaded.name, asked.text);
  const { ctx, kv } = createContext(parts);
  const work = { handler: asked.handler, input, ctx };
  const result = await withGlobalFetch(loaded.definition, ctx.fetch, () => dispatch(loaded, work));
  const output = result instanceof ReadableStream ? result : toJson(loaded.name, result);
  // A stream has returned too: what it sets later would belong to no call.
  return { output, writes: kv.end() };
}

function parseBody(name: string, text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // Not the parser's own text: it repeats a piece of the body.
    throw new MoultError(
      "input/invalid",
      `Cannot call "${name}": the body is not JSON`,
      undefined,
      error,
    );
  }
}

interface Work {
  readonly handler: string;
  readonly input: unknown;
  readonly ctx: CallContext;
}

/** What is done with a tool, by handler. */
const TOOL_WORK = new Map<string, (name: string, tool: ToolDefinition, work: Work) => unknown>([
  ["run", runTool],
  ["check", checkOnly],
  ["confirm", (name, tool, { input }) => isConfirmed(tool, checkInput(name, tool, input))],
]);

async function dispatch({ name, definition }: Loaded, work: Work): Promise<unknown> {
  const tool = definition.kind === "tool" ? TOOL_WORK.get(work.handler) : undefined;
  if (definition.kind === "tool" && tool !== undefined) return await tool(name, definition, work);
  if (definition.kind === "skill" && work.handler === "run")
    return await runSkill(name, definition, work);
  if (definition.kind === "channel" && work.handler === "receive")
    return await receive(name, definition, work);
  if (definition.kind === "channel" && work.handler === "render")
    return await render(name, definition, work);
  throw new MoultError(
    "input/invalid",
    `"${name}" is a ${definition.kind}; it has no "${work.handler}"`,
  );
}

function checkOnly(name: string, tool: ToolDefinition, { input }: Work): null {
  checkInput(name, tool, input);
  return null;
}

function isConfirmed({ confirm }: ToolDefinition, input: unknown): boolean {
  return typeof confirm === "function" ? confirm(input) : confirm === "always";
}

function checkInput(name: string, tool: ToolDefinition, input: unknown): unknown {
  const title = `Cannot call "${name}"`;
  return checkValue(tool.input, input, { code: "input/invalid", title });
}

async function runTool(name: string, tool: ToolDefinition, { input, ctx }: Work): Promise<unknown> {
  const result = await tool.run(checkInput(name, tool, input), ctx);
  if (result instanceof ReadableStream || tool.output === undefined) return result ?? null;
  return checkValue(tool.output, result, outputOf(name));
}

const SkillInput = v.union([v.string(), v.object({ request: v.string() })]);

async function runSkill(
  name: string,
  skill: SkillDefinition,
  { input, ctx }: Work,
): Promise<unknown> {
  if (skill.run === undefined)
    throw new MoultError(
      "input/invalid",
      `"${name}" is a skill without \`run\`; the model follows its instructions`,
    );
  const checked = v.safeParse(SkillInput, input);
  if (!checked.success)
    throw new MoultError("input/invalid", `Cannot call "${name}": expected { "request": "…" }`);
  const request = typeof checked.output === "string" ? checked.output : checked.output.request;
  return checkValue(v.string(), await skill.run(request, ctx), outputOf(name));
}

async function receive(
  name: string,
  channel: ChannelDefinition,
  { input, ctx }: Work,
): Promise<unknown> {
  return checkValue(
    v.union([InboundMessage, Drop]),
    await channel.receive(input as never, ctx),
    outputOf(name),
  );
}

async function render(
  name: string,
  channel: ChannelDefinition,
  { input, ctx }: Work,
): Promise<unknown> {
  const reply = typeof input === "string" ? input : "";
  if (channel.render === undefined) return reply;
  return checkValue(v.string(), await channel.render(reply, ctx), outputOf(name));
}

function outputOf(name: string) {
  return {
    code: "output/invalid",
    title: `"${name}" returned something else than it declares`,
  } as const;
}

function toJson(name: string, value: unknown): string {
  const title = `"${name}" returned something that is not JSON`;
  if (value instanceof Response)
    throw new MoultError("output/invalid", `${title}: return the value itself, not a Response`);
  let json: string | undefined;
  try {
    json = JSON.stringify(value ?? null) as string | undefined;
  } catch (error) {
    throw new MoultError("output/invalid", title, undefined, error);
  }
  if (json === undefined) throw new MoultError("output/invalid", title);
  return json;
}
