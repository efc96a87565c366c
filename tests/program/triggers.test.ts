/** The real daemon and its triggers: one run per tick however often it is killed, and paths of functions' own. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { join } from "node:path";
import { makePlace, type Place, type Started } from "./program.ts";
import { until } from "../waiting.ts";

const HOUR_MS = 3_600_000;

/** An hour ago, as a schedule that comes once a year. */
function anHourAgo(): string {
  const tick = new Date(Date.now() - HOUR_MS);
  return `${tick.getUTCMinutes()} ${tick.getUTCHours()} ${tick.getUTCDate()} ${tick.getUTCMonth() + 1} *`;
}

/** Counts its runs in its own values; each takes a moment, so that it can be killed. */
const counter = (triggers: readonly object[]): string => `import { defineTool, v } from "moult";
export default defineTool({
  description: "Counts its runs.",
  input: v.object({ by: v.optional(v.number(), 1) }),
  triggers: ${JSON.stringify(triggers)},
  async run({ by }, { kv }) {
    const count = Number((await kv.get("count")) ?? 0) + by;
    await kv.set("count", count);
    await Bun.sleep(30);
    return { count };
  },
});
`;

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove(), 120_000);

/** What the database holds, while no daemon runs. */
function stored<T>(read: (database: Database) => T): T {
  const database = new Database(join(place.home, "moult.sqlite"));
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** Makes the daemon believe that it last looked two hours ago. */
function rewind(): void {
  const changed = stored((database) =>
    database.run("update kv set value = ? where fn = 'trigger:cron'", [
      String(Date.now() - 2 * HOUR_MS),
    ]),
  );
  expect(changed.changes).toBe(1);
}

const turns = async (daemon: Started): Promise<number> => {
  const response = await daemon.ask("/api/sessions/cron:counter");
  return response.ok ? ((await response.json()) as { readonly turns: number }).turns : 0;
};

/** Waits until the daemon knows the trigger. */
const seen = (): Promise<boolean> =>
  until(() =>
    stored(
      (database) => database.query("select 1 from kv where fn = 'trigger:cron'").all().length > 0,
    ),
  );

test("a missed tick runs once, whenever the daemon is killed, even if it forgets how far it came", async () => {
  place.write("functions/counter.ts", counter([{ cron: anHourAgo(), timezone: "UTC" }]));
  const first = await place.start();
  await first.approve("counter");
  await seen();
  // Nothing that lies before its first sight.
  expect(await turns(first)).toBe(0);
  await first.kill();
  rewind();
  for (let kill = 0; kill < 10; kill++) {
    const daemon = await place.launch();
    await Bun.sleep(60 + kill * 13);
    await daemon.kill();
    if (kill % 2 === 1) rewind();
  }
  const last = await place.start();
  const counted = await until(async () => {
    const response = await last.ask("/api/sessions/cron:counter/messages");
    const items = response.ok ? ((await response.json()) as readonly { content: string }[]) : [];
    return items.some(({ content }) => content === '{"count":1}') && items;
  });
  expect(counted.filter(({ content }) => content.startsWith("{"))).toHaveLength(2);
  expect(await turns(last)).toBe(1);
  const next = await last.ask("/fn/counter", { method: "POST", body: "{}" });
  expect(await next.json()).toEqual({ count: 2 });
}, 120_000);

test("a function answers at its path, until its file says otherwise", async () => {
  const hook = (http: string): string => counter([{ http }]);
  place.write("functions/counter.ts", hook("GET /count"));
  const daemon = await place.start();
  expect((await daemon.ask("/hooks/count?by=5")).status).toBe(404);
  await daemon.approve("counter");
  const response = await until(async () => {
    const answer = await daemon.ask("/hooks/count?by=5");
    return answer.status !== 404 && answer;
  });
  expect(await response.json()).toEqual({ count: 5 });
  expect((await daemon.ask("/hooks/count?by=many")).status).toBe(400);
  expect((await fetch(new URL("/hooks/count", daemon.url))).status).toBe(401);
  place.write("functions/counter.ts", hook("POST /counted"));
  await daemon.approve("counter");
  const gone = async () => (await daemon.ask("/hooks/count", { method: "POST" })).status === 404;
  await until(gone);
  const moved = await daemon.ask("/hooks/counted", { method: "POST", body: '{"by":2}' });
  expect(await moved.json()).toEqual({ count: 7 });
});

const BROKEN = [
  [[{ cron: "0 25 * * *" }], 'Cannot read the cron schedule "0 25 * * *"'],
  [[{ cron: "0 0 30 2 *" }], "never comes"],
  [[{ cron: "@daily", timezone: "Moon/Crater" }], 'no time zone "Moon/Crater"'],
  [[{ cron: "@daily", input: { by: "two" } }], "by: expected number"],
  [[{ cron: "@daily", to: "somewhere" }], 'expected "channel:conversation"'],
  [[{ http: "BREW /coffee" }], "expected a method and a path"],
  [[{ every: "day" }], "expected { cron, timezone?"],
] as const;

test("a trigger that cannot be does not load, and the error says what to write", async () => {
  for (const [n, [triggers]] of BROKEN.entries()) {
    place.write(`functions/broken${n}.ts`, counter(triggers));
  }
  const needy = counter([{ cron: "@daily" }]).replace("v.optional(v.number(), 1)", "v.number()");
  place.write("functions/needy.ts", needy);
  const daemon = await place.start();
  const errorOf = async (name: string): Promise<string> => {
    const info = (await (await daemon.ask(`/api/functions/${name}`)).json()) as {
      readonly state: string;
      readonly error?: string;
    };
    expect(info.state).toBe("failed");
    return info.error ?? "";
  };
  for (const [n, [, text]] of BROKEN.entries()) expect(await errorOf(`broken${n}`)).toContain(text);
  expect(await errorOf("needy")).toContain("write { cron, input: { … } }");
});

test("describe says when a function starts next", async () => {
  const yearly = { cron: "0 7 1 1 *", timezone: "Europe/Berlin" };
  place.write("functions/counter.ts", counter([yearly, { http: "POST /count" }, { mqtt: "x/#" }]));
  const daemon = await place.start();
  await daemon.approve("counter");
  const { out } = await place.moult("describe", "counter");
  const year = new Date().getUTCFullYear() + 1;
  expect(out).toContain(`cron 0 7 1 1 * Europe/Berlin, next ${year}-01-01 07:00:00`);
  expect(out).toContain("POST /hooks/count");
  expect(out).toContain('{"mqtt":"x/#"}: not run by this version');
});
