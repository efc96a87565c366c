/** What every Store must do about long sessions: search in them, and keep what stands for their older turns. */
import { expect, test } from "bun:test";
import type { Store } from "../../runtime/ports.ts";
import { termsAskedFor } from "../../runtime/turn/search_terms.ts";
import { type OpenStore, begun, message, replyOf } from "./store.ts";

/** One turn that has ended: what was asked and answered. */
async function exchange(store: Store, asked: string, said: string, session = "rest:a") {
  const { turn } = await store.accept(message({ session, text: asked }));
  await store.begin(turn, begun);
  const history = [
    { role: "user" as const, content: asked },
    { role: "assistant" as const, content: said },
  ];
  await store.finish(replyOf(turn, { session }), { history, events: [] });
  return turn;
}

async function find(store: Store, text: string, before?: string, session = "rest:a") {
  const terms = termsAskedFor(text);
  const { exchanges } = await store.search(session, {
    terms,
    limit: 3,
    ...(before === undefined ? {} : { before }),
  });
  return exchanges.map(({ asked }) => asked);
}

/** Runs the suite. */
export function searchContract(open: OpenStore): void {
  test("a session is searched by its words, in English and in Chinese, the rarest first", async () => {
    using opened = open();
    const { store } = opened;
    await exchange(store, "My locker code is 7741.", "I see.");
    await exchange(store, "我的车停在三号楼地下二层。", "好的。");
    for (let n = 0; n < 20; n++) await exchange(store, `My day number ${n} was fine.`, "Good.");
    expect(await find(store, "what was my locker code?")).toEqual(["My locker code is 7741."]);
    expect(await find(store, "我的车停在哪里？")).toEqual(["我的车停在三号楼地下二层。"]);
    expect(await find(store, "is there a submarine?")).toEqual([]);
    expect(await find(store, "?!")).toEqual([]);
  });

  test("a search sees what was said before a turn, and no other session", async () => {
    using opened = open();
    const { store } = opened;
    await exchange(store, "The key lies under the pot.", "Noted.");
    const later = await exchange(store, "Where is the key?", "Under the pot.");
    await exchange(store, "The key is mine.", "Yes.", "rest:b");
    expect(await find(store, "key", later)).toEqual(["The key lies under the pot."]);
    expect(await find(store, "key")).toHaveLength(2);
    expect(await find(opened.reopen(), "key")).toHaveLength(2);
    expect(await find(store, "key", undefined, "rest:none")).toEqual([]);
    await store.forget("rest:a");
    expect(await find(store, "key")).toEqual([]);
    expect(await find(store, "key", undefined, "rest:b")).toEqual(["The key is mine."]);
  });

  test("what was said before a reset is not found, and what stood for it is gone", async () => {
    using opened = open();
    const { store } = opened;
    const turn = await exchange(store, "The key lies under the pot.", "Noted.");
    const summary = { reaches: turn, turns: 1, text: "A key.", by: "rules", version: 1 } as const;
    const pinned = [{ turn, text: "call me Kim", at: 1 }];
    await store.keepContext("rest:a", { summary, summaryNext: summary, pinned });
    expect(await opened.reopen().context("rest:a")).toEqual({
      summary,
      summaryNext: summary,
      pinned,
    });
    expect(await store.session("rest:a")).toMatchObject({
      summarisedTurns: 1,
      pinned: ["call me Kim"],
    });
    const last = await store.accept(message());
    await store.begin(last.turn, begun);
    await store.finish(replyOf(last.turn), { history: [], events: [], reset: true });
    expect(await find(store, "key")).toEqual([]);
    expect(await store.context("rest:a")).toEqual({ pinned });
    expect(await store.history("rest:a", 1_000, true)).toHaveLength(2);
  });

  test("turns are counted from the last reset on", async () => {
    using opened = open();
    const { store } = opened;
    await exchange(store, "one", "1");
    const two = await exchange(store, "two", "2");
    await exchange(store, "three", "3");
    expect(await store.turnsUntil("rest:a", two)).toBe(2);
    expect(await store.turnsUntil("rest:a", "none")).toBe(0);
    expect(await store.context("rest:none")).toEqual({ pinned: [] });
    await store.keepContext("rest:none", { pinned: [] });
    expect(await store.session("rest:none")).toBeUndefined();
  });
}
