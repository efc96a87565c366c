import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { type Bench, call, openBench, tool } from "../../runtime/isolate/setup.ts";
import { until } from "../../waiting.ts";

async function findHere(): Promise<{ readonly tier: string; readonly everything: boolean }> {
  if (process.platform !== "linux") return { tier: "E", everything: false };
  const sandbox = new LinuxSandbox({}, { everyRefusal: true });
  const { tier, has } = sandbox.tier();
  await sandbox.close();
  return { tier, everything: has.some((text) => text.startsWith("reports:")) };
}

const { tier, everything } = await findHere();
const TRY = `try { await fetch("http://127.0.0.1:9/") } catch (error) { return error.code }`;
const TEXT =
  'Cannot reach 127.0.0.1:9: it is not in permissions.net; add net: ["127.0.0.1:9"] to the function';

/** What Bun and a function do in a day's work, with Bun's own attempts on the way. */
const LEGITIMATE = `
  const fs = await import("node:fs");
  for (const folder of [".", "out"]) {
    fs.writeFileSync(folder + "/a.txt", "x");
    fs.copyFileSync(folder + "/a.txt", folder + "/b.txt");
    await Bun.write(folder + "/c.txt", Bun.file(folder + "/a.txt"));
    fs.mkdirSync(folder + "/d/e", { recursive: true });
    fs.renameSync(folder + "/b.txt", folder + "/d/b.txt");
    await fs.promises.readdir(folder, { recursive: true });
    await fs.promises.rm(folder + "/d", { recursive: true });
    const { Database } = await import("bun:sqlite");
    const database = new Database(folder + "/x.db");
    database.run("pragma journal_mode = wal");
    database.run("create table a (b)");
    database.close();
  }
  const crypto = await import("node:crypto");
  crypto.randomBytes(8);
  (await import("node:zlib")).gzipSync("x");
  (await import("node:os")).cpus();
  await ctx.kv.set("a", 1);
  const worker = new Worker("data:text/javascript,postMessage(1)");
  const answer = await new Promise((done) => { worker.onmessage = ({ data }) => done(data) });
  Bun.gc(true);
  return [await Bun.file("out/a.txt").text(), answer];
`;

describe.skipIf(tier > "B")("the kernel's refusals", () => {
  test("are known, with the line that the file lacks, when the call that tried has ended", async () => {
    const bench = openBench();
    const deployment = await bench.deploy(tool(TRY));
    expect(await deployment.run(call())).toMatchObject({ output: "EPERM", refusals: [TEXT] });
    expect(bench.denials).toEqual([
      { fn: "example", kind: "net", text: TEXT, wanted: "127.0.0.1:9" },
    ]);
    await bench.close();
  });

  test("are known while the call goes on, and are no call's when several could have tried", async () => {
    const bench = openBench();
    const deployment = await bench.deploy(
      tool(`if (input.tries) { ${TRY} } else await new Promise((done) => setTimeout(done, 300))`),
    );
    const [waiting, trying] = [deployment.run(call()), deployment.run(call({ tries: true }))];
    expect(await trying).not.toHaveProperty("refusals");
    await until(() => bench.denials.length === 1);
    expect(await waiting).not.toHaveProperty("refusals");
    await bench.close();
  });

  test("that come while a file is loaded are told when it has loaded", async () => {
    const bench = openBench();
    await bench.deploy(`await fetch("http://127.0.0.1:9/").catch(() => 0);\n${tool("return 1")}`);
    await until(() => bench.denials.length > 0);
    expect(bench.denials[0]).toMatchObject({ fn: "example", kind: "net" });
    await bench.close();
  });

  test("do not flood: of a function that tries all the time a hundred a second are told", async () => {
    const bench = openBench();
    const deployment = await bench.deploy(
      tool(`for (let i = 0; i < 2000; i++) await fetch("http://127.0.0.1:9/").catch(() => 0)`),
    );
    const result = await deployment.run(call());
    expect(result.error).toBeUndefined();
    expect(result.refusals).toEqual([TEXT]);
    expect(bench.denials.length).toBeLessThan(1_500);
    await bench.close();
  });

  test("are none where a function does what it may", async () => {
    const bench = openBench();
    const deployment = await bench.deploy(
      tool(
        `await Bun.write("a.txt", "x"); await ctx.kv.set("a", 1); new Worker("data:text/javascript,0"); return (await Bun.file("a.txt").text())`,
      ),
    );
    expect(await deployment.run(call())).toMatchObject({ output: "x" });
    expect(bench.denials).toEqual([]);
    await bench.close();
  });
});

const READ = `try { (await import("node:fs")).readFileSync("/etc/shadow") } catch (error) { return error.code }`;
const READ_TEXT = 'Cannot read "/etc/shadow": add permissions: { read: ["/etc/shadow"] }';

describe.skipIf(!everything)("refusals of every layer", () => {
  let bench: Bench;
  beforeAll(() => {
    bench = openBench({ sandbox: new LinuxSandbox({}, { everyRefusal: true }) });
  });
  beforeEach(() => void bench.denials.splice(0));
  afterAll(async () => await bench.close());

  test.each([
    ["files", READ, [["read", READ_TEXT]]],
    [
      "files on another thread",
      `await Bun.write("/srv/none/a.txt", "x").catch(() => 0)`,
      [["write", 'Cannot write "/srv/none": add permissions: { write: ["/srv/none"] }']],
    ],
    [
      "sockets other than those that the network layer tells of",
      `await fetch("http://x/", { unix: "/run/none" }).catch(() => 0)`,
      [["net", expect.stringContaining("Cannot open a socket (unix)")]],
    ],
    [
      "the internet, once, with the names that are looked up for it",
      `await fetch("http://127.0.0.1:9/").catch(() => 0)`,
      [["net", TEXT]],
    ],
    [
      "what no permission gives",
      `const fs = await import("node:fs"); try { fs.symlinkSync("/etc/passwd", "a") } catch {}`,
      [["system", "Cannot make a link to a file: no permission gives that to a function"]],
    ],
  ])("are told of %s", async (_, code, told) => {
    const deployment = await bench.deploy(tool(`${code}; return 1`));
    const result = await deployment.run(call());
    expect(result.refusals).toEqual(told.map(([, text]) => text) as string[]);
    expect(bench.denials.map(({ kind, text }) => [kind, text])).toEqual(told as string[][]);
  });

  test("are told once for each call, however often it tries", async () => {
    const deployment = await bench.deploy(
      tool(`for (let i = 0; i < 50; i++) { ${READ.replace("return error.code", "")} }`),
    );
    for (const _ of [1, 2])
      expect(await deployment.run(call())).toMatchObject({ refusals: [READ_TEXT] });
  });

  test("are part of the error that a call ends with, and cannot be what another function was refused", async () => {
    const [reads, idles] = await Promise.all([
      bench.deploy(tool(`return await Bun.file("/etc/shadow").text()`)),
      bench.deploy(tool(`await Bun.sleep(50); return 1`), { name: "other" }),
    ]);
    const [failed, fine] = await Promise.all([reads.run(call()), idles.run(call())]);
    expect(failed.error).toEqual({
      code: "tool/failed",
      message: `EACCES: permission denied, open '/etc/shadow' (${READ_TEXT})`,
    });
    expect(fine).not.toHaveProperty("refusals");
    expect(new Set(bench.denials.map(({ fn }) => fn))).toEqual(new Set(["example"]));
    const answer = (await (await reads.fetch(call())).json()) as { error: { message: string } };
    expect(answer.error.message).toEndWith(`(${READ_TEXT})`);
  });

  test("are none where a function does what it may", async () => {
    const deployment = await bench.deploy(tool(LEGITIMATE, `permissions: { write: ["out"] },`));
    const result = await deployment.run(call());
    expect(result).toMatchObject({ output: ["x", 1] });
    expect(bench.denials).toEqual([]);
  });

  test("are not told where nobody asked for them", async () => {
    const sandbox = new LinuxSandbox();
    expect(sandbox.tier().lacks).toContainEqual(
      expect.stringContaining("try the function in moult dev"),
    );
    const quiet = openBench({ sandbox });
    const deployment = await quiet.deploy(tool(READ));
    expect(await deployment.run(call())).not.toHaveProperty("refusals");
    expect(quiet.denials).toEqual([]);
    await quiet.close();
  });
});

describe("sandbox.minimum", () => {
  test("refuses files of the owner's below it before any of their code runs, and lets those of moult run", async () => {
    const bench = openBench({ sandboxMinimum: "A" });
    await expect(bench.deploy(tool("return 1"))).rejects.toThrow(
      `Cannot load "example": functions are confined by tier ${tier} here, and sandbox.minimum is A`,
    );
    const builtin = await bench.deploy(tool("return 1"), { origin: "builtin" });
    expect(await builtin.run(call())).toMatchObject({ output: 1 });
    await bench.close();
  });

  test("lets run what is confined as well as it asks for", async () => {
    const bench = openBench({ sandboxMinimum: tier });
    expect(await (await bench.deploy(tool("return 1"))).run(call())).toMatchObject({ output: 1 });
    await bench.close();
  });
});
