/** Compares what the machine reported with what it should have. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcomes } from "../attacks/verdicts.ts";
import { readTable, tableOf, type Verdicts } from "../attacks/verdicts.ts";

/** One line of JSON from inside. */
export interface Report {
  readonly part: string;
  readonly [fact: string]: unknown;
}

/** What people read, and what is not as it should be. */
export interface Judgement {
  readonly lines: readonly string[];
  readonly wrong: readonly string[];
}

type Results = Readonly<Record<string, string>>;

const GOLDEN = join(import.meta.dir, "../attacks/verdicts/A.txt");
/** Columns in which layers that came to kernels bit by bit make no difference. */
const OF_EVERY_KERNEL = ["none", "network", "hooks", "own user", "full"];
/** Attacks that work in full, as docs/security.md says. */
const LEFT = [
  "learn whether a file is there, and how long",
  "read a program's command line",
  "run machine code of its own",
];

/** Collects what is said of parts of the suite. */
class Findings {
  readonly lines: string[] = [];
  readonly wrong: string[] = [];

  check(is: boolean, what: string): void {
    if (!is) this.wrong.push(what);
  }

  same(what: string, found: unknown, wanted: unknown): void {
    const [left, right] = [JSON.stringify(found), JSON.stringify(wanted)];
    this.check(left === right, `${what}: ${left} instead of ${right}`);
  }
}

/**
 * @param without reports of a machine whose kernel does not ask programs for their judgement
 * @param isOld its kernel is older than that of the table
 */
export function judgeReports(
  reports: readonly Report[],
  without: readonly Report[],
  isOld: boolean,
): Judgement {
  const findings = new Findings();
  judgeTier(findings, reports, without);
  judgeHooks(findings, reports);
  judgeCorpus(findings, reports, isOld);
  judgeBounds(findings, reports);
  judgeCost(findings, reports);
  return findings;
}

function all(reports: readonly Report[], part: string): readonly Report[] {
  return reports.filter((report) => report.part === part);
}

function factOf(reports: readonly Report[], part: string, fact: string): unknown {
  return all(reports, part).find((report) => fact in report)?.[fact];
}

function judgeTier(
  findings: Findings,
  reports: readonly Report[],
  without: readonly Report[],
): void {
  findings.same("the tier", factOf(reports, "tier", "tier"), "A");
  findings.same("the tier without lsm=bpf", factOf(without, "tier", "tier"), "B");
  const lacks = factOf(without, "tier", "lacks") as readonly string[] | undefined;
  const remedy = lacks?.find((line) => line.startsWith("hooks: "));
  findings.check(/add bpf to the list of lsm=/.test(remedy ?? ""), "no remedy without lsm=bpf");
  findings.lines.push(`tier A; without lsm=bpf tier B: ${String(remedy)}`);
  findings.same("a function's answer", factOf(reports, "works", "answer"), 42);
  findings.same("what a program prints", factOf(reports, "starts", "own"), "cat\n");
  findings.same("another program", factOf(reports, "starts", "other"), "EACCES");
  findings.same("the error of a refused file", factOf(reports, "told", "code"), "EPERM");
  const told = factOf(reports, "told", "refusals") as readonly { wanted?: string }[] | undefined;
  findings.same("what is told of it", told?.[0]?.wanted, "/etc/passwd");
  findings.same("after the daemon is killed", factOf(reports, "orphan", "isRunning"), false);
  findings.same("what its function got", factOf(reports, "orphan", "words"), ["EACCES"]);
  findings.lines.push(
    "a daemon that is killed leaves no function running; until then it was refused",
  );
}

const REFUSED = /^refused: (EPERM|EACCES|ERR_DLOPEN_FAILED)$/;

function judgeHooks(findings: Findings, reports: readonly Report[]): void {
  const columns = all(reports, "hooks").filter((report) => "column" in report);
  findings.same("columns of the hooks", columns.length, 6);
  for (const { column, files, results } of columns) {
    const pattern = column === "confined" ? REFUSED : /^succeeded$/;
    const unlike = Object.entries(results as Results).filter(([, text]) => !pattern.test(text));
    findings.same(`the hooks, ${String(column)}, ${String(files)} files`, unlike, []);
  }
  const holes = all(reports, "without");
  for (const { hook, results } of holes) {
    const through = Object.values(results as Results).filter((result) => result === "succeeded");
    findings.check(through.length > 0, `nothing needs the hook ${String(hook)}`);
  }
  findings.check(holes.length >= 23, `only ${String(holes.length)} hooks were left out`);
  findings.check(factOf(reports, "hooks", "done") === true, "the hooks were not tried to the end");
  const attacks = columns.find(({ column }) => column === "confined")?.["results"] as Results;
  const count = String(Object.keys(attacks ?? {}).length);
  findings.lines.push(
    `the hooks alone refuse ${count} attacks; each of ${String(holes.length)} hooks left out lets at least one through`,
  );
}

/** What fails in this machine without a sandbox, too: its linker opens no audit library. Shown on the machine outside. */
const NOT_SHOWN = new Set(["give a program a library (LD_AUDIT)"]);

function judgeCorpus(findings: Findings, reports: readonly Report[], isOld: boolean): void {
  const groups = factOf(reports, "corpus", "groups") as Verdicts["groups"] | undefined;
  const outcomes = Object.fromEntries(
    all(reports, "verdicts")
      .filter((report) => "column" in report)
      .map((report) => [report["column"] as string, report["outcomes"] as Outcomes]),
  );
  const { twins = {}, ...columns } = outcomes;
  const isDone = factOf(reports, "verdicts", "done") === true;
  findings.check(isDone && groups !== undefined, "the corpus was not tried to the end");
  if (groups === undefined) return;
  const having = (some: Outcomes | undefined, result: string) =>
    Object.keys(some ?? {}).filter((name) => some?.[name]?.result === result);
  const names = Object.keys(columns["none"] ?? {});
  const shown = names.filter((name) => !NOT_SHOWN.has(name));
  findings.same("attacks without a sandbox", having(columns["none"], "succeeds"), shown);
  findings.same("harmless twins", having(twins, "succeeds"), names);
  findings.same("what is left", having(columns["full"], "succeeds").toSorted(), LEFT.toSorted());
  const table = tableOf({ groups, columns } as unknown as Verdicts);
  if (process.argv.includes("--write")) writeFileSync(GOLDEN, table);
  compare(findings, table, new Set(isOld ? OF_EVERY_KERNEL : Object.keys(columns)));
  const refused = String(names.length - having(columns["full"], "succeeds").length);
  findings.lines.push(table, `${refused} of ${String(names.length)} attacks are refused in full`);
}

function compare(findings: Findings, table: string, columns: ReadonlySet<string>): void {
  if (!existsSync(GOLDEN)) {
    findings.wrong.push(`there is no ${GOLDEN} (--write makes it)`);
    return;
  }
  const wanted = cellsOf(readFileSync(GOLDEN, "utf8"), columns);
  for (const [name, cells] of Object.entries(cellsOf(table, columns)))
    findings.same(name, cells, wanted[name]);
}

/** Some cells of a table by the name of the attack. */
function cellsOf(table: string, columns: ReadonlySet<string>): Readonly<Record<string, string>> {
  const { attack: header = "", ...rows } = readTable(table);
  // The names of columns may hold spaces, the cells do not.
  const names = header.replace("own user", "own_user").split(" ");
  const isWanted = (_: string, i: number) => columns.has(names[i]?.replace("_", " ") ?? "");
  return Object.fromEntries(
    Object.entries(rows).map(([name, cells]) => [
      name,
      cells.split(" ").filter(isWanted).join(" "),
    ]),
  );
}

/** More programs than any function may start at once. */
const PROGRAMS_MAX = 300;

function judgeBounds(findings: Findings, reports: readonly Report[]): void {
  const bounds = all(reports, "bounds").filter((report) => "forked" in report);
  findings.same("daemons whose functions were bounded", bounds.length, 2);
  for (const { as, has, hoarder, forked } of bounds) {
    const { signal } = hoarder as { readonly signal: string | null };
    findings.same(`bounds of groups, ${String(as)}`, (has as readonly string[]).length, 2);
    findings.same(`the end of a hoarder, ${String(as)}`, signal, "SIGKILL");
    findings.check(Number(forked) < PROGRAMS_MAX, `${String(forked)} programs, ${String(as)}`);
    findings.lines.push(
      `memory.max ends a hoarder, pids.max ends starting programs at ${String(forked)} (daemon: ${String(as)})`,
    );
  }
}

function judgeCost(findings: Findings, reports: readonly Report[]): void {
  const medians = factOf(reports, "cost", "medians") as
    Readonly<Record<string, number>> | undefined;
  const { off = 0, on = 0, "on for others": others = 0 } = medians ?? {};
  findings.check(off > 0, "the cost was not measured");
  const times = (ns: number) => (ns / off).toFixed(2);
  findings.lines.push(
    `opening a file takes ${times(others)} times as long where the layer is on for others, and ${times(on)} times where it is on for the process (emulated: no more than a hint)`,
  );
}
