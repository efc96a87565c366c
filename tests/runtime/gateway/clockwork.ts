/** A clock that tests set, a disk that processes share, and processes that die: what triggers are tried with. */
import { join } from "node:path";
import { openStore } from "../../../adapters/sqlite/store.ts";
import type { EventHub } from "../../../runtime/events.ts";
import type { Functions } from "../../../runtime/load/functions.ts";
import type { Log, Store } from "../../../runtime/ports.ts";
import { FakeFunctions, lines, openAgent } from "../turn/fakes.ts";
import { temporary } from "../../temporary.ts";
import { until } from "../../waiting.ts";

const yes = lines({ text: "Yes." });
/** Milliseconds. */
export const MINUTE_MS = 60_000;
/** Milliseconds. */
export const HOUR_MS = 60 * MINUTE_MS;
/** When the clocks of the tests stand at first. */
export const START = Date.parse("2026-11-22T06:30:00Z");
/** A tick at every full hour. */
export const HOURLY = { cron: "0 * * * *", timezone: "UTC" };

/** A clock that stands still until it is set. */
export class FakeClock {
  at = START;
  readonly now = (): number => this.at;
  set(time: string): void {
    this.at = Date.parse(`2026-11-22T${time}:00Z`);
  }
}

/** A machine with a disk: what is opened on it one after another finds what was written before. */
export function machine() {
  const folder = temporary();
  const clock = new FakeClock();
  const store = openStore(join(folder.path, "moult.sqlite"), clock);
  const logged: string[] = [];
  const write = (facts: object, text: string): void =>
    void logged.push(`${JSON.stringify(facts)} ${text}`);
  const log: Log = { debug: write, info: write, warn: write, error: write };
  return {
    clock,
    store,
    logged,
    /** Opens the agent as a new process would. It does not close the disk. */
    open: (functions: Functions, options: Parameters<typeof openAgent>[2] = {}) =>
      openAgent(yes, functions, {
        clock,
        log,
        lookMsMax: 2,
        ...options,
        store: { ...(options.store ?? store), close: () => undefined },
      }),
    [Symbol.dispose]: () => {
      store.close();
      folder[Symbol.dispose]();
    },
  };
}

/** What was run in a session, oldest first: times of ticks for a tool. */
export async function ran(store: Store, session = "cron:report"): Promise<readonly string[]> {
  const items = await store.history(session, 1_000_000, true);
  return items
    .filter(({ role }) => role === "user")
    .map(({ content }) => content.replace(/^.*T(\d\d:\d\d).*$/, "$1"));
}

/** Waits until the triggers have looked at the clock again, and what they began has ended. */
export async function settled(store: Store): Promise<void> {
  // Not one long pause: a process that was kept waiting would come out of it before it has looked.
  for (let looks = 0; looks < 10; looks++) await Bun.sleep(2);
  await until(async () => (await store.unfinished()).length === 0);
}

/** A tool that counts its calls in its own values. */
export function counting(triggers: readonly object[] = [HOURLY]): FakeFunctions {
  return new FakeFunctions().add("report", { triggers }, (input) => ({
    output: { input },
    writes: [{ key: Bun.randomUUIDv7(), value: input }],
  }));
}

/** What the counting tool was called with. */
export const counted = async (store: Store): Promise<readonly unknown[]> =>
  (await store.kvList("report", "", 1_000)).map(({ value }) => value);

/** Says that a function was loaded again. */
export const reloaded = (hub: EventHub, name = "report"): unknown =>
  hub.publish("function.loaded", { name });

/** A store that dies with its process: at its n-th use, before or after it is done, and nothing returns from then on. */
export function mortal(
  store: Store,
  uses: number,
  isApplied: boolean,
): { readonly store: Store; readonly died: Promise<void>; readonly bury: () => void } {
  const dead = Promise.withResolvers<void>();
  const buried = Promise.withResolvers<never>();
  buried.promise.catch(() => undefined);
  let left = uses;
  const wrapped = Object.entries(store).map(([name, method]) => [
    name,
    (...args: never[]) => {
      if (name === "close") return;
      if (left-- > 0) return (method as (...all: never[]) => unknown)(...args);
      if (left === -1 && isApplied) void (method as (...all: never[]) => unknown)(...args);
      dead.resolve();
      return buried.promise;
    },
  ]);
  return {
    store: Object.fromEntries(wrapped) as Store,
    died: dead.promise,
    bury: () => buried.reject(new Error("dead")),
  };
}
