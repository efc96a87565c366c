/** The real program with several models: they are asked by name, shown where they are, and end with the daemon. */
import { afterEach, expect, test } from "bun:test";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeReadingModel } from "../adapters/llama/reading_model.ts";
import { EMBEDDED } from "../runtime/model/answers.ts";
import { until } from "../waiting.ts";
import { makePlace, type Place, type Started } from "./program.ts";

let place: Place;
afterEach(() => place.remove(), 120_000);

interface Status {
  readonly models: readonly { readonly id: string; readonly loaded: boolean }[];
}

async function answered<T>(daemon: Started, path: string, body?: object): Promise<T> {
  const response = await daemon.ask(path, {
    ...(body && { method: "POST", body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
  });
  return (await response.json()) as T;
}

test("other models answer beside the resident one, are shown where they are, and end when nobody asks", async () => {
  place = makePlace();
  mkdirSync(join(place.home, "models"), { recursive: true });
  cpSync(EMBEDDED, join(place.home, "models/second.gguf"));
  makeReadingModel(join(place.home, "models/reader.gguf"));
  place.write("late.jsonl", JSON.stringify({ match: ".*", reply: "late, but here" }));
  const late = { name: "late", path: "scripted:late.jsonl", keepAliveMs: 1 };
  place.write("moult.yaml", `server: { port: 0 }\nmodels: ${JSON.stringify([late])}\n`);

  const daemon = await place.start();
  const loaded = async (): Promise<readonly string[]> =>
    (await answered<Status>(daemon, "/api/status")).models
      .filter((entry) => entry.loaded)
      .map(({ id }) => id);
  const messages = [{ role: "user", content: "hi" }];
  type Completion = {
    readonly choices: readonly { readonly message: { readonly content: string } }[];
  };
  const say = async (model: string): Promise<string | undefined> => {
    const body = { model, messages, max_tokens: 4 };
    const { choices } = await answered<Completion>(daemon, "/v1/chat/completions", body);
    return choices[0]?.message.content;
  };

  expect(await say("late")).toBe("late, but here");
  await until(async () => !(await loaded()).includes("late"));
  expect(await say("late")).toBe("late, but here");
  expect(await say("second")).not.toBe("");
  const body = { model: "reader", input: "tea" };
  const { data } = await answered<{ readonly data: readonly object[] }>(
    daemon,
    "/v1/embeddings",
    body,
  );
  expect(data).toHaveLength(1);
  expect(await loaded()).toEqual(expect.arrayContaining(["second", "reader"]));

  const list = (await place.moult("model", "list")).out;
  expect(list).toMatch(/^\* embedded +resident/m);
  expect(list).toMatch(/second\.gguf +loaded/);
  expect((await place.moult("doctor")).out).toContain("also in memory:");
  const metrics = await (await daemon.ask("/metrics")).text();
  expect(metrics).toContain('moult_model_loaded{model="second"} 1');

  await place.end();
  expect((await place.moult("model", "list")).out).toMatch(/second\.gguf +on disk/);
}, 120_000);
