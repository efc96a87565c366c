/** `moult chat` starts a daemon when none runs; `moult dev` and `moult start`, tried next, take its place. */
import { afterAll, expect, test } from "bun:test";
import { runningDaemon } from "../../runtime/home.ts";
import { makePlace } from "./program.ts";
import { dev } from "./terminal.ts";

const place = makePlace();
afterAll(() => place.remove());

test("the daemon that `moult chat` started makes way for `moult start`, which holds its place", async () => {
  expect((await place.moult("chat", "hello")).out).toBe("hello\n");
  const first = runningDaemon(place.home);
  expect(first?.temporary).toBeTrue();
  const second = await place.start();
  expect(runningDaemon(place.home)?.pid).toBe(second.pid);
  expect(() => process.kill(first?.pid ?? 0, 0)).toThrow();
  expect((await place.moult("sessions")).out).toContain("terminal:");
  const third = await place.moult("start");
  expect(third.code).toBe(78);
  expect(third.err).toContain(`is in use by the daemon with pid ${second.pid}`);
  await second.kill();
}, 120_000);

test("`moult dev` that cannot start ends, also at a terminal", async () => {
  place.write("moult.yaml", "server:\n  port: nowhere\n");
  const { child, text } = dev(place.dir);
  expect(await child.exited).toBe(78);
  expect(text()).toContain("moult.yaml:2:9 server.port");
}, 120_000);
