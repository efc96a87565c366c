/**
 * Tries a tool's examples without leaving a trace: what they set is thrown away, and a tool that may act outside of
 * itself is not run, only the inputs are held against its schema. Knows nothing of who asked, or of terminals.
 */
import { anyOf } from "../policy/asks.ts";
import { OWNER } from "../../schemas/message.ts";
import type { WireError } from "../../schemas/error.ts";
import type { Manifest } from "../../schemas/function.ts";
import type { Functions } from "./functions.ts";

/** Examples of one function that are tried; the rest is not looked at. */
const EXAMPLES_MAX = 50;

type Example = Manifest["examples"][number];

/** One example, tried. */
export interface Tried {
  readonly say: string;
  readonly input: unknown;
  readonly passed: boolean;
  /** What the example says should come; absent = it does not say. */
  readonly expected?: unknown;
  /** What came instead; absent = it failed, or it passed. */
  readonly got?: unknown;
  /** Why nothing came. */
  readonly error?: WireError;
}

/** The examples of one version. */
export interface Rehearsal {
  readonly version: string;
  readonly tried: readonly Tried[];
  /** What the tool may do outside of itself, in words of its manifest: then only inputs were checked. Empty = it ran. */
  readonly withheld: readonly string[];
}

/**
 * Tries the examples of a tool, one after the other. `undefined` when there are none, or when another version took its
 * place meanwhile, or the signal said so: then nobody needs to know.
 */
export async function rehearse(
  functions: Pick<Functions, "get" | "run">,
  name: string,
  signal: AbortSignal,
): Promise<Rehearsal | undefined> {
  const info = functions.get(name);
  const manifest = info?.manifest;
  if (info === undefined || manifest === undefined || manifest.kind !== "tool") return undefined;
  const { version } = info;
  const withheld = outsideOf(manifest);
  const tried: Tried[] = [];
  for (const example of manifest.examples.slice(0, EXAMPLES_MAX)) {
    const call = { body: JSON.stringify(example.input), principal: OWNER, signal };
    const handler = withheld.length === 0 ? "run" : "check";
    // A turn or a caller would commit the values that come back in `writes`; nobody does here.
    const { output, error } = await functions.run(name, call, handler);
    if (signal.aborted || functions.get(name)?.version !== version) return undefined;
    tried.push(judge(example, handler === "check" ? undefined : { output }, error));
  }
  return tried.length === 0 ? undefined : { version, tried, withheld };
}

function judge(
  example: Example,
  result: { readonly output: unknown } | undefined,
  error: WireError | undefined,
): Tried {
  const { say, input } = example;
  const says = "output" in example;
  const expected = says ? { expected: example.output } : {};
  if (error !== undefined) return { say, input, passed: false, ...expected, error };
  const passed = result === undefined || !says || Bun.deepEquals(result.output, example.output);
  return { say, input, passed, ...expected, ...(passed ? {} : { got: result?.output }) };
}

/** What a tool's manifest lets it do to others than itself, or has a human asked for. */
function outsideOf({ permissions, secrets, confirm }: Manifest): string[] {
  const { net, write, exec, call } = anyOf(permissions);
  const granted = { net, write, exec, call, secrets };
  const outside = Object.entries(granted).filter(([, names]) => names.length > 0);
  return [...outside.map(([word]) => word), ...(confirm === "never" ? [] : ["confirm"])];
}
