/** The ticks of cron schedules: zones, daylight saving, days, and the newest of many. */
import { expect, test } from "bun:test";
import { newestTick, tickAfter } from "../../../runtime/gateway/schedule.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

test.each([
  ["the hour that is skipped", "30 2 * * *", "2026-03-07T12:00Z", "2026-03-08T07:30Z"],
  ["the hour that comes twice", "30 1 * * *", "2026-10-31T12:00Z", "2026-11-01T05:30Z"],
  ["a day of the month or of the week", "0 0 15 * FRI", "2026-01-10T12:00Z", "2026-01-15T05:00Z"],
  ["a leap day", "0 0 29 2 *", "2026-01-01T00:00Z", "2028-02-29T05:00Z"],
  ["a nickname", "@hourly", "2026-01-01T00:30Z", "2026-01-01T01:00Z"],
])("ticks in New York: %s", (_name, cron, after, tick) => {
  const schedule = { cron, timezone: "America/New_York" };
  expect(tickAfter(schedule, Date.parse(after))).toBe(Date.parse(tick));
});

const ZONES = ["America/New_York", "Australia/Lord_Howe", "UTC"];
const CRONS = ["30 2 * * *", "*/15 2 * * *", "30 1 * * *", "30 */2 * * *", "* 7 * * *"];

/** The slow way to the newest tick: one after another. */
function stepped(schedule: Parameters<typeof tickAfter>[0], after: number, end: number) {
  let newest: number | undefined;
  for (;;) {
    const next = tickAfter(schedule, newest ?? after) ?? Infinity;
    if (next > end) return newest;
    newest = next;
  }
}

test.each(ZONES.flatMap((timezone) => CRONS.map((cron) => ({ timezone, cron }))))(
  "the newest tick is the last of those that follow one another: %o",
  (schedule) => {
    for (const from of ["2026-03-07T00:00Z", "2026-10-03T00:00Z", "2026-10-31T00:00Z"]) {
      const after = Date.parse(from);
      for (let end = after; end < after + 60 * HOUR_MS; end += 37 * MINUTE_MS) {
        expect(newestTick(schedule, after, end)).toBe(stepped(schedule, after, end) as number);
      }
    }
  },
);

const MONDAY = Date.parse("2026-11-23T07:00Z");

test("the newest of millions of ticks is found as soon as that of two", () => {
  expect(newestTick({ cron: "* * * * *" }, 0, MONDAY + 1)).toBe(MONDAY);
});
