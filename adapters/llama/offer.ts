/** Which tools a request offers, how they are shown, and what may be called. Knows requests; renders nothing. */
import type { Neutral } from "./neutral.ts";
import { checkCallable } from "./gbnf/for_library.ts";
import { readingFor } from "./filling/reading.ts";
import { type Functions, type OfferedTools, offerTools, sourcesOf } from "./tools.ts";
import { fittingTools } from "../../runtime/turn/fitting_tools.ts";
import { MoultError } from "../../schemas/error.ts";
import type { GenerateRequest, ToolSpec } from "../../schemas/model.ts";

/** The tools of one request. */
export interface Offer {
  readonly tools: OfferedTools;
  /** Those that may be called; absent: none may. */
  readonly callable: Functions | undefined;
  /** The answer is a call. */
  readonly forced: boolean;
  readonly sources: readonly string[];
  /** How much words speak for a call; absent: they say nothing. */
  readonly score: number | undefined;
  /** The same without arguments having to be copied, for when none that fit can be. Absent: they do not have to be. */
  readonly uncopied?: () => Offer;
}

/** What is known of a model before it is asked. */
export interface OfferOptions {
  readonly embedded: boolean;
  /** Arguments are copied from what was said. */
  readonly copies: boolean;
  readonly neutral: Neutral;
}

/** Whether arguments are read by rule. What a result said is no request: there the model's own count. */
export function readsArguments(embedded: boolean, messages: GenerateRequest["messages"]): boolean {
  return embedded && messages.at(-1)?.role === "user";
}

/** Makes the offer of a request. @throws {MoultError} `input/invalid` when the tool that must be called is none of it */
export function offerOf(request: GenerateRequest, options: OfferOptions): Offer {
  const { messages, toolChoice = "auto" } = request;
  const { embedded, copies, neutral } = options;
  if (request.strict === true) request.tools?.forEach(checkCallable);
  const sources = copies ? sourcesOf(messages, neutral) : undefined;
  const { chosen, score } = choose(request, embedded, sources ?? []);
  const tools = offerTools(chosen, neutral, sources, readsArguments(embedded, messages));
  const callable = callableOf(tools, toolChoice);
  const offer = { tools, callable, forced: false, sources: sources ?? [], score };
  if (toolChoice === "auto" || toolChoice === "none")
    return messages.at(-1)?.role === "tool" ? { ...offer, score: undefined } : offer;
  const forced = { ...offer, forced: true, score: undefined };
  if (!copies) return forced;
  const uncopied = (): Offer => {
    // The prompt stays as it is.
    const free = { ...offerTools(chosen, neutral), shown: tools.shown };
    return { ...forced, tools: free, callable: callableOf(free, toolChoice), sources: [] };
  };
  return { ...forced, uncopied };
}

/** A small model sees only tools that what was said may be about. */
function choose(
  { tools = [], messages, toolChoice = "auto" }: GenerateRequest,
  embedded: boolean,
  sources: readonly string[],
): { readonly chosen: readonly ToolSpec[]; readonly score: number | undefined } {
  if (!embedded) return { chosen: tools, score: undefined };
  // What it must not call would only lead it astray.
  if (toolChoice === "none") return { chosen: [], score: undefined };
  if (typeof toolChoice === "object")
    return { chosen: tools.filter(({ name }) => name === toolChoice.name), score: undefined };
  const fitting = fittingTools(tools, messages, (tool) => readingFor(tool, sources));
  const chosen = toolChoice === "required" && fitting.tools.length === 0 ? tools : fitting.tools;
  return { chosen, score: fitting.score };
}

function callableOf(
  { grammar, wireName }: OfferedTools,
  toolChoice: NonNullable<GenerateRequest["toolChoice"]>,
): Functions | undefined {
  if (toolChoice === "none") return undefined;
  if (typeof toolChoice === "string") {
    if (Object.keys(grammar).length > 0) return grammar;
    if (toolChoice === "auto") return undefined;
    throw new MoultError("input/invalid", "A tool must be called and there is none; give `tools`");
  }
  const wire = wireName(toolChoice.name);
  const only = grammar[wire];
  if (only !== undefined) return { [wire]: only };
  throw new MoultError(
    "input/invalid",
    `The tool "${toolChoice.name}" must be called and is not offered; name one of \`tools\``,
  );
}
