/** The example page in a real browser: it asks for the key once, shows an answer grow, and survives a restart. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { MoultError } from "../../../schemas/error.ts";
import { CHROMIUM, openPage } from "./browser.ts";
import { KEY, serve } from "./server.ts";

const found = existsSync(CHROMIUM);
if (!found) process.stderr.write(`SKIPPED: the chat page in a browser (no ${CHROMIUM})\n`);
/** A browser on a busy machine is slow; it is not what is tested. */
const LIMIT_MS = 90_000;

describe.skipIf(!found)("the chat page in a browser", () => {
  test(
    "talks over a WebSocket, and asks again what a restart cut off",
    async () => {
      let server = serve();
      const { port } = server;
      const page = await openPage();
      const say = async (text: string): Promise<void> => {
        await page.evaluate(`document.querySelector("input").value = ${JSON.stringify(text)}`);
        await page.evaluate('document.querySelector("form button").click()');
      };
      const shows = (text: string): Promise<void> =>
        page.until(`document.querySelector("main")?.innerText.includes(${JSON.stringify(text)})`);
      try {
        await page.open(`${server.url}/examples/chat.html`);
        await page.until('document.querySelector("input[type=password]") !== null');
        await page.evaluate(`document.getElementById("key").value = ${JSON.stringify(KEY)}`);
        await page.evaluate('document.querySelector("button").click()');
        await page.until('document.body?.className === "open"');
        await say("good <b>morning</b>");
        await shows("GOOD <B>MORNING</B>");

        const gate = Promise.withResolvers<void>();
        server.agent.gate = gate.promise;
        await say("are you there");
        await page.until("[...waiting.values()].some(({ lastEventId }) => lastEventId)");
        // As the gateway does it to a turn that the next start goes on with.
        gate.reject(new MoultError("model/unavailable", "The daemon stopped"));
        await server.stop();
        server = serve({ port });
        await shows("ARE YOU THERE");
        const answers = 'document.querySelectorAll("main .answer").length';
        expect([await page.evaluate(answers), await page.evaluate("waiting.size")]).toEqual([2, 0]);
      } finally {
        await page.close();
        await server.stop();
      }
    },
    LIMIT_MS,
  );
});
