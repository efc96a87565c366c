/** Everything a function author can import is documented. */
import { expect, test } from "bun:test";
import { join } from "node:path";

for (const file of ["runtime/define.ts", "runtime/testing.ts"]) {
  test(`every export of ${file} has a comment, members of its interfaces too`, async () => {
    const lines = (await Bun.file(join(import.meta.dir, "..", file)).text()).split("\n");
    const bare = lines.filter((line, index) => {
      const declares = /^export (?:async )?(?:function|interface|type|const|class|\*|\{) ?/.test(
        line,
      );
      const member = /^ {2}readonly \w+\??:/.test(line) && !line.includes("readonly kind:");
      const above = lines[index - 1] ?? "";
      return (declares || member) && !above.endsWith("*/") && !above.startsWith("  readonly kind");
    });
    expect(bare).toEqual([]);
  });
}

test("the package exports what the documentation names", async () => {
  const define = await import("moult");
  expect(Object.keys(define).toSorted()).toEqual([
    "MoultError",
    "defineChannel",
    "defineSkill",
    "defineTool",
    "v",
  ]);
});
