/** A skill that is a folder lives like any other function: saved, broken, moved, removed, rolled back, kept over a restart. */
import { expect, test } from "bun:test";
import { appendFileSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Loader } from "../../../runtime/load/loader.ts";
import { answer, functionsFolder, tool } from "./functions_folder.ts";
import { ask, skill, started } from "./skill_folder.ts";
import { until } from "../../waiting.ts";

/** What is done to a started folder with the skill `a` and its file `b.md`, and what is true in the end. */
const CHANGES: readonly {
  readonly name: string;
  readonly change: (folder: ReturnType<typeof functionsFolder>) => void;
  readonly holds: (loader: Loader) => Promise<boolean> | boolean;
}[] = [
  {
    name: "SKILL.md is saved",
    change: ({ save }) => save("skills/a/SKILL.md", skill("Anew.")),
    holds: async (loader) => JSON.stringify(await ask(loader, "a")).includes("Anew."),
  },
  {
    name: "a file beside it is saved",
    change: ({ save }) => save("skills/a/b.md", "other"),
    holds: async (loader) =>
      JSON.stringify(await ask(loader, "a", { file: "b.md" })).includes("other"),
  },
  {
    name: "a file is added in a new folder",
    change: ({ save }) => save("skills/a/references/c.md", "third"),
    holds: (loader) => loader.get("a")?.manifest?.files?.length === 2,
  },
  {
    name: "a file is removed",
    change: ({ path }) => unlinkSync(path("skills/a/b.md")),
    holds: (loader) => loader.get("a")?.manifest?.files?.length === 0,
  },
  {
    name: "the folder is renamed",
    change: ({ path }) => renameSync(path("skills/a"), path("skills/z")),
    holds: (loader) => loader.get("a") === undefined && loader.get("z")?.state === "ready",
  },
  {
    name: "the folder is removed",
    change: ({ path }) => rmSync(path("skills/a"), { recursive: true }),
    holds: (loader) => loader.get("a") === undefined,
  },
  {
    name: "SKILL.md alone is removed, and its scripts do not become functions of a skill",
    change: ({ path }) => unlinkSync(path("skills/a/SKILL.md")),
    holds: (loader) => loader.get("a") === undefined,
  },
  {
    name: "it is broken: the version before goes on, with the error beside it",
    change: ({ save }) => save("skills/a/SKILL.md", "no head"),
    holds: async (loader) =>
      loader.get("a")?.error?.includes("Skipped") === true &&
      JSON.stringify(await ask(loader, "a")).includes("Do it well."),
  },
  {
    name: "a TypeScript skill takes its place",
    change: ({ path, save }) => {
      rmSync(path("skills/a"), { recursive: true });
      save("skills/a.ts", tool("7"));
    },
    holds: async (loader) => (await answer(loader, "a")) === 7,
  },
];

test.each([...CHANGES])("a running skill: $name", async ({ change, holds }) => {
  await using folder = functionsFolder();
  folder.save("skills/a/SKILL.md", skill());
  folder.save("skills/a/b.md", "text");
  const loader = await started(folder);
  await Bun.sleep(25);
  change(folder);
  await until(() => holds(loader));
});

test("a rollback brings the files beside it back as well, until something is saved", async () => {
  await using folder = functionsFolder();
  folder.save("skills/a/SKILL.md", skill());
  folder.save("skills/a/b.md", "first");
  const loader = await started(folder);
  const first = loader.get("a")?.version ?? "";
  appendFileSync(folder.path("skills/a/b.md"), " and second");
  await until(() => loader.get("a")?.version !== first);
  await loader.rollback("a");
  expect(loader.get("a")?.version).toBe(first);
  expect(await ask(loader, "a", { file: "b.md" })).toMatchObject({ text: "first" });
  folder.save("skills/a/SKILL.md", skill("Third."));
  await until(async () => JSON.stringify(await ask(loader, "a")).includes("Third."));
});

test("after a restart it is there at once, from what was built, and an index that is lost is made anew", async () => {
  await using folder = functionsFolder();
  folder.save("skills/a/SKILL.md", skill());
  const first = await started(folder);
  const version = first.get("a")?.version;
  await first.close();
  rmSync(join(folder.home, "builds/a/index.json"));
  for (let round = 0; round < 2; round++) {
    const again = await started(folder);
    expect(again.get("a")).toMatchObject({ version, state: "ready", kind: "skill" });
    expect(await ask(again, "a")).toEqual({ instructions: "Do it well." });
    await again.close();
  }
});
