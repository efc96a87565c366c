/** What every sandbox does, whatever it confines. Each adapter's test runs this suite. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Confined, Sandbox } from "../../runtime/ports.ts";

const BASE = { read: [], write: [], exec: [] };

const SOURCE = `
import { defineTool, v } from "moult";
export default defineTool({
  description: "Answers.",
  input: v.object({ code: v.string() }),
  run: async ({ code }, ctx) => await new Function("ctx", "return (async () => {" + code + "})()")(ctx),
});`;

/** Loads a tool that runs the code it is given, and returns the way to call it. */
export async function loadEvaluator(
  confined: Confined,
): Promise<(code: string) => Promise<unknown>> {
  const path = join(confined.bundles, "evaluator.js");
  writeFileSync(path, SOURCE);
  chmodSync(path, 0o644); // Whatever the umask of whoever runs the tests.
  const loaded = Promise.withResolvers<unknown>();
  confined.receive((frame) => {
    if ((frame as { type: string }).type !== "log") loaded.resolve(frame);
  });
  confined.send({ type: "load", path, name: "evaluator" });
  expect(await loaded.promise).toMatchObject({ type: "ready" });
  let id = 0;
  return async (code) => {
    const facts = { id: ++id, principal: { id: "owner", role: "owner" } };
    const response = await fetch("http://f/run", {
      unix: confined.socket,
      method: "POST",
      headers: { "x-moult-call": JSON.stringify(facts) },
      body: JSON.stringify({ code }),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    throw new Error((answer as { error: { message: string } }).error.message);
  };
}

/** Starts a blank host. */
export async function startBlank(sandbox: Sandbox, lines: string[] = []): Promise<Confined> {
  return await sandbox.start({
    files: BASE,
    memoryMiB: 256,
    onOutput: (line) => lines.push(line),
  });
}

/** Runs the suite. */
export function sandboxContract(name: string, open: () => Sandbox): void {
  describe(`${name} as a sandbox`, () => {
    let sandbox: Sandbox;
    beforeAll(() => {
      sandbox = open();
    });
    afterAll(async () => await sandbox.close());

    test("says in words what it covers and what it lacks", () => {
      const { tier, has, lacks } = sandbox.tier();
      expect(tier).toMatch(/^[A-E]$/);
      expect([...has, ...lacks].length).toBeGreaterThan(0);
    });

    test("starts a host that loads a file and answers calls, each in its own folder", async () => {
      const [one, two] = await Promise.all([startBlank(sandbox), startBlank(sandbox)]);
      expect(one.socket).not.toBe(two.socket);
      expect(one.work).not.toBe(two.work);
      expect(Buffer.byteLength(one.socket)).toBeLessThan(108);
      const call = await loadEvaluator(one);
      expect(await call("return 6 * 7")).toBe(42);
      expect(await call("return Object.keys(await import('moult')).includes('defineTool')")).toBe(
        true,
      );
      for (const host of [one, two]) host.kill("done");
      await Promise.all([one.exited, two.exited]);
    });

    test("reports use of CPU and memory as numbers, and nothing once it is gone", async () => {
      const host = await startBlank(sandbox);
      expect(host.cpuMs()).toBeGreaterThanOrEqual(0);
      expect(host.residentMiB()).toBeGreaterThanOrEqual(0);
      host.kill("done");
      await host.exited;
      expect(host.residentMiB()).toBe(0);
    });

    test("ends a host that never yields, says why, and removes its folders", async () => {
      const host = await startBlank(sandbox);
      const call = await loadEvaluator(host);
      const endless = call("for (;;);");
      endless.catch(() => undefined);
      host.kill("enough");
      expect(await host.exited).toMatchObject({ killedFor: "enough" });
      await expect(endless).rejects.toThrow();
      expect(existsSync(host.work)).toBe(false);
      host.send({ type: "ping" }); // To nobody: no error.
      host.kill("again");
    });

    test("ends every host when it is closed", async () => {
      const other = open();
      const hosts = await Promise.all([startBlank(other), startBlank(other)]);
      await other.close();
      for (const { exited } of hosts)
        expect(await exited).toMatchObject({ killedFor: "moult stops" });
    });
  });
}
