/** A definition → its manifest as plain data. Runs inside a host; the daemon checks the result again. */
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import type { Definition, ToolDefinition } from "../define.ts";
import { MoultError } from "../../schemas/error.ts";
import { checkValue } from "../check_value.ts";

const KINDS = new Set(["tool", "skill", "channel"]);

function invalid(text: string): MoultError {
  return new MoultError("function/invalid", text);
}

function isSchema(value: unknown): value is v.GenericSchema {
  return (
    typeof value === "object" &&
    value !== null &&
    "~run" in value &&
    "kind" in value &&
    value.kind === "schema" &&
    "async" in value &&
    value.async === false
  );
}

/** Checks that a module's default export is a definition with the handlers of its kind. Throws `function/invalid`. */
export function readDefinition(exported: unknown): Definition {
  if (typeof exported !== "object" || exported === null)
    throw invalid(
      "The file has no definition: write `export default defineTool({ … })` (or defineSkill, defineChannel)",
    );
  const fields = exported as Record<string, unknown>;
  if (!KINDS.has(String(fields["kind"])))
    throw invalid("The default export was not made by defineTool, defineSkill or defineChannel");
  if (fields["kind"] === "tool") checkTool(fields);
  else if (fields["kind"] === "skill") checkOptional(fields, "run");
  else {
    if (typeof fields["receive"] !== "function") throw invalid("A channel needs `receive`");
    checkOptional(fields, "render");
  }
  return exported as Definition;
}

function checkTool(fields: Record<string, unknown>): void {
  if (typeof fields["run"] !== "function") throw invalid("A tool needs `run`");
  if (!isSchema(fields["input"]))
    throw invalid("A tool needs `input`, a valibot schema: `input: v.object({ … })`");
  if (fields["output"] !== undefined && !isSchema(fields["output"]))
    throw invalid("`output` is not a valibot schema; write `output: v.object({ … })`");
}

function checkOptional(fields: Record<string, unknown>, name: string): void {
  const handler = fields[name];
  if (handler !== undefined && typeof handler !== "function")
    throw invalid(`\`${name}\` is not a function`);
}

function jsonSchema(schema: v.GenericSchema, typeMode: "input" | "output"): object {
  const { $schema: _, ...rest } = toJsonSchema(schema, { typeMode, errorMode: "ignore" });
  return rest;
}

/** What a trigger calls a tool with must fit, or every run of it would fail. Odd triggers are refused by the daemon. */
function checkTriggers({ input, triggers }: ToolDefinition): void {
  if (!Array.isArray(triggers)) return;
  for (const trigger of triggers as readonly unknown[]) {
    if (typeof trigger !== "object" || trigger === null || !("cron" in trigger)) continue;
    const given = "input" in trigger ? trigger.input : undefined;
    const title =
      given === undefined
        ? "A cron trigger without `input` calls the tool with {}, which it does not take; write { cron, input: { … } }"
        : "The `input` of a cron trigger does not fit the tool";
    checkValue(input, given ?? {}, { code: "function/invalid", title });
  }
}

const REQUEST_SCHEMA = {
  type: "object",
  properties: { request: { type: "string" } },
  required: ["request"],
} as const;

/** The manifest, unchecked but for what only the host can see. Throws `function/invalid`. */
export function describe(definition: Definition): object {
  const { kind, description, permissions, secrets, limits, isolate } = definition;
  const common = { kind, description, permissions, secrets, limits, isolate };
  if (definition.kind === "channel")
    return { ...common, via: definition.via, renders: definition.render !== undefined };
  if (definition.kind === "skill") {
    const { tools, instructions, triggers, run } = definition;
    const runs = run !== undefined;
    return {
      ...common,
      tools,
      instructions,
      triggers,
      runs,
      input: runs ? REQUEST_SCHEMA : undefined,
    };
  }
  const input = jsonSchema(definition.input, "input");
  if ("type" in input && input.type !== "object")
    throw invalid("`input` must describe an object: write `input: v.object({ … })`");
  checkTriggers(definition);
  const { confirm, examples, triggers } = definition;
  return {
    ...common,
    input,
    output: definition.output === undefined ? undefined : jsonSchema(definition.output, "output"),
    examples,
    triggers,
    confirm: typeof confirm === "function" ? "asks" : confirm,
  };
}
