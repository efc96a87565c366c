import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, closeSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PlainSandbox } from "../../../adapters/linux/plain.ts";
import { openBun } from "../../../adapters/linux/program.ts";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { loadEvaluator, startBlank } from "../../contract/sandbox.ts";
import { attacks, openNameServer, runAttacks, type Targets } from "./attacks.ts";
import { openNetworkTargets } from "./network_attacks.ts";

const ROOT = join(import.meta.dir, "../../..");
const NOBODY = 65_534;
const isLinux = process.platform === "linux";
const isRoot = process.getuid?.() === 0;

/** What the other user's program is made of; this checkout, and Bun's folder, may be closed to that user. */
function copyProgram(folder: string): string {
  const tests = ["tests/adapters/linux", "tests/contract"];
  const packages = ["valibot", "@valibot"].map((name) => join("node_modules", name));
  for (const part of ["adapters/linux", "runtime", "schemas", ...tests, ...packages])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  Bun.spawnSync(["chmod", "-R", "a+rX", folder]); // A clone made under umask 077 is closed throughout.
  return join(folder, "tests/adapters/linux/non_root_main.ts");
}

describe.skipIf(!isLinux)("a function under the base policy", () => {
  let targets: Omit<Targets, "sibling">;
  let network: Awaited<ReturnType<typeof openNetworkTargets>>;
  let nameServer: Awaited<ReturnType<typeof openNameServer>>;
  let unix: ReturnType<typeof Bun.serve>;
  beforeAll(async () => {
    const folder = mkdtempSync("/tmp/moult-attacks-");
    chmodSync(folder, 0o777);
    network = await openNetworkTargets();
    nameServer = await openNameServer();
    const socket = join(folder, "k");
    unix = Bun.serve({ unix: socket, fetch: () => new Response("reached") });
    chmodSync(socket, 0o777);
    targets = { folder, network: network.targets, dns: nameServer.port, socket };
  });
  afterAll(async () => {
    await network.close();
    nameServer.close();
    await unix.stop(true);
    rmSync(targets.folder, { recursive: true });
  });

  const names = () => Object.keys(attacks({ ...targets, sibling: "" }));

  test("can do nothing of what a process can do that nothing confines", async () => {
    const plain = new PlainSandbox();
    const confining = new LinuxSandbox();
    const free = await runAttacks(await startBlank(plain), {
      ...targets,
      sibling: (await startBlank(plain)).work,
    });
    const confined = await runAttacks(await startBlank(confining), {
      ...targets,
      sibling: (await startBlank(confining)).work,
    });
    await Promise.all([plain.close(), confining.close()]);
    expect(free).toEqual(Object.fromEntries(names().map((name) => [name, "succeeded"])));
    expect(Object.entries(confined).filter(([, result]) => !result.startsWith("refused"))).toEqual(
      [],
    );
  });

  test.skipIf(!isRoot)("can do no more when moult runs without root's rights", async () => {
    const bun = openBun();
    const script = copyProgram(join(targets.folder, "program"));
    const line = [`/proc/self/fd/${String(bun)}`, "--no-install", script];
    const child = Bun.spawn([...line, JSON.stringify(targets)], {
      cwd: targets.folder,
      uid: NOBODY,
      gid: NOBODY,
      env: { HOME: targets.folder },
      stdout: "pipe",
    } as object);
    const report = JSON.parse(await new Response(child.stdout as ReadableStream).text()) as {
      uid: number;
      tier: { lacks: string[] };
      results: Record<string, string>;
    };
    closeSync(bun);
    expect(report.uid).toBe(NOBODY);
    expect(report.tier.lacks.join()).toContain("start moult as root");
    expect(Object.keys(report.results)).toEqual(
      names().filter((name) => name !== "raw packets"), // Only root can try.
    );
    expect(
      Object.entries(report.results).filter(([, result]) => !result.startsWith("refused")),
    ).toEqual([]);
    rmSync(`/tmp/moult-${String(NOBODY)}`, { recursive: true, force: true });
  });

  test("has an empty environment, and what a function needs to work", async () => {
    const sandbox = new LinuxSandbox();
    process.env["MOULT_TEST_CANARY"] = "secret";
    const call = await loadEvaluator(await startBlank(sandbox));
    delete process.env["MOULT_TEST_CANARY"];
    expect(await call("return Object.keys(process.env).sort()")).toEqual([
      "BUN_FEATURE_FLAG_NO_ORPHANS",
      "BUN_OPTIONS",
      "TZ",
    ]);
    const works = {
      "its work folder": `await Bun.write("a.txt", "x"); return await Bun.file("a.txt").text()`,
      "a thread": `return await new Promise((done, failed) => { const w = new Worker("data:text/javascript,postMessage('x')"); w.onmessage = (e) => done(e.data); w.onerror = failed; })`,
      WebAssembly: `await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])); return "x"`,
      SQLite: `const { Database } = await import("bun:sqlite"); const d = new Database("x.db"); d.run("create table t (a)"); d.close(); return "x"`,
      compression: `return Bun.gunzipSync(Bun.gzipSync(Buffer.from("x"))).toString() && "x"`,
      "time zones": `return new Date(0).toLocaleTimeString("en", { timeZone: "Asia/Tokyo" }).startsWith("9:00") ? "x" : "no"`,
      randomness: `return crypto.randomUUID().length === 36 ? "x" : "no"`,
    };
    for (const [what, code] of Object.entries(works))
      expect(`${what}: ${String(await call(code))}`).toBe(`${what}: x`);
    await sandbox.close();
  });
});
