/** What is brought back of a session: what fits best, cut to what matters, within its bounds. */
import { expect, test } from "bun:test";
import type { Found, FoundExchange, Store } from "../../../runtime/ports.ts";
import { type Recall, quoted, recalled } from "../../../runtime/turn/recall.ts";
import { termsIn } from "../../../runtime/turn/search_terms.ts";
import { estimateTokens } from "../../../runtime/turn/window.ts";

/** A store that holds these exchanges, the oldest first, among many others. */
function holding(...texts: readonly (readonly [asked: string, said: string])[]): Store {
  const exchanges = texts.map(([asked, said], at): FoundExchange => ({
    turn: `t${at}`,
    at,
    asked,
    said,
  }));
  const search = (_: string, { terms }: { readonly terms: readonly string[] }): Promise<Found> => {
    const holders = new Map<string, number>();
    for (const term of terms) {
      const count = exchanges.filter(({ asked, said }) =>
        termsIn(`${asked} ${said}`).includes(term),
      ).length;
      if (count > 0) holders.set(term, count);
    }
    return Promise.resolve({ exchanges, total: 100, holders });
  };
  return { search } as Partial<Store> as Store;
}

function recall(text: string, more: Partial<Recall> = {}): Recall {
  return { session: "s", text, window: [], tokensMax: 500, exchangesMax: 3, ...more };
}

async function brought(store: Store, asked: Recall): Promise<readonly string[]> {
  return (await recalled(store, asked)).exchanges.map((exchange) => exchange.asked);
}

test("the oldest stands first, and of two that ask the same only the newest is brought back", async () => {
  const store = holding(
    ["The boat is in Ghent.", "Fine."],
    ["Where is the boat?", "The boat is in Ghent."],
    ["Where is the boat?", "The boat is in Bruges now."],
    ["We had soup.", "Nice."],
  );
  const { exchanges } = await recalled(store, recall("Is the boat still there?"));
  expect(exchanges.map(({ said }) => said)).toEqual(["Fine.", "The boat is in Bruges now."]);
});

test("of a long exchange the sentences around the words are shown, within the bounds", async () => {
  const long = `${"We talked of nothing much. ".repeat(80)}The boat is in Ghent. ${"It rained. ".repeat(80)}`;
  const store = holding([long, long]);
  const { exchanges } = await recalled(store, recall("Where is the boat?"));
  expect(exchanges[0]?.asked).toStartWith("… ");
  expect(exchanges[0]?.asked).toContain("The boat is in Ghent.");
  expect(estimateTokens(quoted(exchanges))).toBeLessThanOrEqual(500);
  expect(await brought(store, recall("Where is the boat?", { tokensMax: 10 }))).toEqual([]);
});

test("a message that only has a common word of an exchange brings nothing back", async () => {
  const store = holding(["The boat is in Ghent.", "Fine."]);
  expect(
    await brought(store, recall("Please translate this letter about tax and rent for Olga.")),
  ).toEqual([]);
  expect(await brought(store, recall("!!!"))).toEqual([]);
});

test("what the window says as well is not brought back, but it is what the user told", async () => {
  const store = holding(["The boat is in Ghent.", "Fine."]);
  const item = { role: "user", content: "The boat is in Bruges now.", turn: "t9", at: 9 } as const;
  const { exchanges, told } = await recalled(
    store,
    recall("Where is the boat?", { window: [item] }),
  );
  expect(exchanges).toEqual([]);
  expect(told).toBe("The boat is in Bruges now.");
});

test("several lines are quoted line by line, so that where the message begins is plain", () => {
  expect(quoted([{ turn: "t", asked: "a\nb", said: "c" }])).toBe(
    "Earlier in this conversation:\n> User: a\n> b\n> Assistant: c\n\n",
  );
});
