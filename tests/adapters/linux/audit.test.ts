/** The reports of what any layer refuses: of watched groups only, with paths and addresses, and not without end. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AuditLayer, openAuditLayer, type RefusedCall } from "../../../adapters/linux/bpf/audit.ts";
import { createGroup, killGroup, ownGroup, removeGroup } from "../../../adapters/linux/cgroup.ts";
import { CALLS, pointersOfCalls } from "../../../adapters/linux/refusals/calls.ts";

/** Why this machine reports nothing. */
function whyNone(): string | undefined {
  if (process.platform !== "linux") return "no Linux";
  if (createGroup(ownGroup(), "test-audit") === undefined) return "no control groups";
  removeGroup(join(ownGroup() ?? "", "test-audit"));
  const layer = openAuditLayer(pointersOfCalls());
  if (layer instanceof AuditLayer) layer.close();
  return layer instanceof AuditLayer ? undefined : layer.why;
}

const none = whyNone();
if (none !== undefined) process.stderr.write(`SKIPPED: reports of every layer: ${none}\n`);

/** Runs code of Bun's as a user who may little. */
async function run(group: string, code: string): Promise<string> {
  const program = [process.execPath, "--no-install", "-e", code];
  const child = Bun.spawn(program, { cgroup: group, stdout: "pipe", cwd: "/" } as {
    stdout: "pipe";
  });
  return (await child.stdout.text()).trim();
}

const TRY = (code: string) => `try { ${code} } catch (error) { console.log(error.code) }`;
/** Nobody may run it, root neither. */
const REFUSED = TRY(`require("node:fs").accessSync("/proc/version", 1)`);

describe.skipIf(none !== undefined)("AuditLayer", () => {
  const parent = ownGroup() ?? "";
  let group = "";
  let layer: AuditLayer;
  beforeAll(() => {
    group = join(parent, `test-${crypto.randomUUID()}`);
    mkdirSync(join(group, "leaf"), { recursive: true });
    layer = new AuditLayer(pointersOfCalls());
  });
  afterAll(async () => {
    layer.close();
    killGroup(group);
    while (!removeGroup(group)) await Bun.sleep(5); // The kernel takes a moment to let go of what has ended.
  });

  /** What is reported of a group while code runs in it, or in another one. */
  async function reported(code: string, place = "leaf"): Promise<readonly RefusedCall[]> {
    const calls: RefusedCall[] = [];
    const stop = layer.watch(join(group, "leaf"), (call) => calls.push(call));
    await run(join(group, place), code);
    stop();
    return calls;
  }

  test("tells of a refused call its process, its number and its path", async () => {
    const [call, ...more] = await reported(`console.log(process.pid); ${REFUSED}`);
    expect(more).toEqual([]);
    expect(CALLS.get(call?.call ?? -1)?.deed).toBe("look");
    expect(call?.paths[0]).toBe("/proc/version");
    expect(call?.process).toBeGreaterThan(1);
  });

  test("tells nothing of groups that nobody watches, nor of what succeeds or fails otherwise", async () => {
    expect(await reported(REFUSED, ".")).toEqual([]);
    const fine = `const fs = require("node:fs"); fs.readdirSync("/"); ${TRY('fs.readFileSync("/none")')}`;
    expect(await reported(fine)).toEqual([]);
  });

  test("leaves out a path that is too long to be told, and no more", async () => {
    const long = "/proc/version".padStart(600, "/");
    const [call] = await reported(REFUSED.replace("/proc/version", long));
    expect(call?.paths[0]).toBeUndefined();
    const short = "/proc/version".padStart(500, "/");
    const [other] = await reported(REFUSED.replace("/proc/version", short));
    expect(other?.paths[0]).toBe(short);
  });

  test("tells a bounded number of calls of a group that does nothing else, and the next ones later", async () => {
    const calls = await reported(
      `for (let i = 0; i < 5000; i++) { ${REFUSED.replace("console.log(error.code)", "")} }`,
    );
    expect(calls.length).toBeGreaterThan(32);
    expect(calls.length).toBeLessThan(5_000);
    expect(await reported(REFUSED)).toHaveLength(1);
  });

  test("tells nothing once nobody watches or it is closed", async () => {
    const second = new AuditLayer(pointersOfCalls());
    const calls: RefusedCall[] = [];
    const stop = second.watch(join(group, "leaf"), (call) => calls.push(call));
    stop();
    await run(join(group, "leaf"), REFUSED);
    second.reports.drain();
    second.watch(join(group, "leaf"), (call) => calls.push(call));
    second.close();
    await run(join(group, "leaf"), REFUSED);
    second.reports.drain();
    second.close();
    expect(calls).toEqual([]);
  });
});
