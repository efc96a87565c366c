/** The real daemon, in which something breaks that nothing catches. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { keep } from "../children.ts";
import { until } from "../waiting.ts";
import { makePlace, type Place } from "./program.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(async () => await place.remove());

const log = (): string => readFileSync(join(place.home, "logs/moult.log"), "utf8");

async function faulty() {
  const [preload, entry] = ["faulty_main.ts", "../../main.ts"].map((file) =>
    join(import.meta.dir, file),
  );
  const { MOULT_HOME: _home, MOULT_URL: _url, MOULT_KEY: _key, ...env } = process.env;
  const line = ["--no-install", "--preload", preload ?? "", entry ?? "", "start", "--json"];
  const daemon = keep(
    Bun.spawn([process.execPath, ...line], {
      cwd: place.dir,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
  const { value } = await daemon.stdout.getReader().read();
  const { url } = JSON.parse(new TextDecoder().decode(value)) as { url: string };
  const key = readFileSync(join(place.home, "owner.key"), "utf8").trim();
  const ask = async (path: string): Promise<string> => {
    const headers = { authorization: `Bearer ${key}` };
    return await (await fetch(new URL(path, url), { headers })).text();
  };
  return { daemon, ask };
}

test("a promise that nobody waited for is logged and counted, and the daemon serves on", async () => {
  const { daemon, ask } = await faulty();
  for (const count of [1, 2]) {
    daemon.kill("SIGUSR1");
    await until(async () =>
      (await ask("/metrics")).includes(`moult_faults_total{kind="promise"} ${String(count)}`),
    );
  }
  await until(() => log().split("a promise broke").length > 2);
  expect(await ask("/api/functions/clock")).toContain('"ready"');
  daemon.kill("SIGTERM");
  expect(await daemon.exited).toBe(0);
}, 120_000);

test("an exception that nothing catches ends the daemon in order, with a word and an exit code", async () => {
  const { daemon } = await faulty();
  daemon.kill("SIGUSR2");
  expect(await daemon.exited).toBe(1);
  expect(await daemon.stderr.text()).toContain("error: something broke; moult ends");
  expect(log()).toContain("something broke");
  // In order: nobody is said to hold the home any more, and the next start takes it.
  expect(existsSync(join(place.home, "daemon.json"))).toBe(false);
  const next = await place.start();
  expect((await next.ask("/healthz")).ok).toBe(true);
}, 120_000);
