/**
 * Whether the embedded model calls the built-in tools right: every sentence of `say.jsonl`, in a fresh session, with all
 * built-in tools offered. `bun bench/say.bench.ts FILE.gguf [--wrong]` measures another model, and shows what it gets wrong.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Definition } from "moult";
import { startLlama } from "../adapters/llama/engine.ts";
import { describe } from "../runtime/isolate/describe.ts";
import type { Functions } from "../runtime/load/functions.ts";
import type { Engine } from "../runtime/model/engine.ts";
import { prefixFor } from "../runtime/turn/prefix.ts";
import { Manifest } from "../schemas/function.ts";
import type { ChatMessage, ModelStatus, ToolCall, ToolSpec } from "../schemas/model.ts";
import { callContext, callTool } from "moult/testing";
import * as v from "valibot";
import { type Bench, type Report, fact } from "./harness.ts";

const ROOT = join(import.meta.dir, "..");

const MODEL = join(ROOT, "models/moult-mini.gguf");

/** Notes that exist when a sentence is said, so that there is something to find. */
const NOTES = ["the garage code is 9981", "the wifi password is hunter2", "call the plumber"];
const MORE_NOTES = ["buy milk", "Anna's birthday is on May 4"];

/** Sunday, 22 November 2026. */
const NOW = Date.UTC(2026, 10, 22, 15, 4, 5);

/** One line of `say.jsonl`. `tool: null` = nothing should be called. */
interface Sentence {
  readonly say: string;
  readonly tool: string | null;
  readonly input?: Readonly<Record<string, unknown>>;
}

/** What became of one sentence. */
interface Verdict {
  readonly tool: string;
  /** The right tool was called, or rightly none. */
  readonly named: boolean;
  /** …and what it did is what was asked. */
  readonly did: boolean;
  /** …and the answer names a value of the tool's output. */
  readonly told: boolean;
  readonly said: string;
}

/** One claim. */
export const bench: Bench = {
  title: "Tool calls of the embedded model",
  about:
    "Sentences of `bench/say.jsonl`, none of them in the training data, each in a fresh session with all built-in tools offered. *Did* compares what the tool did, not how its input was spelt.",
  run: measureApart,
};

/** The model library keeps its threads to the end of the process, so that is another one. */
async function measureApart(): Promise<Report> {
  const child = Bun.spawn([process.execPath, "--no-install", import.meta.path, MODEL, "--json"], {
    stderr: "inherit",
  });
  return (await new Response(child.stdout).json()) as Report;
}

async function measure(path: string, onWrong?: (line: string) => void): Promise<Report> {
  const place = mkdtempSync(join(tmpdir(), "moult-bench-"));
  const from = process.cwd();
  const sentences = readSentences();
  await fillFolder(place, sentences);
  const engine = await startLlama({ path, embedded: true, slots: 1, gpu: false });
  try {
    process.chdir(place);
    const asker = new Asker(engine, await definitions());
    const verdicts: Verdict[] = [];
    for (const sentence of sentences) verdicts.push(await asker.judge(sentence));
    for (const wrong of verdicts.filter(({ did }) => !did)) onWrong?.(wrong.said);
    return report(verdicts, sentences.length);
  } finally {
    process.chdir(from);
    await engine.close();
    rmSync(place, { recursive: true, force: true });
  }
}

function report(verdicts: readonly Verdict[], total: number): Report {
  const percent = (part: number, all: number) => `${Math.round((100 * part) / all)} %`;
  const tools = [...new Set(verdicts.map(({ tool }) => tool))];
  const body = tools.map((tool) => {
    const own = verdicts.filter((verdict) => verdict.tool === tool);
    const share = (key: "named" | "did" | "told") =>
      percent(own.filter((verdict) => verdict[key]).length, own.length);
    return [tool, String(own.length), share("named"), share("did"), share("told")];
  });
  const count = (key: "named" | "did" | "told") => verdicts.filter((one) => one[key]).length;
  return {
    rows: [
      fact("right tool, or rightly none", percent(count("named"), total)),
      fact("…and it did what was asked", percent(count("did"), total)),
      fact("…and the answer names its result", percent(count("told"), total)),
    ],
    tables: [{ head: ["tool", "sentences", "named", "did", "told"], body }],
  };
}

/** Says sentences to a model and judges what it does. */
class Asker {
  readonly #engine: Engine;
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #tools: readonly ToolSpec[];
  readonly #system: string;

  constructor(engine: Engine, all: ReadonlyMap<string, Definition>) {
    this.#engine = engine;
    this.#definitions = all;
    const request = { text: "", last: [], active: [] };
    const { system, tools } = prefixFor(asFunctions(all), EMBEDDED, request);
    this.#system = system;
    this.#tools = tools;
  }

  async judge({ say, tool, input = {} }: Sentence): Promise<Verdict> {
    const messages: ChatMessage[] = [
      { role: "system", content: this.#system },
      { role: "user", content: say },
    ];
    const { text, call } = await this.#ask(messages);
    const named = (call?.name ?? null) === tool;
    const said = `${say} → ${call === undefined ? text : `${call.name} ${JSON.stringify(call.arguments)}`}`;
    const isTool = tool !== null && this.#definitions.get(tool)?.kind === "tool";
    if (!isTool || call === undefined || !named)
      return { tool: tool ?? "(none)", named, did: named, told: named, said };
    const result = await this.#does(tool, call.arguments);
    const did = result.effect === (await this.#does(tool, input)).effect;
    messages.push({ role: "assistant", content: text, toolCalls: [call] });
    messages.push({ role: "tool", id: call.id, name: tool, content: result.output });
    const answer = await this.#ask(messages);
    const told = did && leaves(result.output).some((leaf) => answer.text.includes(leaf));
    return { tool, named, did, told, said };
  }

  async #ask(messages: readonly ChatMessage[]): Promise<{ text: string; call?: ToolCall }> {
    let text = "";
    const calls: ToolCall[] = [];
    const sink = {
      token: (piece: string) => {
        text += piece;
      },
      call: (call: ToolCall) => {
        calls.push(call);
      },
    };
    const request = { lane: "api", messages, tools: this.#tools, tokensMax: 200 } as const;
    await this.#engine.generate(request, sink, new AbortController().signal);
    const [call] = calls;
    return call === undefined ? { text } : { text, call };
  }

  /** The tool's answer, and everything it changed. */
  async #does(name: string, input: unknown): Promise<{ output: string; effect: string }> {
    const tool = this.#definitions.get(name);
    if (tool?.kind !== "tool") return { output: "", effect: "" };
    const ctx = callContext({ now: () => NOW });
    const notes = this.#definitions.get("notes");
    if (name === "notes" && notes?.kind === "tool")
      for (const text of [...NOTES, ...MORE_NOTES])
        await callTool(notes, { action: "add", text }, ctx);
    const output = JSON.stringify(
      await callTool(tool, input, ctx).catch((error: Error) => ({ error: error.message })),
    );
    return { output, effect: output + JSON.stringify(await ctx.kv.list()) };
  }
}

const EMBEDDED: ModelStatus = {
  state: "ready",
  name: "",
  contextTokens: 2_048,
  slots: 1,
  threads: 1,
  embedded: true,
  loadMs: 0,
  queued: { interactive: 0, api: 0, cron: 0, background: 0 },
  running: 0,
  restarts: 0,
  pid: 0,
};

/** Built-in functions by name. */
async function definitions(): Promise<ReadonlyMap<string, Definition>> {
  const found = new Map<string, Definition>();
  for await (const file of new Bun.Glob("functions/*/[!_]*.ts").scan({ cwd: ROOT, absolute: true }))
    found.set(basename(file, ".ts"), ((await import(file)) as { default: Definition }).default);
  return found;
}

/** The table of functions, as far as a prompt needs it. */
function asFunctions(all: ReadonlyMap<string, Definition>): Functions {
  const infos = [...all].map(([name, definition]) => ({
    name,
    kind: definition.kind,
    version: "",
    state: "ready" as const,
    manifest: v.parse(Manifest, describe(definition)),
    origin: "builtin" as const,
    file: "",
    loadedAt: 0,
    reloadMs: 0,
    calls: 0,
    failures: 0,
  }));
  const refuse = () => Promise.reject(new Error("Nothing is called here"));
  return {
    list: () => infos,
    get: (name) => infos.find((info) => info.name === name),
    fetch: refuse,
    run: refuse,
    rollback: refuse,
  };
}

function readSentences(): readonly Sentence[] {
  const lines = readFileSync(join(import.meta.dir, "say.jsonl"), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as Sentence);
}

/** Files that the sentences speak of. */
async function fillFolder(place: string, sentences: readonly Sentence[]): Promise<void> {
  for (const { tool, input } of sentences) {
    const path = input?.["path"];
    if (tool === "read_file" && typeof path === "string")
      await Bun.write(join(place, "files", path.replace(/^files\//, "")), `This is ${path}\n`);
  }
}

/** Values of a JSON text, as an answer would name them. */
function leaves(json: string): readonly string[] {
  const found: string[] = [];
  JSON.parse(json, (_, value: unknown) => {
    if (typeof value === "string" || typeof value === "number") found.push(String(value).trim());
    return value;
  });
  return found.filter((leaf) => leaf !== "");
}

if (import.meta.main) {
  const [path = MODEL, flag] = Bun.argv.slice(2);
  const onWrong = flag === "--wrong" ? (line: string) => console.log(`✗ ${line}`) : undefined;
  const result = await measure(resolve(path), onWrong);
  if (flag === "--json") await Bun.write(Bun.stdout, JSON.stringify(result));
  else show(result);
  process.exit();
}

function show({ rows, tables = [] }: Report): void {
  for (const { claim, value } of rows) console.log(`${claim}: ${value}`);
  for (const { head, body } of tables)
    for (const line of [head, ...body]) console.log(line.map((cell) => cell.padEnd(14)).join(""));
}
