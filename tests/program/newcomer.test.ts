/** The steps of "A tool of your own" in docs/start.md, taken from the page word by word, with the model that ships. */
import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { makePlace } from "./program.ts";
import { dev } from "./terminal.ts";
import { until } from "../waiting.ts";

const PAGE = join(import.meta.dir, "../../docs/start.md");

async function stepsOf(page: string) {
  const text = await Bun.file(page).text();
  const [, section = ""] = /^## A tool of your own.*\n([\s\S]*?)^## /m.exec(text) ?? [];
  const part = (pattern: RegExp): string => {
    const found = pattern.exec(section)?.[1];
    if (found === undefined) throw new TypeError(`The page has no ${pattern.source}`);
    return found;
  };
  return {
    write: part(/^ *bun moult (new .*)$/m).split(" "),
    code: part(/^```ts\n([\s\S]*?)^```$/m),
    test: part(/^```ts ignore\n([\s\S]*?)^```$/m),
    ask: part(/^ *› (.*)$/m),
    call: part(/^ *(· tip .*)$/m),
    output: part(/^ *(→ \{.*\}) \(/m),
    reply: part(/^ *(The tip is .*)$/m),
  };
}

test("a newcomer who follows the page has a tool, and an answer from it in the chat", async () => {
  const steps = await stepsOf(PAGE);
  const place = makePlace();
  place.write("moult.yaml", "server:\n  port: 0\n");
  const home = join(place.dir, "home-of-nobody");
  mkdirSync(home);
  const { type, text, shows, end } = dev(place.dir, home);
  try {
    await shows("model ready");
    expect((await place.moult(...steps.write)).code).toBe(0);
    await shows("✓ tip: 1 example and 1 test pass");
    place.write("functions/tools/tip.ts", steps.code);
    await shows("✗ tip: 1 of 1 test failed, 1 example passes");
    expect(text()).toContain("MoultError: Cannot call the tool: bill: missing");
    place.write("functions/tools/tip.test.ts", steps.test);
    await shows("✓ tip: 1 test passes");
    type(`${steps.ask}\r`);
    await until(() => text().slice(text().indexOf(steps.call)).includes(steps.reply));
    expect(text()).toContain(`${steps.call}\r\n  ${steps.output}`);
  } finally {
    await end();
    await place.remove();
  }
}, 120_000);
