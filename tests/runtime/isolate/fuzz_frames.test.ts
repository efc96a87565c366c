/** Whatever a host sends: the daemon goes on, others are unharmed, and nothing is given that was not approved. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { rmSync } from "node:fs";
import { LineReader } from "../../../runtime/isolate/lines.ts";
import { isDeep, readHostFrame } from "../../../runtime/isolate/protocol.ts";
import { ERROR_STATUS } from "../../../schemas/error.ts";
import { type Check, holds } from "../../property.ts";
import { type HostileHost, HostileSandbox, PLAIN } from "./hostile_host.ts";
import { type Bench, call, openBench } from "./setup.ts";

const TYPES = ["ask", "up", "ready", "failed", "pong", "described", "log", "denied", "chunk"];
const MORE_TYPES = ["more", "cancel", "writes", "broke", "answered"];
const OPS = ["kv.get", "kv.list", "fetch", "model", "call"];

/** Values of every kind, and keys that are no keys. */
function junk(fc: Check) {
  return fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(
      fc.constantFrom("__proto__", "constructor", "prototype", "toString", "type", "id", "then"),
      fc.oneof(fc.string(), fc.integer(), fc.dictionary(fc.constant("__proto__"), fc.boolean())),
    ),
  );
}

/** Frames that are nearly right. */
function nearly(fc: Check) {
  const odd = junk(fc);
  const or = <T>(...right: readonly T[]) =>
    fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: odd });
  const id = or(0, 1, 1, 1, 2, 3, -1, 1.5, 1e308, 2 ** 53 + 2);
  const fields = {
    type: or(...TYPES, ...MORE_TYPES, "ask", "ask"),
    op: or(...OPS),
    id,
    call: id,
    key: or("a", "", "k".repeat(600), "../other", "other/a"),
    prefix: or("", "a", "other/"),
    limit: or(0, 5, 1e9, -1),
    url: or(
      "http://127.0.0.1:9/",
      "http://",
      "file:///etc/passwd",
      "//x",
      "http://a:b:c/",
      "data:,x",
    ),
    method: or("GET", "POST", "CONNECT", "get me"),
    headers: or([["a", "b"]], [["a b", "c"]], [["a", "b\r\nc: d"]], [["x", "{{TOKEN}}"]], []),
    chunks: or(0, 1, 1_000),
    prompt: or("hi", ""),
    name: or("other", "bad", "__proto__", ""),
    input: or<unknown>({}, null, "x"),
    data: or("AAAA", "not base64!", ""),
    manifest: or<unknown>(PLAIN, { ...PLAIN, permissions: { net: ["a:1"], call: ["other"] } }, {}),
    writes: or<unknown>(
      0,
      1,
      -1,
      1e9,
      [{ key: "a", value: 1 }],
      [{ value: 1 }],
      [{ key: "__proto__" }],
    ),
    ok: or(true, false),
    text: or("1", "{", `{"error":{"code":"policy/denied","message":"x","details":{"kind":5}}}`),
    error: or<unknown>(
      { code: "policy/denied", message: "x", details: { kind: [] } },
      { code: "a" },
    ),
    level: or("info", "error", "fatal"),
    facts: or({}, { a: 1 }),
    kind: or("secret", "net"),
    wanted: or("TOKEN", "x".repeat(300)),
  };
  return fc.record(fields, { requiredKeys: ["type"] });
}

/** What a host sends in one go. */
function attack(fc: Check) {
  const frame = nearly(fc).map((one) => `${JSON.stringify(one)}\n`);
  const deep = fc.constantFrom(
    "[",
    '{"a":',
    '{"type":"ready","manifest":[',
    '{"type":"writes","call":1,"writes":[',
  );
  return fc.oneof(
    { weight: 12, arbitrary: frame },
    {
      weight: 2,
      arbitrary: fc.tuple(frame, fc.nat()).map(([text, n]) => text.slice(0, n % text.length)),
    },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("\n\n\n", "null\n", "1\n", '"x"\n', "[]\n", "{}\n", "\0\n"),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(deep, fc.integer({ min: 1, max: 60_000 }))
        .map(([one, n]) => `${one.repeat(n)}\n`),
    },
    { weight: 1, arbitrary: fc.constant("x".repeat(1_048_600)) },
  );
}

describe("lines", () => {
  holds("are cut as a split would, however the bytes come", 300, (fc) =>
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
      const lines: string[] = [];
      let overflows = 0;
      const reader = new LineReader({
        bytesMax: 60,
        onLine: (line) => lines.push(line),
        onTooLong: () => overflows++,
      });
      for (const piece of pieces) reader.feed(piece);
      const whole = Buffer.concat(pieces).toString("latin1").split("\n");
      const bad = whole.findIndex((line) => line.length > 60);
      const good = (bad === -1 ? whole.slice(0, -1) : whole.slice(0, bad)).map((line) =>
        Buffer.from(line, "latin1").toString(),
      );
      expect(lines).toEqual(good);
      expect(overflows).toBe(bad === -1 ? 0 : 1);
    }),
  );

  holds("are deep exactly when what they hold is", 100, (fc) => {
    const levels = (value: unknown): number =>
      typeof value === "object" && value !== null
        ? 1 + Math.max(0, ...Object.values(value).map(levels))
        : 0;
    return fc.property(
      fc.array(fc.tuple(fc.constantFrom("list", "object"), fc.string()), { maxLength: 700 }),
      fc.string({ minLength: 1 }),
      (wraps, filler) => {
        let value: unknown = filler.repeat(Math.ceil(9_000 / filler.length));
        for (const [kind, name] of wraps)
          value = kind === "list" ? [name, value] : { [name]: value };
        expect(isDeep(JSON.stringify(value))).toBe(levels(value) > 500);
      },
    );
  });
});

holds("a frame is read as what it claims to be, or not at all", 1_500, (fc) =>
  fc.property(fc.oneof(nearly(fc), junk(fc)), (sent) => {
    const data: unknown = JSON.parse(JSON.stringify(sent) ?? "null");
    const frame = readHostFrame(data);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("polluted");
    if (frame === undefined) return;
    expect([...TYPES, ...MORE_TYPES]).toContain(frame.type);
    expect([Object.prototype, null]).toContain(Object.getPrototypeOf(frame));
    if ("call" in frame) expect(Number.isSafeInteger(frame.call)).toBe(true);
    // What else stands in an answer nobody looks at.
    if (frame.type === "answered") return;
    if ("id" in frame) expect(Number.isSafeInteger(frame.id)).toBe(true);
    if ("limit" in frame) expect(frame.limit).toBeLessThanOrEqual(1_000);
    if ("key" in frame) expect(frame.key.length).toBeLessThanOrEqual(512);
  }),
);

/** What was asked of the daemon's services on behalf of whom. */
const asked = { secrets: 0, calls: 0, foreign: 0 };
let bench: Bench;
let bad: HostileHost | undefined;
beforeAll(() => {
  const sandbox = new HostileSandbox((host) => {
    host.onHeard = (frame) => {
      if (frame["type"] === "load" && frame["name"] === "bad") bad = host;
      if (frame["type"] !== "call" || host === bad) return;
      host.say({
        type: "answered",
        call: (frame["facts"] as { id: number }).id,
        ok: true,
        writes: 0,
        text: `"fine"`,
      });
    };
  });
  const none = async () => await Promise.resolve(undefined);
  bench = openBench(
    { sandbox },
    {
      secret: () => {
        asked.secrets++;
        return undefined;
      },
      call: async () => {
        asked.calls++;
        return await Promise.resolve({ version: "", ms: 0, writes: [] });
      },
      kv: {
        kvGet: async (fn) => await none().finally(() => (asked.foreign += Number(fn !== "bad"))),
        kvList: async (fn) =>
          await none().then(() => ((asked.foreign += Number(fn !== "bad")), [])),
        kvRoom: none,
        kvCommit: async (fn) => await none().finally(() => (asked.foreign += Number(fn !== "bad"))),
      },
    },
  );
});
afterAll(async () => await bench.close());

/** One call of a host that does as it likes; then the other function is called. */
async function under(play: (host: HostileHost) => void | Promise<void>) {
  const other = await bench.deploy("", { name: "other" });
  const deployment = await bench.deploy("", { name: "bad" });
  const host = bad;
  if (host === undefined) throw new TypeError("It was not loaded");
  host.onHeard = (frame) => {
    if (frame["type"] === "call") void play(host);
  };
  const result = await deployment.run(call());
  await deployment.retire();
  expect((await other.run(call())).output).toBe("fine");
  await other.retire();
  return { result, host };
}

/** Ends the call, if the host still lives. */
const finish = (host: HostileHost): void => {
  host.say({ type: "answered", call: 1, ok: true, writes: 0, text: "1" });
  host.finish();
};

holds("whatever a host sends during a call, it alone ends, and gets nothing", 120, (fc) =>
  fc.asyncProperty(fc.array(attack(fc), { minLength: 1, maxLength: 8 }), async (parts) => {
    const { result, host } = await under(async (one) => {
      for (const part of parts) {
        one.say(part);
        await new Promise(setImmediate);
      }
      finish(one);
    });
    expect(host.killedFor).toMatch(/^(?:it |retired|idle|moult could not)/);
    if (result.error !== undefined) expect(Object.keys(ERROR_STATUS)).toContain(result.error.code);
    expect(asked).toEqual({ secrets: 0, calls: 0, foreign: 0 });
    expect(bench.faults).toEqual([]);
    expect(({} as Record<string, unknown>)["kind"]).toBeUndefined();
  }),
);

/** Answers over HTTP that are nearly right. */
function httpAnswer(fc: Check) {
  const part = fc.oneof(
    fc.constantFrom(
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.0 500 x\r\n",
      "HTTP/1.1 302 x\r\nlocation: http://127.0.0.1:9/\r\n",
      "HTTP/1.1 100 x\r\n\r\n",
      "content-length: 2\r\n",
      "content-length: 5\r\n",
      "content-length: -1\r\n",
      "content-length: 99999999999\r\n",
      "transfer-encoding: chunked\r\n",
      "x-moult-writes: 1\r\n",
      "x-moult-writes: x\r\n",
      "x-moult-stream: 1\r\n",
      "a: b\r\n c\r\n",
      "a\0: b\r\n",
      "content-encoding: gzip\r\n",
      "connection: upgrade\r\n",
      "\r\n",
      "\r\n\r\n",
      "{}",
      "[1]",
      "2\r\n{}\r\n0\r\n\r\n",
      "ffffffffffffffff\r\n",
      "0\r\n",
      `{"error":{"code":"x"}}`,
    ),
    fc.string({ maxLength: 20 }),
  );
  return fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));
}

holds("whatever a host answers over HTTP, its caller is told something", 80, (fc) =>
  fc.asyncProperty(httpAnswer(fc), fc.boolean(), async (answer, ok) => {
    const { result } = await under((host) => {
      host.httpAnswer = answer;
      host.say({ type: "answered", call: 1, ok, writes: 0 });
    });
    if (result.error !== undefined) expect(Object.keys(ERROR_STATUS)).toContain(result.error.code);
    else expect(JSON.stringify(result.output)).toBeString();
    expect(bench.faults).toEqual([]);
  }),
);

describe("an answer without an end", () => {
  test.each<[string, string]>([
    ["that is said to have a length", "content-length: 5\r\ntransfer-encoding: chunked"],
    ["the other way round", "transfer-encoding: chunked\r\ncontent-length: 5"],
    ["in chunks", "transfer-encoding: chunked"],
  ])("%s is not read to the end of memory", async (_what, headers) => {
    const CHUNK = `10000\r\n${"x".repeat(65_536)}\r\n`;
    let sent = 0;
    const { result } = await under(async (host) => {
      rmSync(host.socket);
      const server = createServer((connection) => {
        const write = (): void => {
          while (!connection.destroyed && connection.write(CHUNK)) sent += CHUNK.length;
        };
        connection.on("error", () => server.close());
        connection.on("close", () => server.close());
        connection.on("drain", write);
        connection.once("data", () => {
          connection.write(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`);
          write();
        });
      });
      await new Promise<void>((resolve) => server.listen(host.socket, resolve));
      host.say({ type: "answered", call: 1, ok: true, writes: 0 });
    });
    expect(result.error?.code).toBe("output/invalid");
    expect(sent).toBeLessThan(64 * 1_048_576);
  });
});

describe("an error of a called function", () => {
  test.each<[string, string]>([
    ["odd", `{"kind":5,"wanted":[]}`],
    ["deep", `{"kind":${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
  ])("with details that are %s harms nobody", async (_what, details) => {
    const { result } = await under((host) => {
      const text = `{"error":{"code":"policy/denied","message":"x","details":${details}}}`;
      host.say({ type: "answered", call: 1, ok: false, writes: 0, text });
    });
    expect(result.error?.code).toBe("policy/denied");
    expect(JSON.stringify(result)).toBeString();
  });
});
