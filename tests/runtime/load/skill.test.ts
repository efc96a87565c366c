/** `SKILL.md` folders: what loads, what is skipped and why, and that they live like any other function. */
import { expect, test } from "bun:test";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, call, functionsFolder, tool } from "./functions_folder.ts";
import { ask, skill, started } from "./skill_folder.ts";
import { until } from "../../waiting.ts";

const FIXTURES = join(import.meta.dir, "../../fixtures/skills");

/** Texts of a SKILL.md, and what the description is then, or why there is none. */
const TEXTS: readonly (readonly [string, string | Uint8Array, string | RegExp])[] = [
  ["plain", skill(), "Does it."],
  ["a bare colon", skill("", "description: Use when: it rains"), "Use when: it rains"],
  [
    "a bare colon over several lines",
    skill("", "name: a\ndescription: Use when: it rains\n  or snows: both\nlicense: MIT"),
    "Use when: it rains or snows: both",
  ],
  ["a description in brackets", skill("", "description: [new] Does: it"), "[new] Does: it"],
  [
    "a quoted word first",
    skill("", 'description: "PDF" forms: fills them'),
    '"PDF" forms: fills them',
  ],
  ["a folded text", skill("", "description: >-\n  Does\n  it: all"), "Does it: all"],
  ["a byte order mark", `\uFEFF${skill()}`, "Does it."],
  ["Windows line ends", skill().replaceAll("\n", "\r\n"), "Does it."],
  ["empty lines before it", `\n\n${skill()}`, "Does it."],
  ["a number", skill("", "description: 42"), "42"],
  [
    "keys that nobody knows",
    skill("", "description: Does it.\nmodel: opus\nhooks: {a: [1]}"),
    "Does it.",
  ],
  ["a key twice", skill("", "description: First.\ndescription: Second."), "Second."],
  ["a key of all objects", skill("", "description: Does it.\n__proto__: {x: 1}"), "Does it."],
  ["a tag that would make something", skill("", "description: !!js/function 'x'"), "x"],
  ["orders to a terminal", skill("", 'description: "\\e[2Jgone\\a"'), "[2Jgone"],
  [
    "no frontmatter",
    "# Forms\n\nFill them.",
    /SKILL\.md:1:1: Skipped: it has no description: begin/,
  ],
  ["nothing", "", /SKILL\.md:1:1: Skipped: it is empty/],
  ["no end", "---\ndescription: x\n", /SKILL\.md:1:1: Skipped: the --- here is never closed/],
  [
    "no description",
    skill("", "name: a\nlicense: MIT"),
    /SKILL\.md:1:1: Skipped: it has no description/,
  ],
  [
    "an empty description",
    skill("", "name: a\ndescription: "),
    /SKILL\.md:3:1: Skipped: it has no desc/,
  ],
  [
    "a list for a description",
    skill("", "description: [a, b]"),
    /SKILL\.md:2:1: Skipped: it has no desc/,
  ],
  ["YAML without keys", skill("", "just words"), /SKILL\.md:2:1: Skipped: its YAML has no keys/],
  [
    "broken YAML",
    skill("", "description: x\nmetadata: [1"),
    /SKILL\.md:\d+:\d+: Skipped: its YAML cannot be/,
  ],
  ["tabs", skill("", "description: x\nmetadata:\n\ta: b: c"), /Skipped: its YAML cannot be read/],
  [
    "an alias of nothing",
    skill("", "description: x\na: *x"),
    /Skipped: its YAML cannot be read: .*alias/,
  ],
  [
    "aliases that explode",
    skill(
      "",
      `description: x\na: &a [1,1,1,1,1,1]\n${"bcdefgh"
        .split("")
        .map((to, at) => `${to}: &${to} [${Array(9).fill(`*${"abcdefg"[at]}`).join(",")}]`)
        .join("\n")}`,
    ),
    /Skipped: its YAML cannot be read: Excessive alias/,
  ],
  [
    "depth without end",
    skill("", `description: x\na: ${"[".repeat(9_000)}`),
    /Skipped: its YAML cannot/,
  ],
  [
    "a huge head",
    skill("", `description: ${"x".repeat(20_000)}`),
    /Skipped: more than 16384 characters/,
  ],
  ["a huge file", skill("x".repeat(3_000_000)), /has 3\d+ bytes; a function file has at most/],
  ["a binary", new Uint8Array([45, 45, 45, 10, 0, 255, 1, 2]), /Skipped: it is not a text/],
  [
    "permissions that are none",
    skill("", "description: x\nmetadata:\n  moult:\n    permissions: { net: [everywhere] }"),
    /SKILL\.md:5:1: Skipped: metadata\.moult\.permissions\.net\.0: expected "host:port"/,
  ],
  [
    "a permission that does not exist",
    skill("", "description: x\nmetadata:\n  moult.permissions: '{ sudo: [all] }'"),
    /SKILL\.md:4:1: Skipped: metadata\.moult\.permissions/,
  ],
];

test.each([...TEXTS])("a SKILL.md with %s", async (_what, text, expected) => {
  await using folder = functionsFolder();
  mkdirSync(folder.path("skills/forms"), { recursive: true });
  writeFileSync(folder.path("skills/forms/SKILL.md"), text);
  const loader = await started(folder);
  const info = loader.get("forms");
  expect(folder.host.started).toEqual([]);
  if (typeof expected === "string") expect(info?.manifest?.description).toBe(expected);
  else expect(info?.error).toMatch(expected);
  expect(info?.state).toBe(typeof expected === "string" ? "ready" : "failed");
  // The error says where, and does not repeat a whole file.
  expect(info?.error?.length ?? 0).toBeLessThan(600);
});

test("real folders load with their tools, permissions, files and warnings, and no code of theirs runs", async () => {
  await using folder = functionsFolder();
  cpSync(FIXTURES, folder.path("skills"), { recursive: true });
  folder.save("skills/release-notes/scripts/evil.ts", tool("process.exit(1)"));
  const loader = await started(folder);
  expect(loader.list().map(({ name, kind, state }) => `${kind} ${name} ${state}`)).toEqual([
    "skill expense_report ready",
    "skill house_rules ready",
    "skill release_notes ready",
  ]);
  const expense = loader.get("expense_report")?.manifest;
  expect(expense?.permissions.call).toEqual(["clock"]);
  expect(expense?.tools).toEqual(["clock", "calculate", "convert_units"]);
  expect(expense?.files?.map(({ path }) => path)).toContain("references/kinds.md");
  expect(expense?.warnings).toEqual(["allowed-tools: no tool of moult has such a name: Read"]);
  expect(loader.get("house_rules")?.manifest).toMatchObject({
    runs: false,
    tools: ["home", "notes"],
  });
  expect(loader.get("release_notes")?.manifest?.warnings).toEqual([
    expect.stringContaining("skills/release-notes/SKILL.md:3: a value here is no plain YAML"),
  ]);
  expect(await ask(loader, "house_rules")).toMatchObject({
    instructions: expect.stringContaining("Quiet hours"),
    files: ["references/heating.md"],
  });
  const heating = { file: "./references/heating.md" };
  expect(await ask(loader, "house_rules", heating)).toMatchObject({
    text: expect.stringContaining("boiler"),
  });
  expect(await ask(loader, "release_notes")).toMatchObject({
    note: expect.stringContaining("not run"),
  });
  expect(folder.host.started).toEqual([]);
});

test("the example of the documentation loads without a warning", async () => {
  await using folder = functionsFolder();
  const text = readFileSync(join(import.meta.dir, "../../../docs/functions.md"), "utf8");
  const [, example = ""] = /^```md\n(---\n.*?)^```$/ms.exec(text) ?? [];
  folder.save("skills/house-rules/SKILL.md", example);
  const loader = await started(folder);
  expect(loader.get("house_rules")).toMatchObject({
    state: "ready",
    manifest: { tools: ["home", "notes"] },
  });
  expect(loader.get("house_rules")?.manifest?.warnings).toBeUndefined();
});

test("names of folders become names of functions, and what is odd about them is told", async () => {
  await using folder = functionsFolder();
  for (const name of ["pdf-forms", "My Skill (v2)", "HTTPServer", "tïtle", "_draft", "123", "日本"])
    folder.save(`skills/${name}/SKILL.md`, skill("", "name: pdf-forms\ndescription: x"));
  folder.save("skills/lower/skill.md", skill());
  const loader = await started(folder);
  const states = loader.list().map(({ name, state }) => `${name} ${state}`);
  expect(states.toSorted()).toEqual(
    [
      "123 failed",
      "httpserver ready",
      "lower ready",
      "my_skill_v2 ready",
      "pdf_forms ready",
      "t_tle ready",
      "日本 failed",
    ].toSorted(),
  );
  expect(loader.get("pdf_forms")?.manifest?.warnings?.join()).toContain("no instructions");
  expect(loader.get("my_skill_v2")?.manifest?.warnings?.join("\n")).toMatch(
    /name is not that of its folder[^]*it is called my_skill_v2/,
  );
  expect(loader.get("日本")?.error).toContain("rename the folder");
});

test("a SKILL.md among functions is refused, and hides none of them", async () => {
  await using folder = functionsFolder();
  folder.save("SKILL.md", skill());
  folder.save("skills/SKILL.md", skill());
  folder.save("skills/fine.ts", tool("1"));
  folder.save("tools/also.ts", tool("2"));
  const loader = await started(folder);
  expect([await answer(loader, "fine"), await answer(loader, "also")]).toEqual([1, 2]);
  const refused = loader.list().filter(({ state }) => state === "failed");
  expect(refused.map(({ file }) => file)).toEqual(["SKILL.md", "skills/SKILL.md"]);
  expect(refused[0]?.error).toContain("put it into a folder of its own");
});

test("two of one name: one is used, the other says so", async () => {
  await using folder = functionsFolder();
  folder.save("skills/pdf-forms/SKILL.md", skill());
  folder.save("tools/pdf_forms.ts", tool("1"));
  const loader = await started(folder);
  expect(loader.get("pdf_forms")?.kind).toBe("skill");
  expect(loader.list().map(({ error }) => error ?? "")).toEqual([
    "",
    expect.stringContaining('Two files are named "pdf_forms"'),
  ]);
});

test("only files of the folder can be read, whatever the path says and wherever links lead", async () => {
  await using folder = functionsFolder();
  folder.save("../secret.txt", "s3cret");
  folder.save("skills/a/SKILL.md", skill());
  folder.save("skills/a/notes.txt", "note");
  folder.save("skills/a/.env", "KEY=s3cret");
  folder.save("skills/a/node_modules/x/index.js", "s3cret");
  symlinkSync(join(folder.base, "secret.txt"), folder.path("skills/a/link.txt"));
  symlinkSync(folder.base, folder.path("skills/a/up"));
  symlinkSync(folder.path("skills/a"), folder.path("skills/a/circle"));
  const loader = await started(folder);
  expect(loader.get("a")?.manifest?.files).toEqual([{ path: "notes.txt", bytes: 4 }]);
  expect(loader.get("a")?.manifest?.warnings).toHaveLength(4);
  for (const file of [
    "../../../secret.txt",
    "/etc/passwd",
    "link.txt",
    "up/secret.txt",
    ".env",
    "notes.txt/../link.txt",
    "SKILL.md",
    "__proto__",
    "x\0",
  ])
    expect(await ask(loader, "a", { file })).toStartWith("input/invalid");
  expect(await ask(loader, "a", { file: "notes.txt" })).toEqual({
    file: "notes.txt",
    text: "note",
  });
});

test("a SKILL.md that is a link is refused before anything of where it leads is read or shown", async () => {
  await using folder = functionsFolder();
  folder.save("../owner.key", "s3cret");
  folder.save("skills/a/notes.txt", "note");
  symlinkSync(join(folder.base, "owner.key"), folder.path("skills/a/SKILL.md"));
  const loader = await started(folder);
  expect(loader.get("a")?.state).toBe("failed");
  expect(loader.get("a")?.error).toContain("is a link");
  expect(JSON.stringify([loader.list(), folder.hub.since(0)])).not.toContain("s3cret");
});

test("a folder that is a link is a skill like any other", async () => {
  await using folder = functionsFolder();
  folder.save("../elsewhere/tidy-up/SKILL.md", skill());
  mkdirSync(folder.path("skills"));
  symlinkSync(join(folder.base, "elsewhere/tidy-up"), folder.path("skills/tidy-up"));
  const loader = await started(folder);
  expect(loader.get("tidy_up")?.state).toBe("ready");
  folder.save("../elsewhere/tidy-up/SKILL.md", skill("New."));
  await until(async () => JSON.stringify(await ask(loader, "tidy_up")).includes("New."));
});

test("long instructions and files come in parts, and no part is lost", async () => {
  await using folder = functionsFolder();
  const body = Array.from({ length: 900 }, (_, n) => `Line ${n} 🙂 of what to do.`).join("\n");
  folder.save("skills/long/SKILL.md", skill(body));
  folder.save("skills/long/big.txt", "x".repeat(300_000));
  folder.save("skills/long/wide.txt", "🙂".repeat(10_000));
  const loader = await started(folder);
  const read = async (file?: string): Promise<string> => {
    let whole = "";
    for (let part = 1, parts = 1; part <= parts; part++) {
      const given = (await ask(loader, "long", { file, part })) as Record<string, unknown>;
      const text = String(given["text"] ?? given["instructions"]);
      expect(text.length).toBeLessThanOrEqual(6_001);
      whole += text;
      parts = Number(given["parts"] ?? 1);
    }
    return whole;
  };
  expect(await read()).toBe(body);
  expect(await read("wide.txt")).toBe("🙂".repeat(10_000));
  expect(await ask(loader, "long", { file: "big.txt" })).toContain("too long (300000 bytes)");
  expect(await ask(loader, "long", { part: 99 })).toContain("no part 99");
  expect(await ask(loader, "long", { part: "1" })).toStartWith("input/invalid");
  expect(loader.get("long")?.manifest?.instructions?.length).toBeLessThanOrEqual(20_000);
});

test("answers over HTTP carry the version; a request in words gets the instructions", async () => {
  await using folder = functionsFolder();
  folder.save("skills/a/SKILL.md", skill());
  const loader = await started(folder);
  const response = await loader.fetch("a", { ...call(), body: '"please"' });
  expect(response.headers.get("x-function-version")).toBe(loader.get("a")?.version ?? "");
  expect(await response.json()).toEqual({ instructions: "Do it well." });
  const refused = await loader.fetch("a", { ...call(), body: "{" });
  expect(refused.status).toBe(400);
  const long = await loader.fetch("a", { ...call(), body: new Response("x".repeat(99_999)).body });
  expect(long.status).toBe(413);
});
