import { expect, test } from "bun:test";
import { LANE_LENGTH_MAX, LaneQueue } from "../../../runtime/model/queue.ts";

test("take() serves the most urgent lane, and within a lane who came first", () => {
  const queue = new LaneQueue<string>();
  queue.push("background", "b");
  queue.push("interactive", "i1");
  queue.push("cron", "c");
  queue.push("interactive", "i2");
  queue.push("api", "a");
  expect([1, 2, 3, 4, 5, 6].map(() => queue.take())).toEqual([
    "i1",
    "i2",
    "a",
    "c",
    "b",
    undefined,
  ]);
});

test("a background request is served although urgent ones never end", () => {
  const queue = new LaneQueue<string>();
  queue.push("background", "patient");
  const served: (string | undefined)[] = [];
  for (let n = 0; n < 20; n++) {
    queue.push("interactive", "urgent");
    served.push(queue.take());
  }
  expect(served).toContain("patient");
  expect(served.indexOf("patient")).toBeGreaterThan(3);
});

test("push() refuses what a full lane can not hold, and other lanes still take theirs", () => {
  const queue = new LaneQueue<number>();
  for (let n = 0; n < LANE_LENGTH_MAX; n++) expect(queue.push("api", n)).toBe(true);
  expect(queue.push("api", -1)).toBe(false);
  expect(queue.push("cron", -1)).toBe(true);
  expect(queue.lengths()).toMatchObject({ api: LANE_LENGTH_MAX, cron: 1 });
});

test("remove() takes a waiting item out, once", () => {
  const queue = new LaneQueue<string>();
  queue.push("api", "x");
  expect(queue.remove("api", "x")).toBe(true);
  expect(queue.remove("api", "x")).toBe(false);
  expect(queue.take()).toBeUndefined();
});
