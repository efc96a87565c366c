/** Downloads against a server that cuts, lies and refuses: a model is whole and checked, or it is not there. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPulled, type PullOptions } from "../../../adapters/llama/pull.ts";
import { makePullBench, PATIENCE, type PullBench } from "./pulling.ts";

const SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

let bench: PullBench;
let { model, sha256, server, folder, events, pull, models }: PullBench = {} as PullBench;
beforeEach(() => {
  bench = makePullBench();
  ({ model, sha256, server, folder, events, pull, models } = bench);
});
afterEach(() => bench.remove());

/** Ends a pull when so many bytes are on the disk. */
async function pullSome(bytes: number, options: Partial<PullOptions> = {}): Promise<void> {
  server.script.push({ silentAfter: bytes });
  const abort = new AbortController();
  const pulling = pull({ signal: abort.signal, ...options });
  const part = join(folder, ".pulls/mini.gguf.part");
  while ((statSync(part, { throwIfNoEntry: false })?.size ?? 0) < bytes) await Bun.sleep(1);
  abort.abort(new Error("enough"));
  await expect(pulling).rejects.toThrow("enough");
}

const range = (index: number) => server.asked[index]?.headers["range"];

test("a model comes whole, with its checksum, and a second pull asks nobody", async () => {
  const pulled = await pull();
  expect(pulled).toEqual({
    name: "mini.gguf",
    path: join(folder, "mini.gguf"),
    bytes: model.length,
    files: [{ name: "mini.gguf", bytes: model.length, sha256 }],
    verified: "none",
    already: false,
  });
  expect(readFileSync(pulled.path).equals(model)).toBe(true);
  const asked = server.asked.length;
  expect(await pull()).toEqual({ ...pulled, already: true });
  expect(await pull({ offline: true })).toEqual({ ...pulled, already: true });
  expect(server.asked.length).toBe(asked);
  expect(findPulled(`${server.url}/mini.gguf`, folder)).toBe(pulled.path);
});

test("progress tells bytes, rate and time left, up to the last byte of both steps", async () => {
  await pull();
  for (const step of ["download", "verify"] as const)
    expect(events).toContainEqual({
      type: "progress",
      step,
      file: "mini.gguf",
      bytes: model.length,
      bytesTotal: model.length,
      bytesPerSecond: expect.any(Number),
      secondsLeft: 0,
    });
});

describe("a pull goes on where it stopped", () => {
  test("after the connection was cut again and again", async () => {
    server.script.push({ cutAfter: 1_000_000 }, { cutAfter: 5 }, { cutAfter: 1_000_000 });
    expect((await pull({ sha256 })).verified).toBe("given");
    const from = server.asked.map((_asked, index) => Number(range(index)?.match(/\d+/)?.[0] ?? 0));
    expect(from).toEqual(from.toSorted((a, b) => a - b));
    expect(from[0]).toBe(0);
    expect(from[3]).toBeGreaterThan(from[1] ?? Infinity);
    expect(from[1]).toBeGreaterThan(0);
    expect(events.filter(({ type }) => type === "retry")).toHaveLength(3);
  });

  test("after it was told to end", async () => {
    await pullSome(1_500_000);
    expect(models()).toEqual([]);
    await pull();
    expect(range(1)).toBe("bytes=1500000-");
    expect(readFileSync(join(folder, "mini.gguf")).equals(model)).toBe(true);
  });

  test("after a server that went silent", async () => {
    server.script.push({ silentAfter: 700_000 });
    await pull({ patience: { ...PATIENCE, silentMs: 1_000 } });
    expect(range(1)).toBe("bytes=700000-");
    expect(events).toContainEqual(
      expect.objectContaining({ type: "retry", because: "the server said nothing for 1 s" }),
    );
  });

  test("from the first byte when the file on the server is another by now", async () => {
    await pullSome(1_500_000);
    // What an older version of the file could have left.
    writeFileSync(join(folder, ".pulls/mini.gguf.part"), Buffer.alloc(1_500_000, "GGUF of old"));
    server.always.set("/", { headers: { etag: '"two"' } });
    await pull();
    expect([range(1), range(2)]).toEqual(["bytes=1500000-", undefined]);
    expect(readFileSync(join(folder, "mini.gguf")).equals(model)).toBe(true);
  });

  test("from the first byte when the server knows no ranges, or nothing to tell versions by", async () => {
    await pullSome(1_500_000);
    server.script.push({ noRanges: true });
    await pull();
    expect(readFileSync(join(folder, "mini.gguf")).equals(model)).toBe(true);
    rmSync(join(folder, "mini.gguf"));
    const nameless = { headers: { etag: undefined } };
    server.script.push({ ...nameless, cutAfter: 1_000 }, nameless);
    await pull();
    expect(range(server.asked.length - 1)).toBeUndefined();
    expect(readFileSync(join(folder, "mini.gguf")).equals(model)).toBe(true);
  });

  test("without a request when all bytes were there but unchecked", async () => {
    await pullSome(model.length - 1);
    writeFileSync(join(folder, ".pulls/mini.gguf.part"), model);
    const asked = server.asked.length;
    await pull();
    expect(server.asked.length).toBe(asked);
    expect(models()).toEqual(["mini.gguf"]);
  });
});

describe("a file that is not what it should be gets no name", () => {
  test("by the checksum that was given", async () => {
    await expect(pull({ sha256: SHA256_OF_NOTHING })).rejects.toThrow(
      new RegExp(
        `mini.gguf is not what it should be: its sha256 is ${sha256}, not e3b0c442.*removed`,
      ),
    );
    expect(models()).toEqual([]);
    expect(existsSync(join(folder, ".pulls/mini.gguf.part"))).toBe(false);
    // And the right one is no worse for it.
    expect((await pull({ sha256: sha256.toUpperCase() })).verified).toBe("given");
  });

  test("by the checksum in its address, or of the server", async () => {
    const source = `${server.url}/mini.gguf#sha256=${SHA256_OF_NOTHING}`;
    await expect(pull({ source })).rejects.toThrow("is not what it should be");
    const digest = Buffer.from(SHA256_OF_NOTHING, "hex").toString("base64");
    server.script.push({ headers: { "repr-digest": `sha-256=:${digest}:` } });
    await expect(pull()).rejects.toThrow("is not what it should be");
    expect(models()).toEqual([]);
  });

  test("when the server lies about its length", async () => {
    const longer = { headers: { "content-length": String(model.length + 10) } };
    server.always.set("/", longer);
    await expect(pull()).rejects.toThrow(/Cannot download mini.gguf.*same command goes on/);
    server.always.set("/", { body: model.subarray(0, 1_000_000) });
    await expect(pull({ force: true })).rejects.toThrow(/"mini.gguf": it is cut off/);
    expect(models()).toEqual([]);
  });

  test("when it is a web page, is packed, or is a GGUF without a model", async () => {
    server.script.push({ body: Buffer.from("<!DOCTYPE html><title>Not found</title>") });
    await expect(pull()).rejects.toThrow(/no GGUF file: it begins with "<!DO"; is it .* web page/);
    server.script.push({ headers: { "content-encoding": "gzip" } });
    await expect(pull()).rejects.toThrow(/packs the file/);
    server.script.push({ body: model.subarray(0, 24) });
    await expect(pull()).rejects.toThrow(/cut off/);
    expect(models()).toEqual([]);
  });

  test("when it changes with every request", async () => {
    let count = 0;
    server.always.set("/", {
      get headers() {
        return { etag: `"${count++}"` };
      },
      silentAfter: 1_000_000,
    });
    const patience = { ...PATIENCE, triesMax: 9, silentMs: 100 };
    await expect(pull({ patience })).rejects.toThrow(/changes while it is read/);
  });
});

describe("a server that refuses", () => {
  const rows: readonly [status: number, tries: number, code: string, says: RegExp][] = [
    [401, 1, "policy/denied", /wants to know who asks.*HF_TOKEN/],
    [403, 1, "policy/denied", /accept the model's terms/],
    [404, 1, "input/invalid", /There is no mini.gguf \(404\); check its name/],
    [500, 4, "model/unavailable", /the server answers 500.*goes on/],
    [503, 4, "model/unavailable", /the server answers 503/],
    [418, 1, "model/unavailable", /answers 418/],
  ];
  test.each(rows)("with %d is asked %d times and gives %s", async (status, tries, code, says) => {
    server.always.set("/", { status, body: Buffer.from("no") });
    await expect(pull()).rejects.toMatchObject({ code, message: expect.stringMatching(says) });
    expect(server.asked.length).toBe(tries);
    expect(models()).toEqual([]);
  });

  test("for a moment only is asked again, when it says", async () => {
    server.script.push({ status: 429, headers: { "retry-after": "0.001" } }, { status: 502 });
    await pull();
    expect(events[0]).toMatchObject({ type: "retry", because: "the server answers 429", inMs: 1 });
    expect(models()).toEqual(["mini.gguf"]);
  });

  test("to connect is said to", async () => {
    server.stop();
    await expect(pull()).rejects.toMatchObject({
      code: "model/unavailable",
      message: expect.stringMatching(/from 127.0.0.1:\d+: nobody listens there; the same command/),
      details: { retry: true },
    });
  });
});

test("nothing is asked with --offline, and a file that came otherwise is not replaced", async () => {
  await expect(pull({ offline: true })).rejects.toMatchObject({ code: "policy/denied" });
  writeFileSync(join(folder, "mini.gguf"), "mine");
  await expect(pull()).rejects.toThrow(/came by hand or was changed.*--force/);
  expect(readFileSync(join(folder, "mini.gguf"), "utf8")).toBe("mine");
  expect(server.asked).toEqual([]);
  await pull({ force: true });
  expect(readFileSync(join(folder, "mini.gguf")).equals(model)).toBe(true);
  await expect(pull({ sha256: SHA256_OF_NOTHING })).rejects.toThrow(/--force to download it again/);
});

test("two pulls of one model at once: the second is told of the first", async () => {
  server.script.push({ slowMs: 5 });
  const first = pull();
  while (server.asked.length === 0) await Bun.sleep(1);
  await expect(pull()).rejects.toThrow(/Another process pulls .*mini.gguf already/);
  await first;
  expect((await pull()).already).toBe(true);
});

test.skipIf(!canMount())(
  "a disk with too little room is said before it is full, and what is there stays",
  async () => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=66m", "tmpfs", disk]);
    try {
      // Room for the model, but not for what the daemon has to write as well.
      await expect(pull({ folder: disk })).rejects.toMatchObject({
        code: "internal",
        message: expect.stringMatching(
          /The disk is too full: [\d.]+ MiB are to come and .*free some space/,
        ),
      });
      expect(readdirSync(disk).filter((name) => !name.startsWith("."))).toEqual([]);
      Bun.spawnSync(["mount", "-o", "remount,size=80m", disk]);
      // Somebody else fills it meanwhile.
      server.script.push({ slowMs: 20 });
      const pulling = pull({ folder: disk });
      while (statSync(join(disk, ".pulls/mini.gguf.part")).size === 0) await Bun.sleep(1);
      fill(join(disk, "filler"));
      await expect(pulling).rejects.toMatchObject({
        code: "internal",
        message: expect.stringMatching(
          /no space left.*free some space, and the same command goes on|disk is too full/,
        ),
      });
      rmSync(join(disk, "filler"));
      expect((await pull({ folder: disk })).bytes).toBe(model.length);
    } finally {
      Bun.spawnSync(["umount", "-l", disk]);
    }
  },
);

function fill(file: string): void {
  try {
    for (;;) writeFileSync(file, Buffer.alloc(1_048_576), { flag: "a" });
  } catch {
    // Full.
  }
}

function canMount(): boolean {
  if (process.getuid?.() !== 0 || Bun.which("mount") === null) return false;
  const place = mkdtempSync(join(tmpdir(), "moult-pull-"));
  const done = Bun.spawnSync(["mount", "-t", "tmpfs", "tmpfs", place]).exitCode === 0;
  if (done) Bun.spawnSync(["umount", place]);
  rmSync(place, { recursive: true });
  return done;
}
