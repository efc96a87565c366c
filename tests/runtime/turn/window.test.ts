/** Which part of a session is shown: whole exchanges, within the budget, with a beginning that stays. */
import { expect, test } from "bun:test";
import type { HistoryItem } from "../../../runtime/ports.ts";
import { estimateTokens, messageTokens, windowOf } from "../../../runtime/turn/window.ts";

/** One exchange with a call: four items. */
function exchange(n: number, chars = 100): HistoryItem[] {
  const turn = `t${n}`;
  const text = "x".repeat(chars);
  return [
    { role: "user", content: text, turn, at: n },
    {
      role: "assistant",
      content: "",
      toolCalls: [{ id: `c${n}`, name: "clock", arguments: {} }],
      turn,
      at: n,
    },
    { role: "tool", id: `c${n}`, name: "clock", content: text, turn, at: n },
    { role: "assistant", content: text, turn, at: n },
  ];
}

function session(count: number): HistoryItem[] {
  return Array.from({ length: count }, (_, n) => exchange(n)).flat();
}

function tokens(items: readonly HistoryItem[]): number {
  return items.reduce((sum, item) => sum + messageTokens(item), 0);
}

test("shows all that fits", () => {
  const items = session(3);
  expect(windowOf(items, { tokensMax: 10_000 })).toEqual({ items, anchor: "t0" });
  expect(windowOf([], { tokensMax: 10 })).toEqual({ items: [], anchor: undefined });
});

test("never splits an exchange, whatever the budget, and never exceeds it", () => {
  const items = session(12);
  for (let tokensMax = 0; tokensMax < 1_600; tokensMax += 7) {
    const shown = windowOf(items, { tokensMax }).items;
    expect(tokens(shown)).toBeLessThanOrEqual(tokensMax);
    expect(shown.length % 4).toBe(0);
    if (shown.length > 0) expect(shown[0]?.role).toBe("user");
    expect(shown).toEqual(items.slice(items.length - shown.length));
  }
});

test("half an exchange at the beginning, as it is read from a store, is not shown", () => {
  const items = session(3).slice(2);
  expect(windowOf(items, { tokensMax: 10_000 }).items).toEqual(session(3).slice(4));
});

test("keeps its beginning while it fits, then jumps and keeps the new one", () => {
  const limits = { tokensMax: 1_000 };
  let anchor: string | undefined;
  const beginnings: (string | undefined)[] = [];
  for (let count = 1; count <= 40; count++) {
    ({ anchor } = windowOf(session(count), { ...limits, anchor }));
    beginnings.push(anchor);
  }
  const jumps = beginnings.filter((turn, at) => at > 0 && turn !== beginnings[at - 1]);
  expect(jumps.length).toBeGreaterThan(3);
  // A window that slid would begin somewhere else nearly every time.
  expect(jumps.length).toBeLessThan(15);
});

test("shows at most as many exchanges as are wanted", () => {
  const shown = windowOf(session(9), { tokensMax: 10_000, exchangesMax: 2 });
  expect(shown).toMatchObject({ anchor: "t7" });
  expect(shown.items).toHaveLength(8);
});

test("a newest exchange that does not fit alone is left out", () => {
  expect(windowOf(exchange(1, 10_000), { tokensMax: 100 }).items).toEqual([]);
});

test("counts other scripts by the character", () => {
  expect(estimateTokens("x".repeat(35))).toBe(10);
  expect(estimateTokens("今天天气很好")).toBe(6);
  expect(estimateTokens("")).toBe(0);
});
