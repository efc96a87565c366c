import { expect, test } from "bun:test";
import { startBlank, Pool } from "../../../runtime/isolate/pool.ts";
import type { Confined, Exit, Sandbox } from "../../../runtime/ports.ts";
import { until } from "../../waiting.ts";

/** A sandbox that starts nothing real, and fails as long as it is told to. */
function pretend() {
  let starts = 0;
  let failures = 0;
  const ended: PromiseWithResolvers<Exit>[] = [];
  const sandbox: Sandbox = {
    tier: () => ({ tier: "E", has: [], lacks: [] }),
    close: () => Promise.resolve(),
    start: () => {
      starts++;
      if (failures > 0) {
        failures--;
        return Promise.reject(new Error("no processes left"));
      }
      const end = Promise.withResolvers<Exit>();
      ended.push(end);
      return Promise.resolve({
        pid: starts,
        exited: end.promise,
        kill: (why: string) => end.resolve({ code: null, signal: "SIGKILL", killedFor: why }),
      } as unknown as Confined);
    },
  };
  return {
    sandbox,
    ended,
    starts: () => starts,
    failNext: (count: number) => {
      failures = count;
    },
  };
}

test("a pool keeps its size, and refills after a host was taken or has died", async () => {
  const { sandbox, starts, ended } = pretend();
  const pool = new Pool({ sandbox, size: 2, onFault: () => undefined });
  await until(() => starts() === 2);
  const taken = await pool.take();
  expect(taken.confined.pid).toBe(1);
  await until(() => starts() === 3);
  ended[1]?.resolve({ code: 1, signal: null });
  await until(() => starts() === 4);
  expect((await pool.take()).confined.pid).toBe(3);
  pool.close();
});

test("a pool that can not start hosts tries again ever later, and never spins", async () => {
  const { sandbox, starts, failNext } = pretend();
  failNext(1_000);
  const faults: string[] = [];
  const pool = new Pool({ sandbox, size: 1, onFault: (why) => faults.push(why) });
  await Bun.sleep(500);
  expect(starts()).toBeWithin(1, 8);
  expect(faults[0]).toBe("no processes left");
  await expect(pool.take()).rejects.toThrow("no processes left");
  failNext(0);
  expect((await pool.take()).confined.pid).toBeGreaterThan(0);
  pool.close();
});

test("closing a pool ends the hosts that wait, and one that is just starting", async () => {
  const { sandbox, ended } = pretend();
  const pool = new Pool({ sandbox, size: 2, onFault: () => undefined });
  await until(() => ended.length === 2);
  pool.close();
  for (const { promise } of ended)
    expect(await promise).toMatchObject({ killedFor: "moult stops" });
  const late = await startBlank(sandbox);
  late.confined.kill("done");
});
