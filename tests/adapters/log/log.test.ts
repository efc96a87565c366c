/** The log: lines as JSON, for people, bounded, and without secrets. */
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogFile } from "../../../adapters/log/file.ts";
import { type LogOptions, createLog } from "../../../adapters/log/log.ts";
import { MoultError } from "../../../schemas/error.ts";

const dir = mkdtempSync(join(tmpdir(), "moult-log-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let files = 0;
const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5) };
const KEY = "moult_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_x";

/** Logs by `use`, and reads what was written. */
async function written(
  use: (log: ReturnType<typeof createLog>) => void,
  options: Partial<LogOptions> = {},
): Promise<{ readonly lines: Record<string, unknown>[]; readonly text: string }> {
  const file = join(dir, `${++files}`, "moult.log");
  const log = createLog({ file, clock, ...options });
  use(log);
  await log.close();
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  return { lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), text };
}

describe("the file", () => {
  test("has one JSON object a line, in order, with level, time, facts and text", async () => {
    const { lines } = await written((log) => {
      log.info({ function: "clock", ms: 20 }, "Loaded");
      log.warn({}, "Slow");
      log.error({ error: new MoultError("tool/failed", "No rate", { to: "USD" }) }, "Failed");
    });
    const at = "2026-01-02T03:04:05.000Z";
    expect(lines).toMatchObject([
      { level: "info", at, function: "clock", ms: 20, text: "Loaded" },
      { level: "warn", at, text: "Slow" },
      {
        level: "error",
        text: "Failed",
        error: {
          name: "MoultError",
          code: "tool/failed",
          message: "No rate",
          details: { to: "USD" },
        },
      },
    ]);
    expect(lines[2]?.["error"]).toHaveProperty("stack");
  });

  test("keeps facts apart that are named like a line's own fields", async () => {
    const { lines } = await written((log) => log.info({ level: 9, at: 1, text: "mine" }, "Text"));
    expect(lines[0]).toMatchObject({
      level: "info",
      text: "Text",
      level_: 9,
      at_: 1,
      text_: "mine",
    });
  });

  test("holds lines from before and after pino was loaded", async () => {
    const file = join(dir, "early", "moult.log");
    const log = createLog({ file, clock });
    log.info({}, "before");
    expect(readFileSync(file, "utf8")).toBe("");
    await log.open();
    log.info({}, "after");
    expect(readFileSync(file, "utf8").match(/before|after/g)).toEqual(["before", "after"]);
    await log.close();
  });

  test("has only lines of the level that was asked for", async () => {
    const all = (log: ReturnType<typeof createLog>): void => {
      log.debug({}, "d");
      log.info({}, "i");
      log.warn({}, "w");
      log.error({}, "e");
    };
    const texts = async (level: LogOptions["level"]) =>
      (await written(all, level ? { level } : {})).lines.map(({ text }) => text);
    expect(await texts(undefined)).toEqual(["i", "w", "e"]);
    expect(await texts("debug")).toEqual(["d", "i", "w", "e"]);
    expect(await texts("error")).toEqual(["e"]);
  });

  test("can be read by its owner only", async () => {
    await written((log) => log.info({}, "x"));
    expect(statSync(join(dir, `${files}`, "moult.log")).mode & 0o777).toBe(0o600);
  });

  test("survives facts that cannot be written", async () => {
    const circle: Record<string, unknown> = { big: 10n, when: new Date(0), run: () => 1 };
    circle["self"] = circle;
    circle["many"] = Array.from({ length: 100 }, () => circle);
    const { lines } = await written((log) => log.info({ bytes: new Uint8Array(9), circle }, "x"));
    expect(lines[0]).toMatchObject({ bytes: "[9 bytes]", circle: { big: "10" } });
    expect(JSON.stringify(lines[0]).length).toBeLessThan(100_000);
  });
});

describe("secrets", () => {
  test("are never written, wherever they stand", async () => {
    const secret = "hunter2-canary";
    const { text, lines } = await written((log) => {
      log.info({ authorization: `Bearer ${secret}`, nested: [{ deep: { apiKey: secret } }] }, "x");
      log.info({ token: secret, botToken: secret, client_secret: secret, password: secret }, "x");
      log.info({ headers: { Cookie: secret }, keys: [secret], connection_string: secret }, "x");
      log.warn({ url: `http://pi/?k=${KEY}` }, `The key is ${KEY}`);
      log.error({ error: new Error(`sent Authorization: Bearer ${secret}`) }, `bearer ${secret}`);
      log.info({ [KEY]: 1 }, "x");
    });
    expect(text).not.toContain(secret);
    expect(text).not.toContain(KEY.slice(0, 20));
    expect(lines).toHaveLength(6);
    expect(lines[3]?.["text"]).toBe("The key is moult_[redacted]");
  });

  test("do not hide what only sounds like one", async () => {
    const { lines } = await written((log) =>
      log.info({ promptTokens: 12, monkey: "see", keyboard: "de", hockey: "x" }, "tokens: 3"),
    );
    expect(lines[0]).toMatchObject({
      promptTokens: 12,
      monkey: "see",
      keyboard: "de",
      hockey: "x",
      text: "tokens: 3",
    });
  });
});

describe("a terminal", () => {
  const printed = (facts: object, text: string, colour = false): string => {
    const lines: string[] = [];
    createLog({ clock, print: (line) => lines.push(line), colour }).info(facts, text);
    expect(lines).toHaveLength(1);
    return lines[0] ?? "";
  };

  test("gets one line for people", () => {
    const line = printed({ function: "clock", ms: 20, why: "two words" }, "Loaded");
    expect(line).toMatch(/^\d\d:\d\d:\d\d info {2}Loaded function=clock ms=20 why="two words"$/);
  });

  test("is not moved or fooled by a text from outside", () => {
    const evil = "x\u001b[2J\u0007\r\n00:00:00 info  forged";
    for (const colour of [false, true]) {
      const line = printed({ evil }, evil, colour);
      expect(Bun.stripANSI(line)).not.toMatch(/\p{Cc}/u);
      expect(line).not.toContain("[2J\u0007");
    }
  });

  test("sees no secrets either", () => {
    expect(printed({ url: KEY, token: "abc" }, KEY)).not.toMatch(/AbCdEf|abc/);
  });
});

describe("a log file", () => {
  test("is moved aside when it is full, and never grows beyond two", () => {
    const path = join(dir, "rotating", "moult.log");
    const file = new LogFile(path, 1_000);
    for (let index = 0; index < 500; index++) file.write(`${String(index).padStart(9, "0")}\n`);
    file.close();
    expect(statSync(path).size).toBeLessThanOrEqual(1_000);
    expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(1_000);
    expect(existsSync(`${path}.2`)).toBe(false);
    const kept = readFileSync(`${path}.1`, "utf8") + readFileSync(path, "utf8");
    expect(kept.trim().split("\n").at(-1)).toBe("000000499");
    expect(kept.split("\n").length).toBeGreaterThan(100);
  });

  test("is continued after a restart", () => {
    const path = join(dir, "again", "moult.log");
    for (const word of ["one\n", "two\n"]) {
      const file = new LogFile(path);
      file.write(word);
      file.close();
    }
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  });

  test("that cannot be moved aside does not throw", () => {
    const path = join(dir, "stuck", "moult.log");
    const file = new LogFile(path, 10);
    mkdirSync(join(`${path}.1`, "in-the-way"), { recursive: true });
    for (let index = 0; index < 5; index++) file.write("0123456789\n");
    file.close();
  });
});
