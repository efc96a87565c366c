/** Runs bundles inside the test's own process: what the loader needs of a host, without one. */
import { toJsonSchema } from "@valibot/to-json-schema";
import { plugin } from "bun";
import * as v from "valibot";
import * as moult from "../../../runtime/define.ts";
import type { Bundle, Deployment } from "../../../runtime/isolate/deployment.ts";
import type { CallResult, FunctionCall } from "../../../runtime/ports.ts";
import { MoultError, toWire } from "../../../schemas/error.ts";
import { Manifest } from "../../../schemas/function.ts";

plugin({
  name: "moult in this process",
  setup(build) {
    build.module("moult", () => ({ exports: moult, loader: "object" }));
  },
});

interface Definition {
  readonly kind: string;
  readonly description: string;
  readonly input?: Parameters<typeof toJsonSchema>[0];
  readonly run: (input: unknown) => unknown;
}

/** Counts what a loader asked of it. */
export interface Hosts {
  readonly deploy: (bundle: Bundle) => Promise<Deployment>;
  /** Bundles whose code was evaluated, in order. */
  readonly started: string[];
  /** Bundles that were deployed, in order. */
  readonly deployed: Bundle[];
  /** Versions that were asked to end. */
  readonly retired: string[];
}

/** A place where bundles run. */
export function hosts(): Hosts {
  const started: string[] = [];
  const deployed: Bundle[] = [];
  const retired: string[] = [];

  async function load(bundle: Bundle): Promise<Definition> {
    started.push(bundle.name);
    const module = (await import(bundle.path).catch((error: unknown) => {
      throw new MoultError("function/invalid", `Cannot load "${bundle.name}": ${String(error)}`);
    })) as { readonly default: Definition };
    return module.default;
  }

  async function deploy(bundle: Bundle): Promise<Deployment> {
    deployed.push(bundle);
    let loading = bundle.manifest === undefined ? load(bundle) : undefined;
    const manifest = bundle.manifest ?? manifestOf(bundle.name, await loading);
    const inFlight = new Set<Promise<unknown>>();
    let retiring = false;

    const call = (body: FunctionCall["body"]): Promise<unknown> => {
      if (retiring)
        throw new TypeError(`${bundle.name} ${bundle.version} was called after its end`);
      const work = (async () => {
        loading ??= load(bundle);
        const input: unknown = body === null ? {} : await new Response(body).json();
        return (await loading).run(input);
      })();
      const settled = work.catch(() => undefined).finally(() => inFlight.delete(settled));
      inFlight.add(settled);
      return work;
    };
    const headers = { "x-function-version": bundle.version };
    return {
      manifest,
      version: bundle.version,
      fetch: async ({ body }) => {
        try {
          return Response.json(await call(body), { headers });
        } catch (error) {
          return Response.json({ error: toWire(error) }, { status: 500, headers });
        }
      },
      run: async ({ body }): Promise<CallResult> => {
        try {
          return { version: bundle.version, ms: 0, output: await call(body), writes: [] };
        } catch (error) {
          return { version: bundle.version, ms: 0, error: toWire(error), writes: [] };
        }
      },
      retire: async () => {
        retiring = true;
        retired.push(bundle.version);
        await Promise.all(inFlight);
      },
    };
  }
  return { deploy, started, deployed, retired };
}

function manifestOf(name: string, definition: Definition | undefined): Manifest {
  const input = definition?.input && toJsonSchema(definition.input);
  const parsed = v.safeParse(Manifest, { ...definition, input });
  if (parsed.success && typeof definition?.run === "function") return parsed.output;
  throw new MoultError("function/invalid", `"${name}" does not export a definition`);
}
