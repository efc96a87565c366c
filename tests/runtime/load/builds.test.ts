/** The queue of builds: what waits together is built together, and one bad file is the fault of no other. */
import { expect, test } from "bun:test";
import type { Built } from "../../../runtime/load/build.ts";
import type { Outcome, Source } from "../../../runtime/load/build_all.ts";
import type { Workbench } from "../../../runtime/load/build_process.ts";
import { Builds } from "../../../runtime/load/builds.ts";
import { MoultError } from "../../../schemas/error.ts";

function sourceOf(name: string, source = name): Source {
  return { found: { name, path: `/f/${name}.ts`, file: `${name}.ts`, root: "/f" }, source };
}

const builtOf = ({ source }: Source): Outcome => ({
  built: { text: source, version: "1", inputs: [] } satisfies Built,
});

/** A place that notes what it was given, and fails as a build process does. */
function bench(onRun: (sources: readonly Source[]) => void | Promise<void>) {
  const runs: string[][] = [];
  const open = (): Workbench => ({
    build: async (sources) => {
      runs.push(sources.map(({ found }) => found.name));
      await onRun(sources);
      return sources.map(builtOf);
    },
    warm() {},
    close() {},
  });
  return { runs, builds: new Builds(open) };
}

test("many that wait are built together, and one that is the end of them is refused alone", async () => {
  const { runs, builds } = bench((sources) => {
    if (sources.some(({ source }) => source === "bomb"))
      throw new MoultError("function/limit", "stopped", { reason: "memory 2 MiB > 1" });
  });
  const names = ["a", "b", "c", "bomb", "d", "e"];
  const settled = await Promise.allSettled(names.map((name) => builds.build(sourceOf(name))));
  expect(settled.map(({ status }) => status === "fulfilled")).toEqual([
    true,
    true,
    true,
    false,
    true,
    true,
  ]);
  expect(settled[3]).toMatchObject({
    reason: { code: "function/invalid", message: expect.stringContaining("memory 2 MiB > 1") },
  });
  expect(runs).toEqual([names, ...names.map((name) => [name])]);
});

test("where no process can be started, that is nobody's fault, and all are told", async () => {
  const { builds } = bench(() => {
    throw new MoultError("internal", "Cannot start a function process: EAGAIN");
  });
  const settled = await Promise.allSettled(
    ["a", "b", "c", "d"].map((name) => builds.build(sourceOf(name))),
  );
  for (const one of settled) expect(one).toMatchObject({ reason: { code: "internal" } });
});

test("while one is built without end, another is built elsewhere", async () => {
  const stuck = Promise.withResolvers<void>();
  const { builds } = bench(([one]) => (one?.source === "stuck" ? stuck.promise : undefined));
  const first = builds.build(sourceOf("stuck"));
  await Bun.sleep(1);
  expect(await builds.build(sourceOf("quick"))).toMatchObject({ text: "quick" });
  stuck.resolve();
  expect(await first).toMatchObject({ text: "stuck" });
});

test("more text than a build process is given at once is built in several runs", async () => {
  const { runs, builds } = bench(() => undefined);
  const long = "x".repeat(900_000);
  const names = ["a", "b", "c", "d", "e"];
  await Promise.all(names.map((name) => builds.build(sourceOf(name, long))));
  expect(runs.flat().toSorted()).toEqual(names);
  for (const run of runs) expect(run.length).toBeLessThanOrEqual(2);
});

test("files that were the end of a workbench wait for the others, and never take every place", async () => {
  const held = Promise.withResolvers<void>();
  let isFirst = true;
  const { runs, builds } = bench(async (sources) => {
    if (!sources.some(({ source }) => source.startsWith("bomb"))) return;
    if (!isFirst) await held.promise;
    throw new MoultError("function/limit", "stopped");
  });
  const bombs = ["bomb1", "bomb2", "bomb3"];
  const wanted = () => bombs.map((name) => builds.build(sourceOf(name)).catch(() => name));
  expect(await Promise.all(wanted())).toEqual(bombs);
  isFirst = false;
  runs.length = 0;
  const again = wanted();
  const good = ["a", "b"].map((name) => builds.build(sourceOf(name)));
  expect(await Promise.all(good)).toHaveLength(2);
  expect(runs.slice(0, 2)).toEqual([["a"], ["b"]]);
  // Now that only they are left, one is built, and whoever comes finds the other place.
  expect(await builds.build(sourceOf("c"))).toMatchObject({ text: "c" });
  expect(runs.filter(([name]) => bombs.includes(name ?? ""))).toHaveLength(1);
  held.resolve();
  expect(await Promise.all(again)).toEqual(bombs);
});
