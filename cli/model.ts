/** `moult model list|pull|use|inspect|quantize`: which models there are, and which of them answers. Needs no daemon. */
import { findDaemon, text } from "./client.ts";
import { pullAndShow } from "./model_pull.ts";
import { quantizeAndShow } from "./model_quantize.ts";
import { countText, showFacts, showTrouble } from "./model_show.ts";
import { aside, json, line, table } from "./print.ts";
import { UsageError, type Command, type Values } from "./program.ts";
import { daemonOptions } from "./start.ts";
import { bytesText } from "../runtime/bytes_text.ts";
import type { ModelEntry } from "../runtime/ports.ts";
import type { ListedModel, Models } from "../schemas/model_file.ts";

const USAGE = "list | pull SOURCE | use NAME | inspect [NAME] | quantize NAME";

/** `moult model` */
export const command: Command = {
  usage: USAGE,
  options: {
    sha256: { type: "string" },
    type: { type: "string" },
    force: { type: "boolean" },
    offline: { type: "boolean" },
    config: { type: "string", short: "c" },
  },
  help: `  list               the embedded model, those in the home and configured ones, with * before
                     the one in use; which of them a running daemon has in memory
  pull SOURCE        downloads a model: hf:USER/REPO:QUANTISATION, hf:USER/REPO/FILE.gguf, or an
                     https address of a .gguf file; a pull that was stopped goes on
  use NAME           answers with this model from the next start on; NAME may be short, a path,
                     or "embedded"
  inspect [NAME]     what it is and what memory it needs; without a name: the one in use
  quantize NAME      makes a smaller copy of an F16, BF16 or F32 model

  --type TYPE        quantize: Q2_K to Q8_0 (default: Q4_K_M, less than a third of F16)
  --sha256 HEX       what the file must be (default: what the server says, where it says so)
  --force            pull, quantize: replace what is there; use: although it cannot work here
  --offline          no connection to any other machine
  --config FILE      configuration (default: ./moult.yaml, if it exists)`,
  async run(program, [action = "", name, ...rest], values) {
    const isAction = Object.hasOwn(ACTIONS, action);
    const act = isAction ? ACTIONS[action] : undefined;
    if (act === undefined || rest.length > 0 || !act.takes(name))
      throw new UsageError(`Write: moult model ${USAGE.replaceAll(" | ", ", moult model ")}`);
    return await act.run(await program.models(daemonOptions(values)), name ?? "", values);
  },
};

interface Action {
  /** Whether it works with this argument, or without one. */
  readonly takes: (name: string | undefined) => boolean;
  readonly run: (models: Models, name: string, values: Values) => Promise<number>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  list: {
    takes: (name) => name === undefined,
    run: async (models, _name, values) => list(models, values),
  },
  pull: {
    takes: (name) => name !== undefined,
    run: (models, name, values) =>
      pullAndShow(models, name, {
        json: values["json"] === true,
        force: values["force"] === true,
        sha256: text(values["sha256"]),
      }),
  },
  quantize: {
    takes: (name) => name !== undefined,
    run: (models, name, values) =>
      quantizeAndShow(models, name, {
        json: values["json"] === true,
        force: values["force"] === true,
        type: text(values["type"]),
      }),
  },
  use: { takes: (name) => name !== undefined, run: use },
  inspect: {
    takes: () => true,
    run: (models, name, values) => inspect(models, name === "" ? undefined : name, values),
  },
};

async function list(models: Models, values: Values): Promise<number> {
  const running = await runningModels(values);
  const listed = models
    .list()
    .map((model) => Object.assign({ state: stateOf(model, running) }, model));
  if (values["json"] === true) json(listed);
  else table([["  NAME", "STATE", "SIZE", "PARAMETERS", "TYPE", "CONTEXT"], ...listed.map(row)]);
  return 0;
}

type State = "resident" | "loaded" | "on disk";

/** What a running daemon has in memory, the model that answers first; nothing where none runs. */
async function runningModels(values: Values): Promise<readonly ModelEntry[]> {
  try {
    const client = findDaemon(values);
    const status = await client?.json<{ readonly models?: readonly ModelEntry[] }>(
      "GET",
      "/api/status",
    );
    return status?.models ?? [];
  } catch {
    // Which files there are can be said all the same.
    return [];
  }
}

function stateOf({ id }: ListedModel, running: readonly ModelEntry[]): State {
  const at = running.findIndex((entry) => entry.id === id);
  if (at === 0) return "resident";
  return running[at]?.loaded === true ? "loaded" : "on disk";
}

function row(listed: ListedModel & { readonly state: State }): readonly string[] {
  const { name, inUse, state, facts, error } = listed;
  const first = [`${inUse ? "*" : " "} ${name}`, state];
  if (facts === undefined) return [...first, "", "", "", error ?? ""];
  const { bytes, parameters, quantisation, contextTokens } = facts;
  return [...first, bytesText(bytes), countText(parameters), quantisation, String(contextTokens)];
}

async function inspect(models: Models, name: string | undefined, values: Values): Promise<number> {
  const facts = await models.inspect(name);
  if (values["json"] === true) json(facts);
  else showFacts(facts);
  return 0;
}

async function use(models: Models, name: string, values: Values): Promise<number> {
  const { facts, ...used } = await models.use(name, values["force"] === true);
  const running = findDaemon(values);
  if (values["json"] === true) {
    json({ ...used, restart: running !== undefined && used.changed });
    return 0;
  }
  line(`${used.name} answers from the next start on`);
  showTrouble(facts);
  if (running !== undefined && used.changed)
    aside('The running daemon goes on with the model it has; end it with "moult stop"');
  return 0;
}
