/**
 * What is seen of requests that say what they mean, in numbers for learn.py:
 *
 *   bun models/recipe/filling/see.ts DIR REQUESTS.jsonl...
 *
 * A line of requests.py is one request. DIR gets rows of numbers for each file (`NAME.requests`, `.parameters`, `.candidates`,
 * and four bags of names: `.words`, `.sought`, `.between`, `.seen`), the names (`names.json`) and vectors of words
 * (`meanings`). What is there already is kept, so that files can be added.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  alikeBetween,
  alikeOfChoice,
  vectorOfParameter,
  vectorOfPiece,
  whereSaid,
} from "../../../adapters/llama/filling/alike.ts";
import { candidatesFor } from "../../../adapters/llama/filling/candidates.ts";
import { parametersOf } from "../../../adapters/llama/filling/fill.ts";
import { saidTo } from "../../../adapters/llama/filling/said.ts";
import type { Parameter, Said } from "../../../adapters/llama/filling/stretch.ts";
import {
  traitsBetween,
  traitsOfParameter,
  traitsOfPlace,
  traitsOfWord,
} from "../../../adapters/llama/filling/traits.ts";
import { DIMENSIONS } from "../../../runtime/turn/word_vectors.ts";
import type { ToolSpec } from "../../../schemas/model.ts";

interface Request {
  /** Which tools are of one kind. */
  readonly d: string;
  readonly tool: ToolSpec;
  readonly message: string;
  readonly before?: string;
  /** What it says; a list: any of them. Without it something is missing. */
  readonly args?: Readonly<Record<string, unknown>>;
  readonly lack?: readonly string[];
}

/** Is nothing right for a parameter: no, yes, one of those that are required, nobody knows. */
const SAID = 0;
const UNSAID = 1;
const MAYBE_UNSAID = 2;
const UNKNOWN = 3;
/** What is missing: nothing, what is named, something. */
const COMPLETE = 0;
const LACKS = 1;
const LACKS_SOMETHING = 2;
/** A vector's numbers. */
const MEANING_STEPS = 32_767;
const KINDS = 100_000n;
const TYPES: readonly Parameter["type"][] = ["string", "enum", "boolean", "number", "list"];

type Seen = readonly (readonly [name: string, times: number])[];

const [out = ".", ...files] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const namesFile = join(out, "names.json");
const meaningsFile = join(out, "meanings");
const names = new Map<string, number>();
if (existsSync(namesFile))
  for (const name of JSON.parse(readFileSync(namesFile, "utf8")) as string[])
    names.set(name, names.size);
/** Vectors, each once; 0 is none. */
const meanings = new Map<string, number>();
if (existsSync(meaningsFile)) {
  const values = [...new Int16Array(Uint8Array.from(readFileSync(meaningsFile)).buffer)];
  for (let from = 0; from < values.length; from += DIMENSIONS)
    meanings.set(values.slice(from, from + DIMENSIONS).join(","), meanings.size + 1);
}
/** What is known of a tool is found out once. */
const tools = new Map<string, ToolSpec>();
for (const file of files) await see(file);
writeFileSync(namesFile, JSON.stringify([...names.keys()]));
const vectors = [...meanings.keys()].flatMap((vector) => vector.split(",").map(Number));
writeFileSync(meaningsFile, new Uint8Array(Int16Array.from(vectors).buffer));

/** Bags of names, one after the other. */
class Bags {
  readonly #ids: number[] = [];
  readonly #times: number[] = [];
  readonly #lengths: number[] = [];

  constructor(readonly sort: string) {}

  add(seen: Seen): void {
    for (const [own, times] of seen) {
      const name = `${this.sort} ${own}`;
      const id = names.get(name) ?? names.size;
      names.set(name, id);
      this.#ids.push(id);
      this.#times.push(times);
    }
    this.#lengths.push(seen.length);
  }

  write(path: string): void {
    writeInts(`${path}.ids`, this.#ids);
    writeFileSync(`${path}.times`, new Uint8Array(Float32Array.from(this.#times).buffer));
    writeInts(`${path}.lengths`, this.#lengths);
  }
}

/** Rows of numbers of one file. */
class Table {
  readonly words = new Bags("w");
  readonly sought = new Bags("p");
  readonly between = new Bags("b");
  readonly seen = new Bags("c");
  readonly wordMeanings: number[] = [];
  readonly soughtMeanings: number[] = [];
  /** Of a request: pieces, parameters, what it lacks, arguments that no rule reads, kind of tool, whether it is Chinese. */
  readonly requests: number[] = [];
  /** Of a parameter: required, whether nothing is right, type, candidates. */
  readonly parameters: number[] = [];
  /** Of a candidate: first piece, last piece, right, part of its piece, where it is looked for. */
  readonly candidates: number[] = [];
}

async function see(file: string): Promise<void> {
  const table = new Table();
  const lines = (await Bun.file(file).text()).trim().split("\n");
  for (const line of lines) {
    const request = JSON.parse(line) as Request;
    seeRequest({ ...request, tool: sameTool(request.tool) }, table);
  }
  const path = join(out, basename(file, ".jsonl"));
  for (const bags of ["words", "sought", "between", "seen"] as const)
    table[bags].write(`${path}.${bags}`);
  for (const rows of [
    "wordMeanings",
    "soughtMeanings",
    "requests",
    "parameters",
    "candidates",
  ] as const)
    writeInts(`${path}.${rows}`, table[rows]);
  console.log(`${path}: ${lines.length} requests, ${names.size} names`);
}

function sameTool(tool: ToolSpec): ToolSpec {
  const key = JSON.stringify(tool);
  const same = tools.get(key) ?? tool;
  tools.set(key, same);
  return same;
}

function seeRequest(request: Request, table: Table): void {
  const parameters = parametersOf(request.tool);
  if (parameters === undefined || parameters.length === 0) return;
  const { message, before, args, lack = [] } = request;
  const said = saidTo(
    request.tool,
    before === undefined ? [message] : [message, before],
    parameters,
  );
  const isKnown = (key: string): boolean => parameters.some((one) => one.key === key);
  const unread = Object.entries(args ?? {}).filter(
    ([key, value]) => !isKnown(key) && ![value].flat().includes(null),
  );
  const lacking = args !== undefined ? COMPLETE : lack[0] === "?" ? LACKS_SOMETHING : LACKS;
  const kind = Number(BigInt(Bun.hash(request.d)) % KINDS);
  const isChinese = Number(/\p{Script=Han}/u.test(message));
  table.requests.push(
    said.pieces.length,
    parameters.length,
    lacking,
    unread.length,
    kind,
    isChinese,
  );
  for (const [at, piece] of said.pieces.entries()) {
    const traits = [...traitsOfWord(piece), ...traitsOfPlace(said, piece, at)];
    table.words.add(traits.map((name) => [name, 1]));
    table.wordMeanings.push(meaningOf(vectorOfPiece(piece)));
  }
  for (const one of parameters) seeParameter({ request, one, all: parameters, said }, table);
}

/** A parameter, among all of its tool, as it looks for its value in a request. */
interface Seeking {
  readonly request: Request;
  readonly one: Parameter;
  readonly all: readonly Parameter[];
  readonly said: Said;
}

function seeParameter({ request, one, all, said }: Seeking, table: Table): void {
  const found = candidatesFor(one, said);
  const wanted = request.args?.[one.key];
  table.sought.add(traitsOfParameter(one, all).map((name) => [name, 1]));
  table.soughtMeanings.push(meaningOf(vectorOfParameter(one)));
  for (const [at, piece] of said.pieces.entries())
    table.between.add([
      ...traitsBetween(one, said, at).map((name) => [name, 1] as const),
      ...alikeBetween(one, piece),
    ]);
  table.parameters.push(
    Number(one.required),
    unsaid(request, one),
    TYPES.indexOf(one.type),
    found.length,
  );
  for (const candidate of found) {
    const { first, last, value, traits, part = false } = candidate;
    const isRight = wanted !== undefined && [wanted].flat().some((it) => Bun.deepEquals(it, value));
    const at = whereSaid(one, said, candidate);
    table.candidates.push(first, last, Number(isRight), Number(part), at);
    table.seen.add([
      ...traits.names.map((name, nth) => [name, traits.times[nth] ?? 1] as const),
      ...alikeOfChoice(one, said, candidate),
    ]);
  }
}

function unsaid({ args, lack = [] }: Request, { key, required }: Parameter): number {
  if (args !== undefined) {
    const wanted = args[key];
    return wanted === undefined || [wanted].flat().includes(null) ? UNSAID : SAID;
  }
  if (lack.includes(key)) return UNSAID;
  return lack[0] === "?" && required ? MAYBE_UNSAID : UNKNOWN;
}

function meaningOf(vector: Float32Array | undefined): number {
  if (vector === undefined) return 0;
  const key = Array.from(vector, (value) => Math.round(value * MEANING_STEPS)).join(",");
  const at = meanings.get(key) ?? meanings.size + 1;
  meanings.set(key, at);
  return at;
}

function writeInts(path: string, numbers: readonly number[]): void {
  writeFileSync(path, new Uint8Array(Int32Array.from(numbers).buffer));
}
