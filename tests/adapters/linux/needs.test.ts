import { describe, expect, test } from "bun:test";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import { loadEvaluator, startBlank } from "../../contract/sandbox.ts";

describe.skipIf(process.platform !== "linux")("a function under the base policy", () => {
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
