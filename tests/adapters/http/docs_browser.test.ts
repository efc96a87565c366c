/** The API page in a real browser: it asks for the key, then shows a dropped function, and asks no other host. */
import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KEY, loaded, serve } from "./server.ts";

const CHROMIUM = "/usr/bin/chromium";
const found = existsSync(CHROMIUM);
if (!found) process.stderr.write(`SKIPPED: the API page in a browser (no ${CHROMIUM})\n`);
const LIMIT_MS = 30_000;

describe.skipIf(!found)("a browser", () => {
  test(
    "logs in by the form, sees a dropped function, and loads nothing from elsewhere",
    async () => {
      const server = serve();
      const profile = mkdtempSync(join(tmpdir(), "moult-browser-"));
      const view = new Bun.WebView({
        backend: {
          type: "chrome",
          path: CHROMIUM,
          argv: [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-breakpad",
            "--disable-crash-reporter",
            "--no-crashpad",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            `--user-data-dir=${profile}`,
          ],
        },
        width: 1_000,
        height: 800,
      });
      const waitFor = async (expression: string): Promise<void> => {
        while ((await view.evaluate(expression).catch(() => false)) !== true) await Bun.sleep(20);
      };
      try {
        server.functions.table.set("dropped_now", loaded("dropped_now"));
        await view.navigate(`${server.url}/docs`);
        await waitFor('document.querySelector("input[type=password]") !== null');
        await view.evaluate(`document.getElementById("key").value = ${JSON.stringify(KEY)}`);
        await view.evaluate('document.querySelector("button").click()');
        await waitFor('document.body.innerText.includes("/fn/dropped_now")');
        const loadedFrom = await view.evaluate(
          'JSON.stringify([...new Set(performance.getEntriesByType("resource").map((r) => new URL(r.name).origin))])',
        );
        expect(JSON.parse(String(loadedFrom))).toEqual([server.url]);
        expect(await view.evaluate("document.cookie")).toBe("");
      } finally {
        view.close();
        await server.stop();
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      }
    },
    LIMIT_MS,
  );
});
