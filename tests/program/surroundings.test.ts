/** The program where a machine is not as one would set it up. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { makePlace, type Place } from "./program.ts";
import { until } from "../waiting.ts";

const COMMAND = [process.execPath, "--no-install", join(import.meta.dir, "../../main.ts")];

let place: Place;
beforeAll(() => {
  place = makePlace();
});
afterAll(async () => await place.remove());

/** Runs a line of shell in which `"$@"` is the program. */
async function shell(line: string, cwd = place.dir): Promise<{ out: string; err: string }> {
  const { MOULT_HOME: _home, MOULT_URL: _url, MOULT_KEY: _key, ...env } = process.env;
  const command = ["/bin/sh", "-c", line, "sh", ...COMMAND];
  const child = Bun.spawn(command, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { out, err };
}

test("a daemon goes on when whoever read its output has left, and a command ends without complaint", async () => {
  const daemon = shell('(exec 0<&-; "$@" start) 2>&1 | true');
  await until(() => existsSync(join(place.home, "daemon.json")));
  const { out, err } = await shell('{ "$@" list; echo "$?" >&3; } 3>&2 | true');
  expect(out).toBe("");
  expect(err).toBe("0\n");
  expect((await place.moult("call", "calculate", '{"expression":"6 * 7"}')).out).toContain("42");
  expect((await place.moult("stop")).out).toBe("Stopped\n");
  await daemon;
}, 120_000);

test("a home may have spaces, letters of all languages and a path longer than that of a socket", async () => {
  const home = join(place.dir, "Häuser und 家", "l".repeat(200), ".moult");

  const daemon = shell(`"$@" start --home "${home}"`);
  await until(() => existsSync(join(home, "daemon.json")));
  const call = await place.moult("call", "calculate", '{"expression":"6 * 7"}', "--home", home);
  expect(call).toMatchObject({ code: 0, err: "" });
  await place.moult("stop", "--home", home);
  await daemon;
}, 120_000);

test("a command that may not write says so in a sentence", async () => {
  place.write("taken/functions", "a file, not a folder");
  const { err } = await shell('"$@" new tool abc', join(place.dir, "taken"));
  expect(err).toMatch(/^moult: E[A-Z]+: [^\n]+; make room, or make it writable/);
  expect(err).not.toContain("    at ");
}, 120_000);
