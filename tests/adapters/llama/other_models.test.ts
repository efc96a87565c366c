import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { otherModels } from "../../../adapters/llama/other_models.ts";
import { Config } from "../../../schemas/config.ts";
import { temporary } from "../../temporary.ts";
import { makeReadingModel } from "./reading_model.ts";

/** Models of a home with two files in it, of which `used.gguf` answers everybody. */
function modelsIn(home: string, config: v.InferInput<typeof Config>) {
  const embedded = join(home, "embedded.gguf");
  return otherModels({
    config: v.parse(Config, config),
    places: { home, base: home, embedded },
    offline: true,
    resident: join(home, "models/used.gguf"),
    entryOf: ({ path, provider }) => `${provider ? "openai" : "llama"} ${path}`,
  });
}

function newHome(): ReturnType<typeof temporary> {
  const home = temporary();
  mkdirSync(join(home.path, "models"));
  for (const name of ["used.gguf", "other.gguf"]) makeReadingModel(join(home.path, "models", name));
  return home;
}

test("what is configured, the files of the home and providers' models can be asked, each once", () => {
  using home = newHome();
  const { path } = home;
  const sources = modelsIn(path, {
    model: { threads: 3, contextTokens: 4_096 },
    models: [
      { name: "small", path: "models/other.gguf", slots: 1, contextTokens: 512, keepAliveMs: 5 },
      { path: "elsewhere/Some-7B-Q4_K_M.gguf" },
      { pull: "hf:user/repo:Q8_0" },
    ],
    providers: [{ name: "house", url: "http://127.0.0.1:9/v1", models: ["a/b", "c"] }],
  });
  expect(sources().map(({ id }) => id)).toEqual([
    "small",
    "Some-7B-Q4_K_M",
    "repo:Q8_0",
    "embedded",
    "house/a/b",
    "house/c",
  ]);
  const [small, some, pulled, embedded, provided] = sources();
  expect(small).toMatchObject({
    keepAliveMs: 5,
    options: { path: join(path, "models/other.gguf"), slots: 1, contextTokens: 512, threads: 3 },
  });
  // How much room the model has that answers everybody says nothing about others.
  expect(some?.options).toMatchObject({ slots: 2, embedded: false });
  expect(some?.options.contextTokens).toBeUndefined();
  expect(some?.needBytes).toThrow("Some-7B-Q4_K_M.gguf");
  expect(small?.needBytes()).toBeGreaterThan(50_000_000);
  expect(pulled?.prepare).toBeDefined();
  expect(pulled?.needBytes()).toBe(0);
  expect(embedded?.options.embedded).toBe(true);
  expect(provided).toMatchObject({
    ownedBy: "house",
    options: {
      hostEntry: "openai provider:house/a/b",
      provider: { model: "a/b", loopbackOnly: true },
    },
  });
  // A process like any other: where memory is short, it makes room too.
  expect(provided?.needBytes()).toBeGreaterThan(1_000_000);
  expect(provided?.keepAliveMs).toBe(300_000);
});

test("a file that is copied into the home can be asked at once, and a changed one is another", () => {
  using home = newHome();
  const sources = modelsIn(home.path, {});
  expect(sources().map(({ id }) => id)).toEqual(["embedded", "other"]);
  writeFileSync(join(home.path, "models/new.gguf"), "nothing yet");
  const added = sources().find(({ id }) => id === "new");
  expect(added?.created).toBeGreaterThan(1_600_000_000);
  expect(added?.needBytes).toThrow("new.gguf");
});

test("what models have read lies apart, and goes when a model is gone", () => {
  using home = newHome();
  const folders = modelsIn(home.path, { models: [{ name: "a:b", path: "x.gguf" }] })().map(
    ({ options }) => options.kv?.folder ?? "",
  );
  expect(new Set(folders).size).toBe(folders.length);
  for (const folder of folders) {
    expect(folder.startsWith(join(home.path, "kv/models/"))).toBe(true);
    mkdirSync(folder, { recursive: true });
  }
  modelsIn(home.path, {})();
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, true, true]);
});

test("an entry with both or neither of path and pull, a name twice or one that is taken is refused", () => {
  const parse = (models: unknown) => v.safeParse(Config, { models }).success;
  expect(parse([{ path: "a.gguf" }, { pull: "hf:a/b" }])).toBe(true);
  expect(parse([{ name: "a" }])).toBe(false);
  expect(parse([{ path: "a.gguf", pull: "hf:a/b" }])).toBe(false);
  expect(parse([{ name: "default", path: "a.gguf" }])).toBe(false);
  expect(parse([{ name: "../a", path: "a.gguf" }])).toBe(false);
  expect(parse(["a", "a"].map((name) => ({ name, path: "a.gguf" })))).toBe(false);
  expect(parse([{ path: "a.gguf", keepAlive: 5 }])).toBe(false);
});
