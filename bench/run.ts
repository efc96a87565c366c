/**
 * `moult bench [--json] [NAME…]`: runs the benches, prints their tables (or one JSON document) and writes each into its
 * section of `docs/benchmarks.md`, unless options have changed what it measures. Without names those are left out that
 * take gigabytes or many minutes. Ends with 1 when a bar is missed, 2 when a name is unknown.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  type Bench,
  type Report,
  type Row,
  load,
  machine,
  takeChangedOptions,
  undisturbed,
} from "./harness.ts";

const ENDING = ".bench.ts";
const ROOT = join(import.meta.dir, "..");
const DOCUMENT = join(ROOT, "docs/benchmarks.md");

/** A finished bench with the circumstances of its run. */
interface Finished {
  readonly name: string;
  readonly bench: Bench;
  readonly report: Report;
  /** The load average before and after. Others on the machine disturb; readers should know how much. */
  readonly load: string;
}

/** Runs the named benches; without a name all that may run so. Resolves with the exit code. */
async function run(wanted: readonly string[], json: boolean): Promise<number> {
  const known = readdirSync(import.meta.dir)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .toSorted();
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const message = `Unknown bench "${unknown.join('", "')}"; there are: ${known.join(", ")}`;
    if (json) console.log(JSON.stringify({ error: { code: "usage", message } }));
    else console.error(message);
    return 2;
  }
  const say = json ? () => {} : console.log;
  let missed = 0;
  const documents: object[] = [];
  for (const name of wanted.length > 0 ? wanted : known) {
    try {
      const bench = await benchOf(name);
      if (wanted.length === 0 && bench.onlyByName === true) {
        say(`\n${name}: only by its name, \`bun moult bench ${name}\``);
        continue;
      }
      say(`\n${name}:`);
      const finished = await runOne(name, bench);
      say(shown(finished));
      say(keep(finished));
      documents.push(documentOf(finished));
      missed += finished.report.rows.filter((row) => !row.pass).length;
    } catch (error) {
      missed++;
      console.error(`${name} could not be measured:`, error);
    }
  }
  if (json) console.log(JSON.stringify({ machine: machine(), benches: documents }));
  if (missed > 0) console.error(`\n${missed} missed`);
  return missed > 0 ? 1 : 0;
}

async function benchOf(name: string): Promise<Bench> {
  return ((await import(`./${name}${ENDING}`)) as { bench: Bench }).bench;
}

async function runOne(name: string, bench: Bench): Promise<Finished> {
  const before = load();
  const report = await undisturbed(bench.run);
  return { name, bench, report, load: `${before} → ${load()}` };
}

const documentOf = ({ name, bench, report, load: around }: Finished): object => ({
  name,
  title: bench.title,
  load: around,
  ...report,
});

/** As it is printed. */
function shown({ bench, report, load: around }: Finished): string {
  const lines = [bench.title];
  for (const row of report.rows) {
    const mark = row.bar === "" ? " " : row.pass ? "✓" : "✗";
    const bar = row.bar === "" ? "" : `   (${row.bar})`;
    lines.push(`  ${mark} ${row.claim}: ${valueOf(row)}${bar}`);
  }
  for (const { head, body } of report.tables ?? [])
    for (const cells of [head, ...body]) lines.push(`    ${cells.join("  |  ")}`);
  for (const note of report.notes ?? []) lines.push(`  ${note}`);
  return [...lines, `  load average ${around}`].join("\n");
}

/** Writes it down, or says why not. */
function keep(finished: Finished): string {
  const changed = takeChangedOptions();
  if (changed !== "") return `  not written down, for it ran with ${changed}`;
  write(finished);
  return `  written to ${relative(ROOT, DOCUMENT)}`;
}

/** Replaces the bench's section, or adds it at the end. */
function write(finished: Finished): void {
  const begin = `<!-- bench:${finished.name} -->`;
  const end = `<!-- /bench:${finished.name} -->`;
  const section = `${begin}\n${markdown(finished)}${end}\n`;
  const text = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, "utf8") : "# Benchmarks\n";
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  const changed =
    from >= 0 && to > from
      ? text.slice(0, from) + section + text.slice(to + end.length + 1)
      : `${text}\n${section}`;
  writeFileSync(DOCUMENT, changed);
  Bun.spawnSync([process.execPath, "fmt", "--no-script", DOCUMENT], { cwd: ROOT });
}

function markdown({ name, bench, report, load: around }: Finished): string {
  const rows = report.rows.map((row) => [
    row.claim,
    valueOf(row),
    row.bar,
    row.bar === "" ? "" : row.pass ? "yes" : "**no**",
  ]);
  return [
    `## ${bench.title}\n`,
    `${bench.about}\n`,
    table(["what", "measured", "bar", "met"], rows),
    ...(report.tables ?? []).map(({ head, body }) => table(head, body)),
    ...(report.notes ?? []).map((note) => `${note}\n`),
    `Measured on ${machine()}; load average ${around}. Again: \`bun moult bench ${name}\`\n\n`,
  ].join("\n");
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return `${line(head)}${line(head.map(() => "---"))}${body.map(line).join("")}`;
}

const valueOf = ({ value, unit }: Row): string => `${value} ${unit}`.trim();

const line = Bun.argv.slice(2);
process.exitCode = await run(
  line.filter((word) => word !== "--json"),
  line.includes("--json"),
);
