/** The real daemon in a bad environment: each trouble is one clear sentence, and nothing is lost. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { FunctionInfo } from "../../schemas/function.ts";
import { makePlace, type Place, type Started } from "./program.ts";
import { until } from "../waiting.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove(), 120_000);

const HELLO = (text: string): string => `import { defineTool, v } from "moult";
export default defineTool({
  description: "Says something.",
  input: v.object({}),
  run: () => ({ text: ${JSON.stringify(text)} }),
});
`;

async function call(daemon: Started, name: string): Promise<unknown> {
  return await (await daemon.ask(`/fn/${name}`, { method: "POST", body: "{}" })).json();
}

async function info(daemon: Started, name: string): Promise<FunctionInfo> {
  return (await (await daemon.ask(`/api/functions/${name}`)).json()) as FunctionInfo;
}

describe("models", () => {
  test("a missing model file: the daemon runs, says what is wrong, and tools still work", async () => {
    const config = place.write("none.yaml", "model:\n  path: missing.gguf\nserver:\n  port: 0\n");
    const daemon = await place.launch("--config", config);
    const ready = await until(async () => {
      const body = await (await fetch(new URL("/readyz", daemon.url))).text();
      return body.includes("missing.gguf") && body;
    });
    expect(ready).toContain("The model is failed");
    const reply = await daemon.say("s", "hello");
    expect(reply.outcome).toBe("failed");
    expect(reply.reply).toContain("missing.gguf");
    expect(
      await (
        await daemon.ask("/fn/calculate", { method: "POST", body: '{"expression":"6*7"}' })
      ).json(),
    ).toEqual({ result: 42 });
    const chat = await place.moult("chat", "hello");
    expect(chat.code).toBe(1);
    expect(chat.out).toContain("missing.gguf");
    const doctor = await place.moult("doctor", "--config", config);
    expect(doctor.code).toBe(1);
    expect(doctor.out).toMatch(/FAIL +model .*missing\.gguf/);
    const log = join(place.home, "logs/moult.log");
    await until(() => readFileSync(log, "utf8").includes("missing.gguf"));
  }, 120_000);

  test("a truncated model file is refused before it is loaded", async () => {
    const file = join(place.dir, "cut.gguf");
    copyFileSync(join(import.meta.dir, "../../models/moult-mini.gguf"), file);
    truncateSync(file, 1_000_000);
    const config = place.write("cut.yaml", "model:\n  path: cut.gguf\nserver:\n  port: 0\n");
    const daemon = await place.launch("--config", config);
    const reply = await daemon.say("s", "hello");
    expect(reply.outcome).toBe("failed");
    expect(reply.reply).toContain("cut.gguf");
  }, 120_000);
});

describe("files", () => {
  test("a damaged database is refused, named and left alone", async () => {
    mkdirSync(place.home, { recursive: true });
    const file = join(place.home, "moult.sqlite");
    writeFileSync(file, "this is not a database, but somebody's precious text ".repeat(100));
    const { code, err } = await place.moult("start");
    expect(code).toBe(1);
    expect(err).toContain("moult.sqlite");
    expect(readFileSync(file, "utf8")).toStartWith("this is not a database");
  });

  test("a broken save never replaces what works; the error has file, line and column", async () => {
    place.write("functions/hello.ts", HELLO("one"));
    const daemon = await place.start();
    expect(await call(daemon, "hello")).toEqual({ text: "one" });
    place.write("functions/hello.ts", "export default defineTool({ oops");
    const failed = await until(async () => {
      const now = await info(daemon, "hello");
      return now.error !== undefined && now;
    });
    expect(failed.error).toMatch(/hello\.ts:1:\d+/);
    expect(failed.state).toBe("ready");
    expect(await call(daemon, "hello")).toEqual({ text: "one" });
    place.write("functions/hello.ts", HELLO("two"));
    await until(async () => Bun.deepEquals(await call(daemon, "hello"), { text: "two" }));
    expect((await info(daemon, "hello")).error).toBeUndefined();
    const back = await place.moult("rollback", "hello");
    expect(back.out).toContain("hello is back at version");
    expect(await call(daemon, "hello")).toEqual({ text: "one" });
  }, 120_000);

  test("a file dropped a moment ago is in the API document with its schema, and gone when deleted", async () => {
    const daemon = await place.start();
    place.write(
      "functions/deep/er/size.ts",
      HELLO("x").replace("v.object({})", "v.object({ cm: v.pipe(v.number(), v.minValue(1)) })"),
    );
    const paths = async () =>
      ((await (await daemon.ask("/docs/json")).json()) as { paths: Record<string, unknown> }).paths;
    const path = await until(async () => (await paths())["/fn/size"]);
    expect(path).toMatchObject({
      post: {
        requestBody: {
          content: {
            "application/json": {
              schema: { properties: { cm: { type: "number", minimum: 1 } }, required: ["cm"] },
            },
          },
        },
      },
    });
    rmSync(join(place.dir, "functions/deep/er/size.ts"));
    await until(async () => (await paths())["/fn/size"] === undefined);
    expect((await daemon.ask("/fn/size", { method: "POST", body: "{}" })).status).toBe(404);
  }, 120_000);
});
