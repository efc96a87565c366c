/** `moult dev` at a real terminal: what it shows, and that its prompt stays usable meanwhile. */
import { describe, expect, test } from "bun:test";
import { existsSync, linkSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openSandbox } from "../../adapters/linux/open_sandbox.ts";
import { makePlace } from "./program.ts";
import { dev } from "./terminal.ts";
import { isAlive, until } from "../waiting.ts";

const SAY = (word: string): string => `import { defineTool, v } from "moult";
export default defineTool({
  description: "Say a word",
  input: v.object({}),
  run: () => "${word}",
});
`;

describe.each([
  ["Ctrl-C", "\u0003"],
  ["Ctrl-D", "\u0004"],
])("moult dev, ended with %s", (_name, key) => {
  test("shows reloads, code frames and answers, and leaves nothing running", async () => {
    const place = makePlace([{ reply: "You said: {{text}}" }]);
    try {
      const { child, type, text, shows } = dev(place.dir);
      await shows("owner.key");
      place.write("functions/say.ts", SAY("one"));
      await shows("✓ say");
      expect(text()).toMatch(/✓ say [0-9a-f]{12} in \d+ ms/);

      type("hello ");
      place.write("functions/say.ts", SAY("one").replace("run: ()", "run: )"));
      await shows("✗ say say.ts:5:8");
      expect(text()).toContain('  5 |   run: ) => "one",');
      type("there\r");
      await shows("You said: hello there");

      place.write("functions/say.ts", SAY("one"));
      await until(() => text().split("✓ say").length === 3);
      place.write("functions/say.ts", SAY("two"));
      await until(() => text().split("✓ say").length === 4);
      await place.moult("rollback", "say");
      await until(() => /↩ say is back at [0-9a-f]{12}\s/.test(text()));

      type(key);
      expect(await child.exited).toBe(0);
    } finally {
      await place.remove();
    }
  }, 120_000);
});

const ADD = (sum: string, more = ""): string => `import { defineTool, v } from "moult";
export default defineTool({
  description: "Add two numbers",
  input: v.object({ a: v.number(), b: v.number() }),
  output: v.object({ sum: v.number() }),
  ${more}
  examples: [{ say: "add 1 and 2", input: { a: 1, b: 2 }, output: { sum: 3 } }],
  run: ({ a, b }) => ({ sum: ${sum} }),
});
`;

const ADD_TEST = (
  expected: number,
  before = "",
): string => `import { expect, test } from "bun:test";
import { callTool } from "moult/testing";
import tool from "./add.ts";
${before}
test("adds", async () => {
  expect(await callTool(tool, { a: 2, b: 3 })).toEqual({ sum: ${expected} });
});
`;

/** It does what it is told and may not. */
const SNOOP = `import { defineTool, v } from "moult";
import fs from "node:fs";
const DEEDS = {
  read: () => fs.readFileSync("/etc/shadow", "utf8"),
  group: () => fs.readFileSync("/etc/group", "utf8"),
  write: () => Bun.write("/srv/none/a.txt", "x"),
  start: () => Bun.spawnSync(["/bin/ls"]).exitCode,
  connect: () => fetch("http://127.0.0.1:9/"),
  link: () => fs.symlinkSync("/etc/shadow", "link"),
};
export default defineTool({
  description: "Snoop",
  input: v.object({ what: v.string() }),
  permissions: { call: ["clock"] },
  run: async ({ what }) => String(await DEEDS[what]()),
});
`;

/** Whether this machine can tell of every layer. */
async function findReports(): Promise<boolean> {
  const sandbox = openSandbox({ everyRefusal: true });
  const { has } = sandbox.tier();
  await sandbox.close();
  return has.some((text) => text.startsWith("reports:"));
}
const reportsEverything = await findReports();

/** Runs a test in a place with `moult dev`, and ends both. */
async function inDev(
  body: (parts: ReturnType<typeof dev> & { place: ReturnType<typeof makePlace> }) => Promise<void>,
  script?: readonly object[],
): Promise<void> {
  const place = makePlace(script);
  const parts = dev(place.dir);
  try {
    await parts.shows("owner.key");
    await body({ ...parts, place });
  } finally {
    await parts.end();
    await place.remove();
  }
}

describe("a save in moult dev", () => {
  test(
    "tries examples and tests: one short line when all is well, what differs when not",
    () =>
      inDev(async ({ place, text, shows }) => {
        place.write("functions/tools/add.test.ts", ADD_TEST(5));
        place.write("functions/tools/add.ts", ADD("a + b"));
        await shows("✓ add: 1 example and 1 test pass");

        place.write("functions/tools/add.ts", ADD("a - b"));
        await shows("✗ add: 1 of 1 example and 1 of 1 test failed");
        const block = text().slice(text().indexOf("✗ example"));
        expect(block).toMatch(
          /example "add 1 and 2"\s+input {5}\{"a":1,"b":2\}\s+expected {2}\{"sum":3\}\s+got {7}\{"sum":-1\}/,
        );
        expect(block).toMatch(
          /test adds {2}add\.test\.ts:6\s+expect\(await callTool\(tool, \{ a: 2, b: 3 \}\)\).*\s+expected {2}"sum": 5\s+got {7}"sum": -1/,
        );

        place.write("functions/tools/add.ts", ADD("a + b"));
        await until(() => text().split("✓ add: 1 example and 1 test pass").length === 3);
        // Only the test was saved: only tests run.
        place.write("functions/tools/add.test.ts", ADD_TEST(6));
        await shows("✗ add: 1 of 1 test failed");
      }),
    120_000,
  );

  test(
    "notices a save of a test that the kernel reports for another folder",
    () =>
      inDev(async ({ place, shows }) => {
        place.write("functions/add.test.ts", ADD_TEST(5));
        place.write("functions/add.ts", ADD("a + b"));
        await shows("✓ add: 1 example and 1 test pass");
        linkSync(join(place.dir, "functions/add.test.ts"), join(place.dir, "same.test.ts"));
        place.write("same.test.ts", ADD_TEST(6));
        await shows("✗ add: 1 of 1 test failed");
      }),
    120_000,
  );

  test(
    "ends a test that hangs, with its children, as soon as there is a newer save",
    () =>
      inDev(async ({ place, shows }) => {
        const pid = join(place.dir, "pid");
        const hang = `require("node:fs").writeFileSync(${JSON.stringify(pid)}, String(Bun.spawn(["sleep", "600"]).pid)); for (;;);`;
        place.write("functions/add.test.ts", ADD_TEST(5, hang));
        place.write("functions/add.ts", ADD("a + b"));
        await until(() => existsSync(pid) && readFileSync(pid, "utf8") !== "");
        await shows("… add: its tests are running");
        place.write("functions/add.test.ts", ADD_TEST(5));
        await shows("1 test pass");
        await until(() => !isAlive(Number(readFileSync(pid, "utf8"))));
      }),
    120_000,
  );

  test(
    "shows at once what a function was refused, and the line that its file lacks",
    () =>
      inDev(async ({ place, shows }) => {
        place.write(
          "functions/out.ts",
          ADD("a + b", `permissions: { call: ["clock"] },`)
            .replace("({ a, b }) => ", "async ({ a, b }, { fetch }) => ")
            .replace("a + b", `(await fetch("http://a.example/")).status`),
        );
        await shows("· out: its examples do not run on save, as it declares call");
        await shows("✓ out: 1 example input passes");
        await place.moult("call", "out", '{"a":1,"b":2}');
        await shows("⛔ out may not reach a.example:80; to allow it, write in out.ts:");
        await shows(`permissions: { net: ["a.example:80"], call: ["clock"] },`);
      }),
    120_000,
  );

  test.skipIf(!reportsEverything)(
    "shows what any layer refused, with the line that allows it, or a sentence why there is none",
    () =>
      inDev(
        async ({ place, text, shows, type }) => {
          place.write("functions/snoop.ts", SNOOP);
          await shows("✓ snoop");
          const attempt = async (what: string) => {
            await place.moult("call", "snoop", JSON.stringify({ what }));
          };
          await attempt("read");
          await shows("⛔ snoop may not read /etc/shadow; to allow it, write in snoop.ts:");
          await shows('permissions: { read: ["/etc/shadow"], call: ["clock"] },');
          await attempt("write");
          await shows('permissions: { write: ["/srv/none"], call: ["clock"] },');
          await attempt("start");
          await shows('permissions: { exec: ["/bin/ls"], call: ["clock"] },');
          await attempt("connect");
          await shows("⛔ snoop may not reach 127.0.0.1:9; to allow it, write in snoop.ts:");
          await attempt("link");
          await shows("⛔ snoop Cannot make a link to a file: no permission gives that");

          // The line is the right one: with it the same attempt succeeds.
          expect(text()).not.toContain("root:");
          type("snoop now\r");
          await shows("⛔ snoop may not read /etc/group");
          await shows("Done.");
          const allowed = SNOOP.replace("{ call", '{ read: ["/etc/group"], call');
          place.write("functions/snoop.ts", allowed);
          await until(() => text().split("✓ snoop").length === 3);
          expect(await place.moult("call", "snoop", '{"what":"group"}')).toMatchObject({ code: 0 });
        },
        [
          { match: "^snoop", call: { name: "snoop", arguments: { what: "group" } } },
          { onTool: "snoop", reply: "Done." },
          { reply: "{{text}}" },
        ],
      ),
    120_000,
  );

  test(
    "gives no function the folder that functions and their tests lie in",
    () =>
      inDev(async ({ place, shows }) => {
        place.write("functions/writer.ts", ADD("a + b", `permissions: { write: ["functions"] },`));
        await shows(
          'Cannot give access to "functions": what moult and its functions are made of lies there; name another folder to write',
        );
      }),
    120_000,
  );
});

test("moult start runs no tests and no examples", async () => {
  const place = makePlace();
  try {
    const ran = join(place.dir, "ran");
    const daemon = await place.start();
    const write = `require("node:fs").writeFileSync(${JSON.stringify(ran)}, "");`;
    place.write("functions/add.test.ts", ADD_TEST(5, write));
    place.write("functions/add.ts", ADD("a + b"));
    const info = () => daemon.ask("/api/functions/add");
    await daemon.serves("add");
    place.write("functions/add.test.ts", ADD_TEST(5, `${write} `));
    place.write("functions/add.ts", ADD("b + a"));
    await until(async () => ((await (await info()).json()) as { reloadMs: number }).reloadMs > 0);
    const call = await daemon.ask("/fn/add", { method: "POST", body: '{"a":1,"b":2}' });
    expect(await call.json()).toEqual({ sum: 3 });
    expect(((await (await info()).json()) as { calls: number }).calls).toBe(1);
    expect(existsSync(ran)).toBe(false);
  } finally {
    await place.remove();
  }
}, 120_000);
