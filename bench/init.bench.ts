/** What a project of one's own costs, from an empty folder and an empty home. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Bench, type Report, atMost, exactly, fact, onLeave } from "./harness.ts";

const ENTRY = join(import.meta.dir, "../main.ts");
/** How this machine reaches a registry. */
const NETWORK =
  /_proxy$|^NODE_EXTRA_CA_CERTS$|^SSL_CERT_(?:FILE|DIR)$|^npm_config_(?:cafile|registry)$/i;
const ANSWER = "17 * 23 = 391";

/** One claim. */
export const bench: Bench = {
  title: "A project of one's own",
  about:
    "`moult init` in an empty folder, with an empty `HOME`; then the two lines of the README that it wrote, word for word, with nothing on the `PATH` but the system, Node and npm.",
  run: measure,
};

/** How a command line ended. */
interface Ended {
  readonly code: number;
  readonly out: string;
  readonly seconds: number;
}

async function measure(): Promise<Report> {
  const root = mkdtempSync(join(tmpdir(), "moult-bench-"));
  const remove = () => rmSync(root, { recursive: true, force: true });
  const forget = onLeave(remove);
  // As root, functions run as other users, who must be able to reach Bun.
  chmodSync(root, 0o755);
  const dir = join(root, "my-agent");
  const env = strangersEnvironment(join(root, "home"));
  const inProject = (line: string) => run(["sh", "-c", line], dir, env);
  try {
    mkdirSync(dir);
    const init = await run([process.execPath, "--no-install", ENTRY, "init"], dir, env);
    if (init.code !== 0) throw new Error(`moult init failed: ${init.out}`);
    const [chatLine = "", testLine = ""] = shellLines(readFileSync(join(dir, "README.md"), "utf8"));
    const chat = await inProject(chatLine);
    const test = await inProject(testLine);
    const types = await inProject("bun check");
    await inProject("bun moult stop");
    return {
      rows: [
        exactly(`\`${chatLine}\` ends with`, chat.code, 0),
        exactly("and answers", lastLine(chat.out), ANSWER),
        exactly(`\`${testLine}\` ends with`, test.code, 0),
        exactly("`bun check` ends with", types.code, 0),
        atMost("node_modules", await megabytes(join(dir, "node_modules"), env), 130, "MB"),
        fact("moult itself as a tarball", await megabytes(join(dir, "vendor"), env), "MB"),
        fact("`moult init`", init.seconds, "s"),
        fact("the first line, Bun and all packages from the registry", chat.seconds, "s"),
      ],
    };
  } finally {
    forget();
    remove();
  }
}

/** Nothing of this machine's user: no home, no caches, no variables. Global packages of npm go to the home. */
function strangersEnvironment(home: string): Record<string, string> {
  mkdirSync(home);
  const npm = Bun.which("npm");
  if (npm === null) throw new Error("npm is needed for this bench");
  const prefix = join(home, "npm");
  const path = [join(prefix, "bin"), dirname(npm), dirname(process.execPath), "/usr/bin", "/bin"];
  const network = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && NETWORK.test(name) ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(network),
    HOME: home,
    PATH: [...new Set(path)].join(":"),
    NPM_CONFIG_PREFIX: prefix,
  };
}

/** The first line of each shell block. */
function shellLines(markdown: string): readonly string[] {
  return [...markdown.matchAll(/```sh\n(.*)\n/g)].map(([, line = ""]) => line);
}

async function run(
  line: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const began = performance.now();
  const child = Bun.spawn([...line], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  const [code, out] = await Promise.all([child.exited, new Response(child.stdout).text()]);
  return { code, out, seconds: (performance.now() - began) / 1_000 };
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

async function megabytes(path: string, env: Readonly<Record<string, string>>): Promise<number> {
  const { out } = await run(["du", "-sk", path], "/", env);
  return (Number.parseInt(out, 10) * 1024) / 1e6;
}
