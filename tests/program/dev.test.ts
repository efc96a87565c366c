/** `moult dev` at a real terminal: what it shows, and that its prompt stays usable meanwhile. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { makePlace, until } from "./program.ts";

const SAY = (word: string): string => `import { defineTool, v } from "moult";
export default defineTool({
  description: "Say a word",
  input: v.object({}),
  run: () => "${word}",
});
`;

/** `moult dev` in a pseudo terminal. */
function dev(dir: string) {
  const { MOULT_HOME: _home, NO_COLOR: _colour, ...env } = process.env;
  let shown = "";
  const child = Bun.spawn(
    [process.execPath, "--no-install", join(import.meta.dir, "../../main.ts"), "dev"],
    {
      cwd: dir,
      env: { ...env, TERM: "xterm" },
      terminal: { cols: 120, data: (_terminal, bytes) => void (shown += bytes.toString()) },
    },
  );
  return {
    child,
    type: (keys: string) => child.terminal?.write(keys),
    /** Everything shown so far, without colours. */
    text: () => Bun.stripANSI(shown),
    shows: (text: string) => until(() => Bun.stripANSI(shown).includes(text)),
  };
}

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
  }, 30_000);
});
