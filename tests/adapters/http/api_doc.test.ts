/** The lines of docs/api.md, run as they stand against the real daemon with the embedded model's place taken by a script. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type Place, type Started, makePlace } from "../../program/program.ts";

const SCRIPT = [
  { match: "17 \\* 23", call: { name: "calculate", arguments: { expression: "17 * 23" } } },
  { onTool: "calculate", reply: "It is {{result.result}}." },
  { reply: "{{text}}" },
];

let place: Place;
let daemon: Started;
let page = "";
beforeAll(async () => {
  place = makePlace(SCRIPT);
  daemon = await place.start();
  const text = await Bun.file(join(import.meta.dir, "../../../docs/api.md")).text();
  page = text.replaceAll("127.0.0.1:7333", new URL(daemon.url).host);
});
afterAll(() => place.remove(), 120_000);

const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, code = ""]) => code,
  );

async function run(line: readonly string[]): Promise<string> {
  const child = Bun.spawn([...line], { cwd: place.dir, stdio: ["ignore", "pipe", "pipe"] });
  return (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
}

test("the lines for a shell do what the page says", async () => {
  // A stream of events has no end of its own.
  const lines = blocks("sh").map((code) =>
    code.replace(/^(curl) (-N .*\/api\/events)$/m, '$1 --max-time 1 -H "Last-Event-ID: 0" $2'),
  );
  const out = await run(["bash", "-c", lines.join("\n").replaceAll("curl ", "curl -s ")]);
  expect(out).toContain('"version":"');
  expect(out).toContain('"reply":"It is 391."');
  expect(out).toContain('{"result":391}');
  expect(out).toMatch(/^event: token$/m);
  expect(out).toMatch(/^event: done$/m);
  expect(out).toMatch(/^event: turn\.done$/m);
  expect(out).not.toContain('{"error"');
});

test("the script for a device talks over a WebSocket", async () => {
  const [code = ""] = blocks("js");
  const file = place.write("device.js", code);
  const out = await run([process.execPath, "--no-install", file]);
  for (const type of ["subscribed", "turn", "token", "done"])
    expect(out).toContain(`type: "${type}"`);
  expect(out).toContain('reply: "what is 6 * 7?"');
});

test("the script of the examples prints the answer, once", async () => {
  const file = join(import.meta.dir, "../../../examples/ask.ts");
  const out = await run([process.execPath, "--no-install", file, "what is 17 * 23?"]);
  expect(out).toBe("It is 391.\n");
});
