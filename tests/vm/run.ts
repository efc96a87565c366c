/**
 * `bun tests/vm/run.ts [6.12 | 6.1]`: the sandbox on a kernel with BPF LSM, in an emulated machine. It judges tier A:
 * the corpus of attacks against `tests/attacks/verdicts/A.txt`, and each security hook by leaving it out. Ends with 0
 * when all is as it should be, 1 when it is not, 3 when this machine can not run it.
 */
import { join } from "node:path";
import { judgeReports, type Report } from "./judge.ts";
import { boot, withArchive } from "./boot.ts";
import { makeArchive } from "./contents.ts";
import { CACHE, getEmulator, getKernel, NotHere, type Series, SERIES } from "./machine.ts";

/** Emulated, on a machine that has other work to do. */
const SECONDS_MAX = 2_400;
const PARTS = [
  "sandbox_main.ts",
  "bounds_main.ts",
  "hooks_main.ts",
  "verdicts_main.ts",
  "cost_main.ts",
];
const NOT_RUN = 3;

const out = (line: string) => process.stdout.write(`${line}\n`);
const asked = new Set(process.argv.slice(2));
const series = SERIES.find((name) => asked.has(name)) ?? "6.12";
const isLoud = asked.has("--loud");

/** What a report is about, for whoever waits. */
function titleOf({ part, column, files, hook }: Report): string {
  return [part, column, files, hook].filter((word) => typeof word === "string").join(", ");
}

/** Boots the machine once. */
async function runParts(modules: string, parts: readonly string[]): Promise<readonly Report[]> {
  const { emulator, busybox } = await getEmulator();
  const { image: kernel, overlay } = await getKernel(series satisfies Series);
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1_000).toFixed(0);
  out(`Linux ${series}, lsm=${modules}, emulated: ${parts.join(", ")}`);
  const reports = await withArchive(makeArchive({ busybox, overlay, parts }), async (archive) => {
    const onLine = isLoud ? out : () => undefined;
    const onReport = (report: unknown) => out(`  ${seconds()} s: ${titleOf(report as Report)}`);
    const machine = { emulator, kernel, archive, modules, secondsMax: SECONDS_MAX };
    return await boot({ ...machine, onLine, onReport });
  });
  if (reports.length === 0) throw new NotHere("the machine reported nothing (--loud shows why)");
  return reports as readonly Report[];
}

try {
  const reports = await runParts("landlock,lockdown,yama,bpf", PARTS);
  const without = await runParts("landlock,lockdown,yama", ["tier_main.ts"]);
  await Bun.write(join(CACHE, `reports-${series}.json`), JSON.stringify({ reports, without }));
  const { lines, wrong } = judgeReports(reports, without, series !== SERIES[0]);
  for (const line of lines) out(line);
  for (const line of wrong) out(`WRONG: ${line}`);
  out(
    wrong.length === 0 ? "Tier A is as it should be." : `${String(wrong.length)} things are wrong.`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof NotHere)) throw error;
  out(`NOT RUN: the tests of tier A: ${error.message}`);
  process.exitCode = NOT_RUN;
}
