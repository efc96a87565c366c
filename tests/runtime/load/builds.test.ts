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
