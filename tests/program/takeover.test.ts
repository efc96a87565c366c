/** What a function has stored, and another file that takes its name. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FunctionInfo } from "../../schemas/function.ts";
import { until } from "../waiting.ts";
import { makePlace, type Place, type Started } from "./program.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(async () => await place.remove());

/** Asks for nothing, adds what it is told, and answers with all that lies under its name. */
const DIARY = (who: string): string => `import { defineTool, v } from "moult";
export default defineTool({
  description: "Keeps a diary",
  input: v.object({ add: v.optional(v.string()) }),
  output: v.object({ who: v.string(), all: v.array(v.unknown()) }),
  async run({ add }, { kv }) {
    const all = (await kv.list()).map(({ value }) => value);
    if (add !== undefined) await kv.set(add, add);
    return { who: ${JSON.stringify(who)}, all };
  },
});
`;

async function diary(daemon: Started, name: string, add?: string): Promise<unknown> {
  const init = { method: "POST", body: JSON.stringify({ add }) };
  return await (await daemon.ask(`/fn/${name}`, init)).json();
}

async function info(daemon: Started, name: string): Promise<FunctionInfo> {
  return (await (await daemon.ask(`/api/functions/${name}`)).json()) as FunctionInfo;
}

const waits = async (daemon: Started, name: string): Promise<FunctionInfo> =>
  await until(async () => {
    const found = await info(daemon, name);
    return found.waiting !== undefined && found;
  });

test("a dropped file that takes a name waits before it reads what lies under that", async () => {
  let daemon = await place.start();
  place.write("functions/tools/diary.ts", DIARY("mine"));
  await until(async () => (await info(daemon, "diary")).state === "ready");
  await diary(daemon, "diary", "secret");
  // Of two files with one name the first one counts.
  place.write("functions/a/diary.ts", DIARY("dropped"));
  expect((await waits(daemon, "diary")).waiting).toMatchObject({
    wants: ["would read what diary (functions/tools/diary.ts) has stored"],
    runs: false,
  });
  const own = { who: "mine", all: ["secret"] };
  expect(await diary(daemon, "diary")).toEqual(own);
  await daemon.kill();
  daemon = await place.start();
  await waits(daemon, "diary");
  expect(await diary(daemon, "diary")).toEqual(own);
  // Nor does it help that the other one has gone.
  rmSync(join(place.dir, "functions/tools/diary.ts"));
  await daemon.kill();
  daemon = await place.start();
  expect(await diary(daemon, "diary")).toEqual(own);
  await daemon.approve("diary");
  expect(await diary(daemon, "diary")).toEqual({ who: "dropped", all: ["secret"] });
  expect((await place.moult("approve", "--revoke", "diary")).code).toBe(0);
  await waits(daemon, "diary");
  expect(await diary(daemon, "diary")).not.toMatchObject({ who: "dropped" });
}, 120_000);

test("in its own file a function may change as it likes, and a new name starts with nothing", async () => {
  const daemon = await place.start();
  place.write("functions/tools/diary.ts", DIARY("mine"));
  await until(async () => (await info(daemon, "diary")).state === "ready");
  await diary(daemon, "diary", "secret");
  place.write("functions/tools/diary.ts", DIARY("newer"));
  const newer = { who: "newer", all: ["secret"] };
  await until(async () => Bun.deepEquals(await diary(daemon, "diary"), newer));
  place.write("functions/a/journal.ts", DIARY("other"));
  await until(async () => (await info(daemon, "journal")).state === "ready");
  expect(await diary(daemon, "journal")).toEqual({ who: "other", all: [] });
}, 120_000);

test("the name of a function that came with moult is not taken unasked", async () => {
  const daemon = await place.start();
  place.write("functions/clock.ts", DIARY("dropped"));
  const { waiting, origin } = await waits(daemon, "clock");
  expect(waiting?.wants).toEqual([
    "takes the place of the clock that came with moult, and its values",
  ]);
  expect(origin).toBe("builtin");
  const { out } = await place.moult("approve", "clock", "--yes");
  expect(out).toContain("new: takes the place of the clock that came with moult");
  expect(await diary(daemon, "clock")).toEqual({ who: "dropped", all: [] });
}, 120_000);

test("moult dev approves a moved file of the owner's own folder on sight, and start goes on with that", async () => {
  let daemon = await place.dev();
  place.write("functions/diary.ts", DIARY("mine"));
  await until(async () => (await info(daemon, "diary")).state === "ready");
  await diary(daemon, "diary", "secret");
  mkdirSync(join(place.dir, "functions/tools"));
  renameSync(join(place.dir, "functions/diary.ts"), join(place.dir, "functions/tools/diary.ts"));
  place.write("functions/tools/diary.ts", DIARY("moved"));
  const moved = { who: "moved", all: ["secret"] };
  await until(async () => Bun.deepEquals(await diary(daemon, "diary"), moved));
  await daemon.kill();
  daemon = await place.start();
  expect(await diary(daemon, "diary")).toEqual(moved);
}, 120_000);

test("a home from before this was noted loses nothing", async () => {
  let daemon = await place.start();
  place.write("functions/diary.ts", DIARY("mine"));
  await until(async () => (await info(daemon, "diary")).state === "ready");
  await diary(daemon, "diary", "secret");
  const noted = join(place.home, "kv/keepers.json");
  expect(JSON.parse(readFileSync(noted, "utf8"))).toMatchObject({
    keepers: [["diary", "functions/diary.ts"]],
  });
  await daemon.kill();
  rmSync(noted);
  daemon = await place.start();
  expect(await diary(daemon, "diary")).toEqual({ who: "mine", all: ["secret"] });
  // A damaged one gives nothing away.
  await daemon.kill();
  writeFileSync(noted, "{");
  daemon = await place.start();
  await waits(daemon, "diary");
  await daemon.approve("diary");
  expect(await diary(daemon, "diary")).toEqual({ who: "mine", all: ["secret"] });
}, 120_000);
