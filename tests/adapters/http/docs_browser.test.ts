/** The API page in a real browser: it asks for the key, then shows a dropped function, and asks no other host. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { CHROMIUM, openPage } from "./browser.ts";
import { KEY, loaded, serve } from "./server.ts";

const found = existsSync(CHROMIUM);
if (!found) process.stderr.write(`SKIPPED: the API page in a browser (no ${CHROMIUM})\n`);
/** A browser on a busy machine is slow; it is not what is tested. */
const LIMIT_MS = 90_000;

describe.skipIf(!found)("a browser", () => {
  test(
    "logs in by the form, sees a dropped function, calls it, and loads nothing from elsewhere",
    async () => {
      const server = serve();
      const page = await openPage();
      try {
        server.functions.table.set("dropped_now", loaded("dropped_now"));
        await page.open(`${server.url}/docs`);
        await page.until('document.querySelector("input[type=password]") !== null');
        await page.evaluate(`document.getElementById("key").value = ${JSON.stringify(KEY)}`);
        await page.evaluate('document.querySelector("button").click()');
        await page.until('document.body.innerText.includes("/fn/dropped_now")');
        const block = 'document.getElementById("operations-functions-fn_dropped_now")';
        await page.evaluate(`${block}.querySelector("button").click()`);
        await page.until(`${block}.querySelector("button.execute") !== null`);
        await page.evaluate(`${block}.querySelector("button.execute").click()`);
        await page.until(`${block}.innerText.includes("x-function-version")`);
        const origins =
          'JSON.stringify([...new Set(performance.getEntriesByType("resource").map((r) => new URL(r.name).origin))])';
        expect(JSON.parse(String(await page.evaluate(origins)))).toEqual([server.url]);
        expect(await page.evaluate("document.cookie")).toBe("");
      } finally {
        await page.close();
        await server.stop();
      }
    },
    LIMIT_MS,
  );
});
