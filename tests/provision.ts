/**
 * `bun run test`: installs what the suites need where it may, says loudly what it could not get, runs the tests.
 *
 * Each need is a program, or a library. As root on Debian a missing one is installed by apt; elsewhere its suites are skipped.
 * Under `CI=true` a skipped suite is a failure. Arguments go to `bun test`; without any, what fails beside others is run
 * once more alone, and counts if it fails then, too.
 */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { runSuite } from "./suite.ts";

interface Need {
  readonly program: string;
  readonly package: string;
  readonly suites: string;
}

const NEEDS: readonly Need[] = [
  { program: "chromium", package: "chromium", suites: "the API page in a browser" },
  {
    program: "promtool",
    package: "prometheus",
    suites: "the metrics, read by Prometheus's own linter",
  },
  { program: "clang", package: "clang", suites: "the sandbox's programs, built anew" },
  { program: "llvm-objcopy", package: "llvm", suites: "the sandbox's programs, built anew" },
  { program: "libbpf.so.1", package: "libbpf1", suites: "the network layer of the sandbox" },
  { program: "python3", package: "python3", suites: "the recipe of the embedded model" },
  { program: "fish", package: "fish", suites: "completion in fish" },
  { program: "zsh", package: "zsh", suites: "completion in zsh" },
];

const ROOT = dirname(import.meta.dir);
const CI = process.env["CI"] === "true";
/** Tests wait for processes and timers as often as for the CPU. */
const WORKERS = Math.max(4, availableParallelism());

/** Milliseconds of one test. It only ends those that hang: a busy machine must not fail the others. */
const LIMIT = "--timeout=120000";

/** Packages for tests: a Bot API server that nobody here wrote, OpenAI's own client, and what makes inputs up. */
const TOOLS = join(import.meta.dir, "tools");
const PACKAGES = ["telegram-test-api", "openai", "fast-check"];

if (!PACKAGES.every((name) => existsSync(join(TOOLS, "node_modules", name)))) {
  const line = [process.execPath, "install", "--frozen-lockfile", "--cwd", TOOLS];
  const child = Bun.spawn(line, { stdio: ["ignore", "ignore", "inherit"] });
  if ((await child.exited) !== 0) {
    console.warn(
      `\n*** SKIPPED: Telegram's peer, OpenAI's client, and whatever takes any input. ${PACKAGES.join(", ")} could not be installed.\n`,
    );
  }
}
const missing = await provide(NEEDS.filter(({ program }) => !has(program)));
for (const { program, suites } of missing) {
  console.warn(`\n*** SKIPPED: ${suites}. ${program} is not installed and could not be.\n`);
}
const wanted = process.argv.slice(2);
const result = await runSuite({
  root: ROOT,
  workers: WORKERS,
  options: [LIMIT, ...wanted],
  // Whoever asks for some tests wants to see what becomes of them.
  again: wanted.length === 0,
});
for (const test of result.flaky)
  console.log(`FLAKY: ${test}: failed beside others and passed alone; find out why`);
console.log(`${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
if (CI && result.skipped > 0) console.error("Under CI=true a skipped test is a failure");
process.exit(result.code !== 0 || (CI && result.skipped + missing.length > 0) ? 1 : 0);

/** Whether a program can be started, or a library of Debian's loaded. */
function has(program: string): boolean {
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  return Bun.which(program) !== null || existsSync(`/usr/lib/${machine}-linux-gnu/${program}`);
}

/** Installs packages; returns the needs that are still unmet. */
async function provide(needs: readonly Need[]): Promise<readonly Need[]> {
  if (needs.length === 0 || process.getuid?.() !== 0 || !Bun.which("apt-get")) return needs;
  const packages = needs.map((need) => need.package);
  console.log(`Installing ${packages.join(", ")} by apt …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const line of [
    ["apt-get", "update", "-q"],
    ["apt-get", "install", "-qy", "--no-install-recommends", ...packages],
  ]) {
    const child = Bun.spawn(line, { env, stdio: ["ignore", "ignore", "inherit"] });
    if ((await child.exited) !== 0) break;
  }
  return needs.filter(({ program }) => !has(program));
}
