/** `moult/testing`: runs one definition without a runtime, for a function's own test. No process, no server, no mocks. */
import type * as v from "valibot";
import type { CallContext, KeyValue, ToolDefinition } from "./define.ts";
import { isMoultError, MoultError, messageOf } from "../schemas/error.ts";
import { OWNER } from "../schemas/message.ts";
import { checkValue } from "./check_value.ts";
import { Transaction } from "./isolate/transaction.ts";

/** What a test may set of a context; the rest has harmless defaults. */
export interface ContextOptions {
  /** Values of secrets. @default `test-<NAME>` for every name */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Entries that are stored already. */
  readonly kv?: Readonly<Record<string, unknown>>;
  /** Answers `ctx.fetch`. @default refuses with `policy/denied` */
  readonly fetch?: CallContext["fetch"];
  /** Answers `ctx.call`. @default refuses with `policy/denied` */
  readonly call?: CallContext["call"];
  /** Answers `ctx.model`. @default refuses with `model/unavailable` */
  readonly reply?: (prompt: string) => string;
  /** The session the call belongs to. @default none */
  readonly session?: string;
  /** Milliseconds since the epoch. @default the present */
  readonly now?: () => number;
  /** Aborts the call. @default never */
  readonly signal?: AbortSignal;
}

/** A context for tests, with what the function did to it. */
export interface TestContext extends CallContext {
  /** Lines the function logged. */
  readonly logged: readonly {
    readonly level: string;
    readonly facts: object;
    readonly text: string;
  }[];
}

/** Values in memory; one context is one call, so what it sets it sees. */
function memoryValues(entries: Readonly<Record<string, unknown>>): KeyValue {
  const json = new Map(Object.entries(entries).map(([key, value]) => [key, JSON.stringify(value)]));
  return new Transaction({
    get: (key) => Promise.resolve(parse(json.get(key))),
    list: (prefix, limit) =>
      Promise.resolve(
        [...json.keys()]
          .filter((key) => key.startsWith(prefix))
          .toSorted()
          .slice(0, limit)
          .map((key) => ({ key, value: parse(json.get(key)) })),
      ),
  });
}

function parse(json: string | undefined): unknown {
  return json === undefined ? undefined : (JSON.parse(json) as unknown);
}

function refuse(what: string) {
  return () =>
    Promise.reject(
      new MoultError("policy/denied", `This test's context has no ${what}; give callContext() one`),
    );
}

/** A context that reaches nothing: values in memory, secrets `test-<NAME>`, everything else as the options say. */
export function callContext(options: ContextOptions = {}): TestContext {
  const logged: { level: string; facts: object; text: string }[] = [];
  const log =
    (level: string) =>
    (facts: object, text = "") => {
      logged.push({ level, facts, text });
    };
  const answer = (prompt: string) => {
    if (options.reply === undefined)
      throw new MoultError(
        "model/unavailable",
        "This test's context has no model; give callContext() a `reply`",
      );
    return options.reply(prompt);
  };
  return {
    logged,
    signal: options.signal ?? new AbortController().signal,
    log: { info: log("info"), warn: log("warn"), error: log("error") },
    secret: (name) => options.secrets?.[name] ?? `test-${name}`,
    fetch: options.fetch ?? refuse("`fetch`"),
    call: options.call ?? refuse("`call`"),
    model: {
      generate: ({ prompt }) => Promise.resolve().then(() => answer(prompt)),
      // oxlint-disable-next-line require-await -- the interface is asynchronous, the answer is here
      async *stream({ prompt }) {
        yield answer(prompt);
      },
    },
    kv: memoryValues(options.kv ?? {}),
    session: options.session,
    principal: OWNER,
    now: options.now ?? Date.now,
  };
}

/**
 * Calls a tool as the runtime would: checked input, checked output. Throws what a caller would get: `input/invalid`,
 * `output/invalid`, the tool's own `MoultError`, or `tool/failed` with the text of anything else that it threw.
 */
export async function callTool<In extends v.GenericSchema, Out extends v.GenericSchema>(
  tool: ToolDefinition<In, Out>,
  input: v.InferInput<In>,
  ctx: CallContext = callContext(),
): Promise<v.InferOutput<Out>> {
  const checked = checkValue(tool.input, input, {
    code: "input/invalid",
    title: "Cannot call the tool",
  });
  const result: unknown = await runTool(tool, checked, ctx);
  if (tool.output === undefined || result instanceof ReadableStream) return result;
  return checkValue(tool.output, result, {
    code: "output/invalid",
    title: "The tool returned something else than it declares",
  });
}

async function runTool<In extends v.GenericSchema, Out extends v.GenericSchema>(
  tool: ToolDefinition<In, Out>,
  input: v.InferOutput<In>,
  ctx: CallContext,
): Promise<unknown> {
  try {
    return await tool.run(input, ctx);
  } catch (error) {
    if (isMoultError(error)) throw error;
    const text = messageOf(error);
    throw new MoultError("tool/failed", text, undefined, error);
  }
}
