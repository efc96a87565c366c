/** Models from the command line and from the configuration, with the real program and a server on this machine. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FileServer, serveFile } from "../adapters/llama/file_server.ts";
import { EMBEDDED } from "../runtime/model/answers.ts";
import { type Ended, makePlace, type Place, type Started } from "./program.ts";
import { until } from "../waiting.ts";

const ENTRY = join(import.meta.dir, "../../main.ts");

let model: Buffer;
let server: FileServer;
let place: Place;
beforeAll(() => {
  model = readFileSync(EMBEDDED);
});
beforeEach(() => {
  server = serveFile(model);
  place = makePlace();
  place.write("moult.yaml", "server:\n  port: 0\n");
});
afterEach(async () => {
  server.stop();
  await place.remove();
}, 120_000);

const address = (name = "small.gguf") => `${server.url}/${name}`;
const inHome = (path: string) => join(place.home, path);
const models = () =>
  existsSync(inHome("models"))
    ? readdirSync(inHome("models")).filter((name) => !name.startsWith("."))
    : [];
const jsonOf = (ended: Ended): unknown => JSON.parse(ended.out);

/** Begins a pull and waits until so many bytes of it are on the disk. */
async function beginPull(bytes: number) {
  server.script.push({ silentAfter: bytes - sizeOfPart() });
  const child = Bun.spawn([process.execPath, "--no-install", ENTRY, "model", "pull", address()], {
    cwd: place.dir,
    stdio: ["ignore", "pipe", "pipe"],
  });
  await until(() => sizeOfPart() >= bytes);
  return child;
}

describe("moult model", () => {
  test("pulls, lists, uses and inspects a model; the next start answers with it", async () => {
    const pulled = await place.moult("model", "pull", address());
    expect(pulled.err).toContain("Downloading small.gguf");
    expect(pulled.code).toBe(0);
    expect(pulled.out).toMatch(
      /^Pulled: small.gguf .*\n +sha256 [0-9a-f]{64}\n.*names no checksum/,
    );
    expect(pulled.out).toContain("moult model use small.gguf");
    // Nothing moves about when nobody watches.
    expect(pulled.err).not.toContain("\r");
    expect(await place.moult("model", "pull", address(), "--offline")).toMatchObject({
      code: 0,
      out: expect.stringContaining("Already here: small.gguf"),
    });
    expect((await place.moult("model", "use", "small")).out).toContain("small.gguf answers from");
    const listed = (await place.moult("model", "list")).out;
    expect(listed).toMatch(/^  NAME .*\n  embedded .*\n\* small.gguf .*\n$/);
    const facts = jsonOf(await place.moult("model", "inspect", "--json"));
    expect(facts).toMatchObject({
      path: inHome("models/small.gguf"),
      architecture: "llama",
      quantisation: "Q8_0",
      chatTemplate: "tools",
      contextTokens: 4096,
      bytes: model.length,
      problems: [],
    });
    const daemon = await place.start();
    expect(await modelOf(daemon)).toMatchObject({ name: "small.gguf", embedded: false });
    const back = await place.moult("model", "use", "embedded");
    expect(back.err).toMatch(/goes on with the model it has; end it with "moult stop"/);
    expect((await place.moult("model", "list")).out).toContain("* embedded");
  }, 120_000);

  test("goes on after kill -9, again and again, to the very same bytes", async () => {
    for (const bytes of [400_000, 1_200_000, 2_000_000]) {
      const child = await beginPull(bytes);
      child.kill("SIGKILL");
      await child.exited;
      expect(models()).toEqual([]);
    }
    expect((await place.moult("model", "pull", address())).code).toBe(0);
    expect(readFileSync(inHome("models/small.gguf")).equals(model)).toBe(true);
    const ranges = server.asked.map(({ headers }) => headers["range"]);
    expect(ranges).toEqual([undefined, "bytes=400000-", "bytes=1200000-", "bytes=2000000-"]);
  }, 120_000);

  test("ends at Ctrl-C and says how to go on", async () => {
    const child = await beginPull(400_000);
    child.kill("SIGINT");
    expect(await child.exited).toBe(1);
    expect(await new Response(child.stderr).text()).toContain("the same command goes on");
    expect(models()).toEqual([]);
  }, 120_000);

  test("prints one object a line with --json, the result last; a failure is one too", async () => {
    const { out } = await place.moult("model", "pull", address(), "--json");
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    expect(lines.at(-1)).toMatchObject({ type: "done", name: "small.gguf", verified: "none" });
    for (const line of lines.slice(0, -1)) expect(line).toMatchObject({ type: "progress" });
    const failed = await place.moult(
      "model",
      "pull",
      address(),
      "--json",
      "--sha256",
      "0".repeat(64),
    );
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.out)).toMatchObject({ error: { code: "input/invalid" } });
  }, 120_000);

  test("uses only what can work: not a broken file, not what moult.yaml overrules", async () => {
    await place.moult("model", "pull", address());
    writeFileSync(inHome("models/half.gguf"), model.subarray(0, 1_000_000));
    const rows: readonly [line: readonly string[], code: number, says: RegExp][] = [
      [["use", "half"], 1, /half.gguf": it is cut off/],
      [["use", "l"], 1, /"l" is in the names of half.gguf, small.gguf; write more/],
      [["use", "llama3"], 1, /no model "llama3"; there are: embedded, half.gguf, small.gguf/],
      [["use"], 2, /moult model use NAME/],
      [["pull", "llama3.2"], 1, /Cannot tell where "llama3.2" lies; write hf:USER/],
      [["pull", address("b.gguf"), "--offline"], 1, /with --offline: nothing leaves this machine/],
      [["inspect", "nothing.gguf"], 1, /no model "nothing.gguf"/],
    ];
    for (const [line, code, says] of rows) {
      const ended = await place.moult("model", ...line);
      expect({ line, code: ended.code, err: ended.err }).toEqual({
        line,
        code,
        err: expect.stringMatching(says),
      });
    }
    expect((await place.moult("model", "list")).out).toMatch(/half.gguf.*cut off/);
    place.write("moult.yaml", "model:\n  path: .moult/models/small.gguf\n");
    expect((await place.moult("model", "use", "embedded")).err).toMatch(
      /sets model.path, and it goes first; take that line out/,
    );
    expect((await place.moult("model", "list")).out).toContain("* small.gguf");
  }, 120_000);
});

describe("model.pull in the configuration", () => {
  const configure = (url: string) =>
    place.write("moult.yaml", `model:\n  pull: ${url}\nserver:\n  port: 0\n`);

  test("downloads at the first start, says so meanwhile, and answers then", async () => {
    configure(address());
    server.script.push({ slowMs: 300 });
    const daemon = await place.launch();
    await until(async () => /downloading small.gguf: [1-9]\d? %/.test(await readyOf(daemon)));
    expect((await daemon.ask("/healthz")).status).toBe(200);
    const refused = await daemon.say("kitchen", "what is 6 * 7?");
    expect(refused.outcome).toBe("failed");
    expect(refused.reply).toMatch(/not here yet: downloading small.gguf: \d+ %; ask again later/);
    // Killed in the middle, it goes on at the next start.
    await daemon.kill();
    const next = await place.start();
    expect(server.asked.map(({ headers }) => headers["range"])).toEqual([
      undefined,
      expect.stringMatching(/^bytes=\d+-$/),
    ]);
    expect(await modelOf(next)).toMatchObject({ name: "small.gguf", state: "ready" });
    await next.kill();
    // And from then on nothing has to be asked.
    const offline = await place.start("--offline");
    expect(await modelOf(offline)).toMatchObject({ name: "small.gguf" });
    expect(server.asked).toHaveLength(2);
  }, 120_000);

  test("that cannot be: the daemon lives and says why", async () => {
    configure(address());
    const offline = await place.launch("--offline");
    const said = await until(async () => /failed: .*/.exec(await readyOf(offline))?.[0]);
    expect(said).toContain("--offline: nothing leaves this machine");
    expect((await offline.ask("/healthz")).status).toBe(200);
    await place.moult("stop");
    server.always.set("/", { status: 404, body: new Uint8Array() });
    const missing = await place.launch();
    expect(await until(async () => /failed: .*/.exec(await readyOf(missing))?.[0])).toContain(
      "There is no small.gguf (404)",
    );
    expect((await missing.say("kitchen", "hi")).reply).toContain("There is no small.gguf (404)");
    await place.moult("stop");
    expect((await place.moult("doctor")).out).toContain("to be downloaded at the next start");
  }, 120_000);

  test("next to model.path is refused with its place", async () => {
    place.write("moult.yaml", "model:\n  path: a.gguf\n  pull: hf:a/b\n");
    const { code, err } = await place.moult("start");
    expect(code).toBe(78);
    expect(err).toMatch(/moult.yaml:3:9 model.pull: Both .* leave one out/);
  });
});

function sizeOfPart(): number {
  return statSync(inHome("models/.pulls/small.gguf.part"), { throwIfNoEntry: false })?.size ?? 0;
}

async function readyOf(daemon: Started): Promise<string> {
  return await (await daemon.ask("/readyz")).text();
}

async function modelOf(daemon: Started): Promise<unknown> {
  const status = (await (await daemon.ask("/api/status")).json()) as { readonly model: unknown };
  return status.model;
}
