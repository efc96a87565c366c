/** Calls functions as the runtime does, without one: input and output are checked, values live in memory. */
import { type CallContext, MoultError, type ToolDefinition, v } from "moult";

/** A context whose values live in memory; every part can be replaced. */
export function callContext(parts: Partial<CallContext> = {}): CallContext {
  const values = new Map<string, string>();
  const parse = (text: string): unknown => JSON.parse(text);
  return {
    signal: new AbortController().signal,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    secret: (name) => {
      throw new MoultError("policy/denied", `Secret "${name}" is not set`);
    },
    fetch: () => Promise.reject(new MoultError("policy/denied", "No host is granted")),
    model: {
      generate: () => Promise.reject(new MoultError("model/unavailable", "There is no model")),
      stream: () => {
        throw new MoultError("model/unavailable", "There is no model");
      },
    },
    call: () => Promise.reject(new MoultError("policy/denied", "No function is granted")),
    kv: {
      get: (key) => {
        const text = values.get(key);
        return Promise.resolve(text === undefined ? undefined : parse(text));
      },
      set: (key, value) => {
        values.set(key, JSON.stringify(value));
        return Promise.resolve();
      },
      delete: (key) => {
        values.delete(key);
        return Promise.resolve();
      },
      list: ({ prefix = "", limit = 1_000 } = {}) => {
        const rows = [...values]
          .filter(([key]) => key.startsWith(prefix))
          .toSorted(([a], [b]) => (a < b ? -1 : 1));
        return Promise.resolve(
          rows.slice(0, limit).map(([key, text]) => ({ key, value: parse(text) })),
        );
      },
    },
    session: undefined,
    principal: { id: "owner", role: "owner" },
    now: () => 0,
    ...parts,
  };
}

/** Checks the input, runs the tool, checks the output. */
export async function callTool<
  In extends v.GenericSchema,
  Out extends v.GenericSchema,
  S extends string,
>(
  tool: ToolDefinition<In, Out, S>,
  input: v.InferInput<In>,
  ctx: CallContext = callContext(),
): Promise<v.InferOutput<Out>> {
  const checked = v.safeParse(tool.input, input);
  if (!checked.success) throw new MoultError("input/invalid", checked.issues[0].message);
  const output = await tool.run(checked.output, ctx);
  if (tool.output === undefined) throw new TypeError("The tool states no output");
  return v.parse(tool.output, output);
}
