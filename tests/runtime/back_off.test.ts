import { describe, expect, test } from "bun:test";
import { Backoff } from "../../runtime/back_off.ts";

describe("Backoff", () => {
  test("lets the first restart happen at once, and each later one wait longer, to a bound", () => {
    const backoff = new Backoff();
    backoff.fail(0);
    expect(backoff.waitMs(0)).toBe(0);
    let least = 200;
    for (let i = 0; i < 12; i++) {
      backoff.fail(0);
      expect(backoff.waitMs(0)).toBeWithin(least, least * 1.2 + 0.001);
      least = Math.min(least * 2, 30_000);
    }
    expect(backoff.waitMs(1_000_000)).toBe(0);
  });

  test("begins anew after a healthy minute, or when told", () => {
    const backoff = new Backoff();
    for (let i = 0; i < 5; i++) backoff.fail(0);
    backoff.fail(0, 60_000);
    expect(backoff.waitMs(0)).toBe(0);
    backoff.fail(0);
    backoff.reset();
    expect(backoff.waitMs(0)).toBe(0);
  });
});
