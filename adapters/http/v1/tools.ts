/** Tools as OpenAI's clients declare them → the model's, and which of them it must call. */
import { invalid, unsupported } from "./errors.ts";
import type { ChatCompletionBody } from "../../../schemas/chat_completion.ts";
import type { GenerateRequest, ToolSpec } from "../../../schemas/model.ts";

/** The part of a request that is about tools. Throws `input/invalid` with the place of what cannot be. */
export function toTools(
  body: ChatCompletionBody,
): Pick<GenerateRequest, "tools" | "toolChoice" | "callsMax"> {
  const tools = (body.tools ?? []).map(toSpec);
  const names = new Set<string>();
  for (const [index, { name }] of tools.entries()) {
    if (names.has(name)) throw invalid(`tools.${index}.function.name`, `Two tools are "${name}"`);
    names.add(name);
  }
  const toolChoice = toChoice(body.tool_choice ?? undefined, names);
  if (tools.length === 0) return {};
  // Whoever names a tool wants its arguments, once.
  const single = body.parallel_tool_calls === false || typeof toolChoice === "object";
  return { tools, ...(toolChoice && { toolChoice }), ...(single && { callsMax: 1 }) };
}

function toSpec(tool: NonNullable<ChatCompletionBody["tools"]>[number], index: number): ToolSpec {
  const { type, function: spec } = tool;
  if (type !== "function")
    throw unsupported(`tools.${index}.type`, 'Tools are functions; expected type "function"');
  if (spec === undefined)
    throw invalid(`tools.${index}.function`, "A tool says which function it is");
  const { name, description, parameters } = spec;
  return {
    name,
    description: description ?? "",
    parameters: parameters ?? { type: "object", properties: {} },
  };
}

function toChoice(
  choice: ChatCompletionBody["tool_choice"],
  names: ReadonlySet<string>,
): GenerateRequest["toolChoice"] {
  if (choice === undefined || choice === null || choice === "auto" || choice === "none")
    return choice ?? undefined;
  if (names.size === 0) throw invalid("tool_choice", "There is no tool to call; give tools");
  if (choice === "required") return choice;
  const { name } = choice.function;
  if (names.has(name)) return { name };
  throw invalid("tool_choice", `No tool is called "${name.slice(0, 80)}"`);
}
