/** Whatever stands at the head of a `SKILL.md`: it is skipped and says why, or is a skill that can do nothing itself. */
import { afterAll, beforeAll, expect } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseYaml } from "../../../adapters/yaml/frontmatter.ts";
import { buildSkill, parseSkillBuild } from "../../../runtime/load/skill.ts";
import { allAsksOf, asksNothing } from "../../../runtime/policy/asks.ts";
import { isMoultError } from "../../../schemas/error.ts";
import { FUNCTION_NAME } from "../../../schemas/function.ts";
import { type Check, holds } from "../../property.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "moult-fuzz-skill-"));
  mkdirSync(join(root, "a-skill"));
});
afterAll(() => rmSync(root, { recursive: true }));

/** What may stand under `moult.permissions`, as text of YAML. */
function permissions(fc: Check) {
  const list = fc.constantFrom(
    "[]",
    "[a:1]",
    "[notes]",
    "notes",
    "['*']",
    "[[a:1]]",
    "[1]",
    "{a: 1}",
    "null",
    "*x",
    "!!js x",
    '"[a:1]"',
    "[../..]",
    "[~]",
  );
  const key = fc.constantFrom(
    "net",
    "read",
    "write",
    "exec",
    "call",
    "optional",
    "__proto__",
    "constructor",
    "secrets",
    "net ",
    "NET",
    "<<",
  );
  const map = fc
    .array(fc.tuple(key, list), { maxLength: 4 })
    .map((pairs) => `{ ${pairs.map(([name, value]) => `${name}: ${value}`).join(", ")} }`);
  return fc.oneof(
    { weight: 4, arbitrary: map },
    { weight: 1, arbitrary: map.map((inner) => `{ optional: ${inner} }`) },
    { weight: 1, arbitrary: map.map((inner) => `'${inner}'`) },
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: list },
  );
}

function text(fc: Check) {
  const line = fc.oneof(
    { weight: 3, arbitrary: permissions(fc).map((value) => `  moult.permissions: ${value}`) },
    {
      weight: 2,
      arbitrary: permissions(fc).map(
        (value) => `  moult: { permissions: ${value}, tools: [shell, "../x", 5] }`,
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "metadata:",
        "description: Does it.",
        "description: *x",
        "name: a-skill",
        "allowed-tools: Bash(rm *), notes",
        "kind: tool",
        "runs: true",
        "secrets: [TOKEN]",
        "triggers: [{ cron: '* * * * *' }]",
        "via: telegram",
        "  moult.secrets: [TOKEN]",
        "  moult.triggers: [{ http: 'GET /x' }]",
        "  moult.runs: true",
        "  moult.kind: tool",
        "  moult.tools: a b __proto__ toString",
        "__proto__: { moult: { permissions: { net: [a:1] } } }",
        "a: &x [*x]",
        "---",
        "\t",
        "? {}",
      ),
    },
    { weight: 1, arbitrary: fc.string() },
  );
  const head = fc.array(line, { maxLength: 6 });
  const start = fc.constantFrom(
    "---\ndescription: Does it.\nmetadata:\n",
    "---\ndescription: Does it.\n",
    "---\n",
    "",
    "\uFEFF---\r\ndescription: x\r\n",
  );
  return fc
    .tuple(start, head)
    .map(([first, lines]) => `${first}${lines.join("\n")}\n---\nDo it.\n`);
}

const found = () => ({
  name: "a_skill",
  path: join(root, "a-skill/SKILL.md"),
  file: "a-skill/SKILL.md",
  root,
});

holds("the head of a skill never gives it anything", 600, (fc) =>
  fc.asyncProperty(text(fc), async (source) => {
    let built;
    try {
      built = await buildSkill(
        found(),
        source,
        async (yaml) => await Promise.resolve(parseYaml(yaml)),
      );
    } catch (error) {
      if (!isMoultError(error)) throw error;
      expect(error.code).toBe("function/invalid");
      expect(error.message).toContain("SKILL.md:");
      return;
    }
    const { manifest } = parseSkillBuild(built.text);
    expect(built.manifest).toEqual(manifest);
    expect(manifest).toMatchObject({
      kind: "skill",
      runs: false,
      secrets: [],
      triggers: [],
      isolate: "process",
    });
    expect(manifest.via).toBeUndefined();
    expect(asksNothing(allAsksOf(manifest))).toBe(true);
    for (const tool of manifest.tools) expect(tool).toMatch(/^.{1,200}$/);
    // What is shown of its permissions was written there.
    for (const [kind, names] of Object.entries(manifest.permissions))
      if (Array.isArray(names) && names.length > 0) expect(source).toContain(kind);
    expect(FUNCTION_NAME.test("__proto__")).toBe(false);
    expect(({} as Record<string, unknown>)["moult"]).toBeUndefined();
  }),
);
