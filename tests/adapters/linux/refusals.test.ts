import { describe, expect, test } from "bun:test";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { call, openBench, tool } from "../../runtime/isolate/setup.ts";
import { until } from "../../waiting.ts";

async function tierHere(): Promise<string> {
  if (process.platform !== "linux") return "E";
  const sandbox = new LinuxSandbox();
  const { tier } = sandbox.tier();
  await sandbox.close();
  return tier;
}

const tier = await tierHere();
const TRY = `try { await fetch("http://127.0.0.1:9/") } catch (error) { return error.code }`;
const TEXT =
  'Cannot open a socket (TCP over IPv4): a function has no network of its own; add permissions: { net: ["HOST:443"] } and use ctx.fetch';

describe.skipIf(tier > "B")("the kernel's refusals", () => {
  test("are known, with the line that the file lacks, when the call that tried has ended", async () => {
    const bench = openBench();
    const deployment = await bench.deploy(tool(TRY));
    expect(await deployment.run(call())).toMatchObject({ output: "EPERM", refusals: [TEXT] });
    expect(bench.denials).toEqual([{ fn: "example", kind: "net", text: TEXT, wanted: undefined }]);
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
