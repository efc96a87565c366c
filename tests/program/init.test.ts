/** `moult init`: the project that it makes works by itself, with the moult that is packed into it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type Ended, type Place, makePlace } from "./program.ts";
import { until } from "../waiting.ts";

const REPOSITORY = join(import.meta.dir, "../..");
const PACKAGES = join(REPOSITORY, "node_modules");

let place: Place;
/** A project as it is after `bun install`. */
let project: string;
let first: Ended;
beforeAll(async () => {
  place = makePlace();
  first = await place.moult("init", "my-agent");
  project = join(place.dir, "my-agent");
  await install(project);
}, 120_000);
afterAll(() => place.remove(), 120_000);

/** What `bun install` does, without a network: the tarball in its place, and the packages of this repository beside it. */
async function install(dir: string): Promise<void> {
  const modules = join(dir, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(PACKAGES)) {
    if (name !== "moult") symlinkSync(join(PACKAGES, name), join(modules, name));
  }
  for (const [path, file] of await tarball(dir).files()) {
    await Bun.write(join(modules, path.replace(/^package/, "moult")), file);
  }
}

const tarball = (dir: string) =>
  new Bun.Archive(readFileSync(join(dir, "vendor", readdirSync(join(dir, "vendor"))[0] ?? "")));

/** Runs one line in a project, as its README says. */
async function run(dir: string, ...line: readonly string[]): Promise<Ended> {
  const { MOULT_HOME: _home, MOULT_URL: _url, MOULT_KEY: _key, ...env } = process.env;
  const child = Bun.spawn([process.execPath, ...line], {
    cwd: dir,
    env: { ...env, PATH: `${join(process.execPath, "..")}:${env["PATH"] ?? ""}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, out, err };
}

const moult = (...line: readonly string[]): Promise<Ended> =>
  run(project, "--no-install", "node_modules/moult/main.ts", ...line);

describe("a project made by moult init", () => {
  test("says what was written and what to do", () => {
    expect(first.code).toBe(0);
    expect(first.out).toContain("wrote my-agent/functions/tools/dice.ts\n");
    expect(first.out).toContain("cd my-agent && bun install && bun moult chat");
  });

  test("passes its test and the type check", async () => {
    const tested = await run(project, "run", "test");
    expect(tested.err).toContain(" 1 pass");
    expect(tested.code).toBe(0);
    const checked = await run(project, "check");
    expect(checked.out + checked.err).toContain("No type errors");
    expect(checked.code).toBe(0);
  }, 120_000);

  test("asks the registry for nothing but what moult needs, and lets no dependency run a script", () => {
    const manifest = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
      readonly overrides: unknown;
      readonly trustedDependencies?: unknown;
    };
    const own = JSON.parse(
      readFileSync(join(REPOSITORY, "package.json"), "utf8"),
    ) as typeof manifest;
    expect(manifest.dependencies).toEqual({ moult: expect.stringMatching(/^file:vendor\/.*tgz$/) });
    expect(manifest.overrides).toEqual(own.overrides);
    expect(manifest.trustedDependencies).toBeUndefined();
    const packed = readFileSync(join(project, "node_modules/moult/package.json"), "utf8");
    expect(packed).not.toMatch(/"(?:pre|post)?(?:install|prepare)"/);
  });

  test("holds every folder of the repository but those that only its developers need", () => {
    const ours = readdirSync(REPOSITORY, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name);
    const packed = new Set(readdirSync(join(project, "node_modules/moult")));
    // A new folder is either named under "files" in package.json, or here.
    const forDevelopers = new Set(["bench", "files", "node_modules", "tests"]);
    expect(ours.filter((name) => !packed.has(name) && !forDevelopers.has(name))).toEqual([]);
  });

  test("has a home of its own, closed to others, though one lies above it", async () => {
    mkdirSync(place.home, { recursive: true });
    expect(statSync(join(project, ".moult")).mode & 0o777).toBe(0o700);
    expect((await moult("list")).err).toContain(`No daemon runs for ${project}`);
  });

  test("answers by its own tool and by the built-in ones, and reloads what is saved", async () => {
    const script = [
      { match: "dice", call: { name: "dice", arguments: { sides: 1 } } },
      { onTool: "dice", reply: "You rolled {{result.result}}" },
      { match: "sum", call: { name: "calculate", arguments: { expression: "17 * 23" } } },
      { onTool: "calculate", reply: "It is {{result.result}}" },
    ];
    place.write("my-agent/script.jsonl", script.map((s) => `${JSON.stringify(s)}\n`).join(""));
    place.write("my-agent/moult.yaml", "model:\n  path: scripted:script.jsonl\n");
    try {
      expect(await moult("chat", "--port", "0", "roll the dice")).toMatchObject({
        out: "You rolled 1\n",
        code: 0,
      });
      expect((await moult("chat", "the sum please")).out).toBe("It is 391\n");
      const file = join(project, "functions/tools/dice.ts");
      await Bun.write(file, readFileSync(file, "utf8").replace("1 + ", "1000 + "));
      const call = async () => (await moult("call", "dice", "--json", '{"sides":1}')).out;
      await until(async () => (await call()) === '{"result":1000}\n');
      const { out } = await moult("list", "--json");
      const built = JSON.parse(out) as readonly {
        readonly name: string;
        readonly origin: string;
      }[];
      expect(built.filter(({ origin }) => origin === "user").map(({ name }) => name)).toEqual([
        "dice",
      ]);
    } finally {
      await moult("stop");
    }
  }, 120_000);

  test("makes further projects, which get moult but not what somebody dropped into its folder", async () => {
    place.write("my-agent/node_modules/moult/functions/tools/private.ts", "export default 1;\n");
    const { code, out } = await moult("init", "--json", "../second");
    expect(code).toBe(0);
    const { files, kept, vendored } = JSON.parse(out) as Record<string, unknown>;
    expect({ kept, vendored }).toEqual({ kept: [], vendored: expect.stringContaining(".tgz") });
    expect(files).toContain("package.json");
    const paths = [...(await tarball(join(place.dir, "second")).files()).keys()];
    expect(paths).toContain("package/functions/tools/calculate.ts");
    expect(paths).toContain("package/models/moult-mini.gguf");
    expect(paths).not.toContain("package/functions/tools/private.ts");
    expect(paths.filter((path) => /\.test\.ts$|^package\/(?:tests|bench)\//.test(path))).toEqual(
      [],
    );
  }, 120_000);
});

describe("moult init elsewhere", () => {
  test("refuses a folder that is a project already", async () => {
    const { code, err } = await place.moult("init", "my-agent");
    expect(code).toBe(2);
    expect(err).toContain("my-agent/package.json exists already, and nothing is overwritten");
  });

  test("keeps every file that is there", async () => {
    place.write("mine/README.md", "# mine\n");
    place.write("mine/functions/tools/dice.ts", "mine");
    const { code, err } = await place.moult("init", "mine");
    expect(code).toBe(0);
    expect(err).toBe("kept  mine/functions/tools/dice.ts\nkept  mine/README.md\n");
    expect(readFileSync(join(place.dir, "mine/README.md"), "utf8")).toBe("# mine\n");
    expect(readFileSync(join(place.dir, "mine/functions/tools/dice.ts"), "utf8")).toBe("mine");
  });

  test.each([
    [["init", "a", "b"], 2, "Name one folder"],
    [["init", "moult.yaml"], 2, "is a file"],
    [["init", "moult.yaml/x"], 1, "Cannot make a project in"],
  ])("moult %p ends with %p", async (line, code, sentence) => {
    const ended = await place.moult(...line);
    expect(ended.err).toContain(sentence);
    expect(ended.code).toBe(code);
  });

  test("a folder with a name that no package may have gets another name", async () => {
    await place.moult("init", "moult");
    await place.moult("init", "My Agent");
    const name = (dir: string) =>
      (JSON.parse(readFileSync(join(place.dir, dir, "package.json"), "utf8")) as { name: string })
        .name;
    expect([name("moult"), name("My Agent")]).toEqual(["my-agent", "my-agent"]);
    expect(existsSync(join(place.dir, "My Agent/vendor"))).toBeTrue();
  });
});
