import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  createGroup,
  createHeldGroup,
  ownGroup,
  removeGroup,
  whyNoGroups,
} from "../../../adapters/linux/cgroup.ts";
import { folderMiB } from "../../../adapters/linux/folder_size.ts";
import {
  boundMemory,
  countProcess,
  createBounded,
  divide,
  findBounds,
  type GroupBounds,
  NO_BOUNDS,
  ranOutOfMemory,
  removeBounded,
  removeDivided,
} from "../../../adapters/linux/group_bounds.ts";
import { until } from "../../waiting.ts";
import { keep } from "../../children.ts";

const mayDivide = process.platform === "linux" && whyNoGroups(ownGroup()) === undefined;

describe.skipIf(!mayDivide)("a group of processes", () => {
  const name = `moult-999-${String(process.pid)}`;
  let groups: string;
  let held: number;
  let bounds: GroupBounds;

  beforeAll(() => {
    const made = createHeldGroup(ownGroup(), name);
    groups = made?.folder ?? "";
    held = made?.file ?? -1;
    bounds = findBounds(groups);
  });
  afterAll(async () => {
    for (const file of [held, bounds.held]) if (file !== undefined) closeSync(file);
    await until(() => removeDivided(groups, bounds));
  });

  test("holds no more of them than it may, whichever hierarchy counts them", async () => {
    if (bounds.processes === undefined) return;
    const group = createBounded(groups, "1", bounds, 8) ?? "";
    // It waits until it is counted before it starts any.
    const counted = join(mkdtempSync(join(tmpdir(), "moult-counted-")), "yes");
    const forks = `until [ -e ${counted} ]; do sleep 0.01; done; for i in {1..30}; do sleep 30 & done; wait`;
    const child = keep(
      Bun.spawn(["bash", "-c", forks], {
        cgroup: group,
        stdio: ["ignore", "ignore", "pipe"],
      }),
    );
    countProcess(group, bounds, child.pid);
    writeFileSync(counted, "");
    const { value } = await child.stderr.getReader().read();
    expect(Buffer.from(value ?? []).toString()).toContain("Resource temporarily unavailable");
    writeFileSync(join(group, "cgroup.kill"), "1");
    await child.exited;
    rmSync(dirname(counted), { recursive: true });
    await until(() => removeBounded(group, bounds));
    expect(existsSync(join(bounds.processes, "1"))).toBe(false);
  });

  test("is not bounded in memory where the kernel has no such controller, and that is no error", () => {
    const group = createBounded(groups, "2", NO_BOUNDS, 8) ?? "";
    boundMemory(group, bounds, 64);
    expect(existsSync(join(group, "memory.max"))).toBe(bounds.memory);
    boundMemory(group, NO_BOUNDS, 64);
    expect(ranOutOfMemory(group)).toBe(false);
    expect(removeGroup(group)).toBe(true);
  });

  test("is divided by a process that makes way, and only when it is alone there", async () => {
    const [controller] = readFileSync(join(ownGroup() ?? "", "cgroup.controllers"), "utf8")
      .trim()
      .split(/\s+/);
    if (controller === undefined || controller === "") return;
    // It has to be lent to us from above; whether it is depends on the machine.
    if (!divide(ownGroup() ?? "", [controller]).includes(controller)) return;
    if (!divide(groups, [controller]).includes(controller)) return;
    const group = createGroup(groups, "3") ?? "";
    const main = join(import.meta.dir, "group_bounds_main.ts");
    const run = async (...command: string[]) => {
      const child = keep(Bun.spawn(command, { cgroup: group, stdout: "pipe" }));
      return (await new Response(child.stdout).text()).trim();
    };
    // A shell that waits for it is there, too.
    expect(
      await run("bash", "-c", `${process.execPath} ${main} ${group} ${controller}; true`),
    ).toBe("");
    expect(await run(process.execPath, main, group, controller)).toBe(`${controller} moult`);
    await until(() => removeGroup(group));
  });
});

describe("folderMiB()", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "moult-size-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("counts what files take in all folders, not what they claim, and never fails", () => {
    expect(folderMiB(folder)).toBe(0);
    mkdirSync(join(folder, "a/b"), { recursive: true });
    writeFileSync(join(folder, "a/b/c"), Buffer.alloc(2 * 1_048_576, 1));
    writeFileSync(join(folder, "d"), Buffer.alloc(1_048_576, 1));
    writeFileSync(join(folder, "hole"), "");
    truncateSync(join(folder, "hole"), 1_000_000_000);
    expect(Math.round(folderMiB(folder))).toBe(3);
    expect(folderMiB(join(folder, "nothing"))).toBe(0);
  });

  test("gives up on a folder with too many entries: it is full", () => {
    expect(folderMiB(folder, 5)).toBeGreaterThan(0);
    expect(folderMiB(folder, 4)).toBe(Infinity);
  });
});
