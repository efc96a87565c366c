/** The log of runtime events: what a client that comes back is told. */
import { expect, test } from "bun:test";
import { EventHub } from "../../runtime/events.ts";

const hub = () => new EventHub({ now: () => 7 });

test("a listener hears each event once, until it stops", () => {
  const events = hub();
  const heard: unknown[] = [];
  const stop = events.subscribe((event) => heard.push(event));
  events.publish("turn.started", { turn: "t" });
  stop();
  events.publish("turn.done", { turn: "t" });
  expect(heard).toEqual([{ id: 8, type: "turn.started", at: 7, turn: "t" }]);
});

test("a client that comes back gets what it missed, in order", () => {
  const events = hub();
  events.publish("function.loaded", { name: "a" });
  events.publish("function.log", { name: "a" });
  events.publish("function.failed", { name: "a" });
  expect(events.since(8).map(({ id, type }) => [id, type])).toEqual([
    [9, "function.log"],
    [10, "function.failed"],
  ]);
});

test("a client that comes back after a restart gets all that the new process told, whatever became of the clock", () => {
  const before = new EventHub({ now: () => 1_000 });
  const seen = before.publish("model.state", { state: "ready" });
  for (const now of [900, 2_000]) {
    const after = new EventHub({ now: () => now });
    after.publish("model.state", { state: "loading" });
    expect(after.since(seen.id).map(({ type }) => type)).toEqual(["model.state"]);
  }
});

test("a function that logs without end pushes no other event out, and memory is bounded", () => {
  const events = hub();
  events.publish("function.failed", { name: "broken" });
  for (let i = 0; i < 5_000; i++) events.publish("function.log", { name: "chatty" });
  const kept = events.since(0);
  expect(kept[0]).toMatchObject({ id: 8, name: "broken" });
  expect(kept.length).toBeLessThan(2_500);
  expect(kept.at(-1)?.id).toBe(5_008);
});
