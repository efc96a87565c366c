/** Nothing installs itself: not the program, not its children, whatever the folder says that it is started in. */
import { expect, test } from "bun:test";
import { makePlace } from "./program.ts";
import { until } from "../waiting.ts";

const asks = (imports: string, run: string): string => `import { defineTool, v } from "moult";
${imports}
export default defineTool({ description: "Asks for a package", input: v.object({}), run: ${run} });
`;

test("a folder that forces auto-install on gets nothing installed", async () => {
  const asked: string[] = [];
  using registry = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) => {
      asked.push(url);
      return new Response("{}", { status: 404 });
    },
  });
  const place = makePlace();
  try {
    place.write("bunfig.toml", `[install]\nregistry = "${registry.url.href}"\nauto = "force"\n`);
    // The trap works: a bare Bun started here asks the registry.
    const { BUN_OPTIONS: _options, ...env } = process.env;
    const bare = [process.execPath, "-e", `await import("moult-unknown-" + "package")`];
    await Bun.spawn(bare, { cwd: place.dir, env, stdio: ["ignore", "ignore", "ignore"] }).exited;
    expect(asked.splice(0).length).toBeGreaterThan(0);

    place.write("functions/early.ts", asks(`import x from "moult-unknown-package";`, "() => x"));
    const name = `["moult", "unknown", "package"].join("-")`;
    place.write("functions/late.ts", asks("", `async () => String(await import(${name}))`));
    const daemon = await place.start();
    expect((await daemon.say("s", "hi")).reply).toBe("hi");
    const call = async (tool: string) =>
      await (await daemon.ask(`/fn/${tool}`, { method: "POST", body: "{}" })).text();
    await until(async () => (await call("early")).includes("Cannot find package"));
    await until(async () => (await call("late")).includes("moult-unknown-package"));
    expect(asked).toEqual([]);
  } finally {
    await place.remove();
  }
}, 120_000);
