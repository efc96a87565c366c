/**
 * Learns what each number counts by which tools are chosen (runtime/turn/agreement.ts), from cases as `moult eval` reads them:
 *
 *     bun bench/agreement.ts CASES.jsonl… [--held FILE] [--unseen DIR] [--write]
 *
 * The cases are of writers from whom the matcher (runtime/turn/matcher.ts) has not learned, or it would be believed more than
 * it deserves with strangers; or DIR/NAME has weights of it that were not learned from NAME.jsonl.
 * `sh models/recipe/choosing/run.sh` makes the cases.
 *
 * Each file (or only those of `--held`) is left out once and measured with what the others teach: that says what to expect of
 * strangers. With `--write` all of them teach together instead, and the weights are kept. Use `strangers.py dev…` and
 * `make.py`, never a `test`.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { learn, type Lesson } from "./agreement_learner.ts";
import { readingFor } from "../adapters/llama/filling/reading.ts";
import { sourcesOf } from "../adapters/llama/tools.ts";
import { type EvalCase, readCases } from "../cli/eval_cases.ts";
import { agreements, type Matching, type Reading } from "../runtime/turn/agreement.ts";
import {
  scoreWith,
  type Weights,
  WEIGHTS_FILE,
  written,
} from "../runtime/turn/agreement_weights.ts";
import { likeliest, withoutCodes } from "../runtime/turn/fitting_tools.ts";
import { Matcher } from "../runtime/turn/matcher.ts";
import type { ToolSpec } from "../schemas/model.ts";

/** How much of what is learnt are refusals. */
const REFUSED = 0.35;
const AS_SAID = { text: (text: string): string => text };

/** A request of a file. */
interface Asked extends Lesson {
  readonly file: string;
  readonly category: string;
  /** By tool: whether it is among those whose arguments are read. */
  readonly likely: readonly boolean[];
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: "boolean" },
    held: { type: "string", multiple: true },
    unseen: { type: "string", default: "" },
  },
});
let names: readonly string[] = [];
const all = positionals.flatMap((path) => lessonsIn(path));
if (values.write === true) writeFileSync(WEIGHTS_FILE, written(taught(all)));
else
  for (const file of values.held ?? new Set(all.map((one) => one.file))) {
    const weights = taught(all.filter((one) => one.file !== file));
    report(
      file,
      all.filter((one) => one.file === file),
      weights,
    );
  }

function lessonsIn(path: string): readonly Asked[] {
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const matching = matchingFor(basename(path, ".jsonl"));
  return readCases(text, path).flatMap((one, nth) => {
    const wire = JSON.parse(lines[nth] ?? "{}") as { readonly lacks?: string };
    const asked = one.messages.at(-1);
    // Where something is missing, the tool is right that would be called otherwise.
    const name = one.expect?.name ?? wire.lacks;
    const isUnknown = name === undefined && one.says.length > 0;
    if (asked?.role !== "user" || isUnknown) return [];
    return lessonsOf({ one, file: basename(path), asked: asked.content, name, matching });
  });
}

/** Of a matcher that did not learn from a file, if there is one. */
function matchingFor(file: string): Matching | undefined {
  const folder = join(values.unseen, file);
  if (values.unseen === "" || !existsSync(folder)) return undefined;
  const matcher = new Matcher(folder);
  return (text, tool) => matcher.score(text, tool);
}

/** A case, and which tool is right. */
interface Posed {
  readonly one: EvalCase;
  readonly file: string;
  readonly asked: string;
  readonly name: string | undefined;
  readonly matching: Matching | undefined;
}

/** Of many tools those that are read are chosen unread: that is a lesson of its own. */
function lessonsOf({ one, file, asked, name, matching }: Posed): readonly Asked[] {
  const { tools, messages, category } = one;
  const sources = sourcesOf(messages, AS_SAID);
  const text = withoutCodes(asked, tools);
  const likely = new Set(likeliest(text, tools, matching));
  const right = tools.findIndex((tool) => tool.name === name);
  const isLikely = tools.map((tool) => likely.has(tool));
  const lesson = (reading: (tool: ToolSpec) => Reading | undefined): Asked => {
    const found = agreements(text, tools, reading, matching);
    names = Object.keys(found[0] ?? {});
    const rows = found.map((agreement) => names.map((own) => agreement[own] ?? 0));
    return { file, category, rows, right, likely: isLikely };
  };
  const read = lesson((tool) => (likely.has(tool) ? readingFor(tool, sources) : undefined));
  if (likely.size === tools.length) return [read];
  return [read, { ...lesson(() => undefined), category: `${category}, unread` }];
}

/** Each file counts the same, and so do its refusals. */
function taught(lessons: readonly Asked[]): Weights {
  const groups = Map.groupBy(lessons, ({ file, right }) => `${file} ${right < 0}`);
  const sets = new Set(lessons.map(({ file }) => file)).size;
  return learn(names, lessons, (nth) => {
    const { file = "", right = -1 } = lessons[nth] ?? {};
    const share = right < 0 ? REFUSED : 1 - REFUSED;
    const own = groups.get(`${file} ${right < 0}`)?.length ?? 1;
    return (share * lessons.length) / own / sets;
  });
}

/** Says how often the right tool, or rightly none, had the highest score; in brackets, how often among the tools. */
function report(file: string, own: readonly Asked[], weights: Weights): void {
  const parts = [...Map.groupBy(own, ({ category }) => category)].map(([category, group]) => {
    let [right, first] = [0, 0];
    for (const one of group) {
      const scores = one.rows.map((row, nth) =>
        one.likely[nth] === true || category.endsWith("unread")
          ? scoreWith(weights, row)
          : -Infinity,
      );
      const most = Math.max(...scores);
      if (one.right < 0) right += Number(most <= 0);
      else if (scores[one.right] === most) {
        first++;
        right += Number(most > 0);
      }
    }
    const share = (count: number): string => ((100 * count) / group.length).toFixed(1);
    return `${category} ${share(right)} %${first > 0 ? ` (${share(first)})` : ""}`;
  });
  console.log(`${file}, taught by the others: ${parts.join(", ")}`);
}
