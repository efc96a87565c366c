import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { temporary } from "../temporary.ts";

/** What the doctor prints about the sandbox of a machine without some layers. */
async function doctor(missing: string): Promise<string> {
  using home = temporary();
  const entry = join(import.meta.dir, "doctor_main.ts");
  const child = Bun.spawn([process.execPath, "--no-install", entry, missing, home.path], {
    env: { ...process.env, COLUMNS: "1000", NO_COLOR: "1" },
    stdout: "pipe",
  });
  const text = await child.stdout.text();
  const from = text.indexOf("\n", text.indexOf(" model ")) + 1;
  const lines = text.slice(text.indexOf("sandbox", from) - 6, text.indexOf("home", from) - 6);
  expect(lines).toContain("sandbox");
  return lines;
}

const lacks = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith(" ".repeat(15) + "- "))
    .map((line) => line.trim().slice(2));

describe.skipIf(process.platform !== "linux")("doctor", () => {
  test.each([
    ["", /^(?:ok|warn) +sandbox +tier [ABC]: files, programs and network/],
    ["network", /^warn +sandbox +tier C: files, programs and network, each held by one layer/],
    ["cgroup", /^warn +sandbox +tier C: /],
    ["landlock", /^warn +sandbox +tier D: programs and network; a function can read/],
    ["seccomp", /^FAIL +sandbox +tier E: nothing confines functions here/],
    ["everything", /^FAIL +sandbox +tier E: nothing confines functions here/],
  ])(
    "without %p says the tier, what it has, and what it lacks with its remedy",
    async (missing, head) => {
      const text = await doctor(missing);
      expect(text).toMatch(head);
      expect(text).toMatch(/^ {15}\+ environment: empty$/m);
      for (const line of lacks(text))
        expect(line).toMatch(/^[a-z ,]+: .*(?:\(.+\)|; try |left out$)/);
      const layer = missing
        .replace("landlock", "files")
        .replace("seccomp", "system calls")
        .replace("cgroup", "processes")
        .replace("everything", "files");
      expect(lacks(text).some((line) => line.startsWith(layer))).toBe(true);
    },
  );

  test("reports users, disk and signals of a sandbox that has no user ids", async () => {
    const names = lacks(await doctor("uid,tmpfs")).map((line) => line.slice(0, line.indexOf(":")));
    expect(names).toContain("users");
    expect(names).toContain("disk");
  });
});
