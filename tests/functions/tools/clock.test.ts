import { expect, test } from "bun:test";
import clock from "../../../functions/tools/clock.ts";
import { callContext, callTool } from "moult/testing";

/** Sunday, 22 November 2026, 15:04:05 UTC. */
const at = callContext({ now: () => Date.UTC(2026, 10, 22, 15, 4, 5) });

test.each([
  ["Tokyo", "00:04 Monday 2026-11-23 Asia/Tokyo"],
  ["New York", "10:04 Sunday 2026-11-22 America/New_York"],
  ["San Francisco", "07:04 Sunday 2026-11-22 America/Los_Angeles"],
  ["Kathmandu", "20:49 Sunday 2026-11-22 Asia/Kathmandu"],
  ["北京", "23:04 Sunday 2026-11-22 Asia/Shanghai"],
  ["Europe/Warsaw", "16:04 Sunday 2026-11-22 Europe/Warsaw"],
  ["UTC", "15:04 Sunday 2026-11-22 UTC"],
  ["UTC+2", "17:04 Sunday 2026-11-22 Etc/GMT-2"],
  ["gmt-5", "10:04 Sunday 2026-11-22 Etc/GMT+5"],
])("clock knows the time in %p", async (place, expected) => {
  const { time, weekday, date, zone } = await callTool(clock, { place }, at);
  expect(`${time} ${weekday} ${date} ${zone}`).toBe(expected);
});

test.each([
  ["São Paulo", "America/Sao_Paulo"],
  ["sao paulo", "America/Sao_Paulo"],
  ["NEW_YORK", "America/New_York"],
  ["St. Louis", "America/Chicago"],
  ["in Berlin?", "Europe/Berlin"],
  ["Düsseldorf", "Europe/Berlin"],
  ["Mumbai", "Asia/Kolkata"],
  ["Geneva", "Europe/Zurich"],
  ["Japan", "Asia/Tokyo"],
  ["上海", "Asia/Shanghai"],
  ["伦敦", "Europe/London"],
  ["悉尼", "Australia/Sydney"],
])("clock finds %p whatever its spelling", async (place, zone) => {
  expect(await callTool(clock, { place }, at)).toMatchObject({ zone });
});

test("clock follows daylight saving time", async () => {
  const summer = callContext({ now: () => Date.UTC(2026, 6, 1, 12, 0) });
  expect(await callTool(clock, { place: "London" }, summer)).toMatchObject({ time: "13:00" });
});

test.each([[{}], [{ place: "" }], [{ place: "here" }], [{ place: "now" }], [{ place: "today" }]])(
  "clock takes the machine's zone for %p",
  async (input) => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    expect(await callTool(clock, input, at)).toMatchObject({ zone: timeZone });
  },
);

test.each(["Atlantis", "constructor", "UTC+99", "12"])(
  "clock does not guess where %p is",
  async (place) => {
    await expect(callTool(clock, { place }, at)).rejects.toMatchObject({
      code: "tool/failed",
      message: expect.stringContaining(`"${place}"`),
    });
  },
);
