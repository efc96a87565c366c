/**
 * What every Transport must do between its platform and the agent. An adapter's test calls `transportContract()` with
 * its transport and a platform that it can write on, read from and break. The agent, its lanes and the database are
 * real; only the model plays a script.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { openStore } from "../../adapters/sqlite/store.ts";
import type { Agent } from "../../runtime/gateway/agent.ts";
import type { Store, Transport } from "../../runtime/ports.ts";
import { MoultError, isMoultError } from "../../schemas/error.ts";
import { type Bench, type Script, openAgent } from "../runtime/turn/fakes.ts";
import { temporary } from "../temporary.ts";
import { until } from "../waiting.ts";

/** What the platform says to a reply. */
export type Trouble = "permanent" | "retry" | "unknown";

/** Somebody writes. */
export interface Written {
  readonly conversation: string;
  readonly text: string;
  /** The platform's id of the message; the same one again is the same message delivered again. */
  readonly id: string;
}

/** A platform under the hand of the suite. */
export interface Platform {
  readonly protocol: string;
  readonly transport: Transport;
  /** Delivers a message (again). Resolves `true` once the transport has acknowledged it, `false` when it did not. */
  readonly write: (message: Written, agent: Agent) => Promise<boolean>;
  /** What people read in a conversation, oldest first. */
  readonly read: (conversation: string, agent: Agent) => Promise<readonly string[]>;
  /** What the next reply meets. Only where the transport sends. */
  readonly trouble?: (kind: Trouble) => void;
  /** Delivers the same message under an id of the delivery that is new. */
  readonly rewrite?: (message: Written, agent: Agent) => Promise<boolean>;
  /** Delivers a message with a wrong proof of where it comes from; the status it is answered with. */
  readonly forge?: (message: Written, agent: Agent) => Promise<number>;
  /** Somebody who is not in the allow list writes. */
  readonly strange?: (message: Written, agent: Agent) => Promise<void>;
  /** Takes the platform away, and brings it back. */
  readonly vanish?: () => Promise<void>;
  readonly returns?: () => Promise<void>;
  /** Length of a text in the platform's unit, and the most that one message may have. */
  readonly measure?: (text: string) => number;
  readonly longest?: number;
  readonly close: () => Promise<void>;
}

/** The model repeats what it is told. */
const echo: Script = ({ messages }) => ({ text: `You said: ${messages.at(-1)?.content ?? ""}` });

interface Opened extends AsyncDisposable {
  readonly platform: Platform;
  readonly bench: Bench;
  readonly says: (conversation: string, ...texts: readonly string[]) => Promise<void>;
}

async function open(
  make: () => Promise<Platform> | Platform,
  options: { readonly script?: Script; readonly store?: Store } = {},
): Promise<Opened> {
  const platform = await make();
  const { protocol, transport } = platform;
  const { script = echo, ...parts } = options;
  const transports = { [protocol]: transport };
  const bench = await openAgent(script, undefined, { ...parts, transports });
  let count = 0;
  return {
    platform,
    bench,
    says: async (conversation, ...texts) => {
      for (const text of texts) {
        const message = { conversation, text, id: `${conversation}-${++count}` };
        expect(await platform.write(message, bench.agent)).toBe(true);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await bench[Symbol.asyncDispose]();
      await platform.close();
    },
  };
}

/** Runs the suite. Each test opens a platform of its own. */
export function transportContract(
  name: string,
  make: () => Promise<Platform> | Platform,
  has: { readonly [part in keyof Platform]?: boolean } = {},
): void {
  describe(name, () => {
    conversations(make);
    garbage(make);
    if (has.trouble === true) deliveries(make);
    if (has.measure === true) pieces(make);
    if (has.strange === true) strangers(make);
    if (has.forge === true) forgeries(make);
    if (has.vanish === true) outages(make);
    if (has.rewrite === true) redelivery(make);
  });
}

function conversations(make: () => Promise<Platform> | Platform): void {
  test("a message is answered in its conversation and in no other", async () => {
    await using opened = await open(make);
    const { platform, bench, says } = opened;
    await says("101", "one");
    await says("102", "two");
    await until(async () => (await platform.read("102", bench.agent)).length > 0);
    await until(async () => (await platform.read("101", bench.agent)).length > 0);
    expect(await platform.read("101", bench.agent)).toEqual(["You said: one"]);
    expect(await platform.read("102", bench.agent)).toEqual(["You said: two"]);
  });

  test("messages of one conversation are answered in their order", async () => {
    const script: Script = async (request, signal) => {
      // The earlier ones take longer.
      await Bun.sleep(Math.max(40 - 10 * request.messages.length, 0));
      return await echo(request, signal);
    };
    await using opened = await open(make, { script });
    const { platform, bench, says } = opened;
    await says("101", "a", "b", "c", "d");
    await until(async () => (await platform.read("101", bench.agent)).length >= 4);
    const expected = ["a", "b", "c", "d"].map((text) => `You said: ${text}`);
    expect(await platform.read("101", bench.agent)).toEqual(expected);
  });

  test("a message that is delivered again is acknowledged and not answered again", async () => {
    await using opened = await open(make);
    const { platform, bench, says } = opened;
    const message = { conversation: "101", text: "once", id: "same" };
    expect(await platform.write(message, bench.agent)).toBe(true);
    expect(await platform.write(message, bench.agent)).toBe(true);
    await says("101", "and then");
    await until(async () => (await platform.read("101", bench.agent)).length >= 2);
    expect(await platform.read("101", bench.agent)).toEqual([
      "You said: once",
      "You said: and then",
    ]);
  });

  test("a message that could not be written down is not acknowledged, and is answered when it comes again", async () => {
    const folder = temporary();
    const store = openStore(join(folder.path, "moult.sqlite"));
    let isFull = true;
    const accept: Store["accept"] = async (message) => {
      if (!isFull) return await store.accept(message);
      throw new MoultError("internal", "The disk is full", { storage: "full" });
    };
    await using opened = await open(make, { store: { ...store, accept } });
    const { platform, bench } = opened;
    const message = { conversation: "101", text: "later", id: "1" };
    const first = platform.write(message, bench.agent);
    await Bun.sleep(50);
    isFull = false;
    // A platform that waits for the acknowledgement delivers again by itself.
    if (!(await first)) expect(await platform.write(message, bench.agent)).toBe(true);
    await until(async () => (await platform.read("101", bench.agent)).length > 0);
    expect(await platform.read("101", bench.agent)).toEqual(["You said: later"]);
    folder[Symbol.dispose]();
  });

  test("nothing is taken after close(), and what was not taken is taken by the next process", async () => {
    const folder = temporary();
    const file = join(folder.path, "moult.sqlite");
    const platform = await make();
    const options = { transports: { [platform.protocol]: platform.transport } };
    const first = await openAgent(echo, undefined, { ...options, store: openStore(file) });
    await first[Symbol.asyncDispose]();
    const message = { conversation: "101", text: "hello", id: "1" };
    const early = platform.write(message, first.agent).catch(() => false);
    await Bun.sleep(30);
    const second = await openAgent(echo, undefined, { ...options, store: openStore(file) });
    if (!(await early)) expect(await platform.write(message, second.agent)).toBe(true);
    await until(async () => (await platform.read("101", second.agent)).length > 0);
    expect(await platform.read("101", second.agent)).toEqual(["You said: hello"]);
    await second[Symbol.asyncDispose]();
    await platform.close();
    folder[Symbol.dispose]();
  });
}

function garbage(make: () => Promise<Platform> | Platform): void {
  test.each([[undefined], [null], [0], ["text"], [[]], [{}], [{ message: {} }], [{ text: 1 }]])(
    "%p is refused as an update, with a code that says never",
    async (payload) => {
      const platform = await make();
      let thrown: unknown;
      try {
        platform.transport.accept(payload);
      } catch (error) {
        thrown = error;
      }
      expect(isMoultError(thrown) && thrown.code).toBeOneOf(["input/invalid", "session/invalid"]);
      await platform.close();
    },
  );
}

function deliveries(make: () => Promise<Platform> | Platform): void {
  test("a reply that the platform asks to send later arrives once", async () => {
    await using opened = await open(make);
    const { platform, bench, says } = opened;
    platform.trouble?.("retry");
    await says("101", "again");
    await until(async () => (await platform.read("101", bench.agent)).length > 0);
    expect(await platform.read("101", bench.agent)).toEqual(["You said: again"]);
    expect(await bench.agent.letters()).toEqual([]);
  });

  test("a reply that can never arrive is given up visibly, and later ones arrive", async () => {
    await using opened = await open(make);
    const { platform, bench, says } = opened;
    platform.trouble?.("permanent");
    await says("101", "lost");
    await until(async () => (await bench.agent.letters()).length > 0);
    expect(await bench.agent.letters()).toMatchObject([
      { text: "You said: lost", state: "dead", attempt: 1 },
    ]);
    await says("101", "found");
    await until(async () => (await platform.read("101", bench.agent)).length > 0);
    expect(await platform.read("101", bench.agent)).toEqual(["You said: found"]);
  });

  test("a reply that may have arrived is not sent again blindly, and is listed", async () => {
    await using opened = await open(make);
    const { platform, bench, says } = opened;
    platform.trouble?.("unknown");
    await says("101", "perhaps");
    await until(
      async () =>
        (await bench.store.outboxPending()) === 0 && (await bench.agent.letters()).length > 0,
    );
    expect(await bench.agent.letters()).toMatchObject([{ state: "unknown", attempt: 1 }]);
    await says("101", "next");
    const texts = async () => await platform.read("101", bench.agent);
    await until(async () => (await texts()).includes("You said: next"));
    expect(
      (await texts()).filter((text) => text === "You said: perhaps").length,
    ).toBeLessThanOrEqual(1);
  });
}

/** Texts that are hard to cut. */
const LONG = [
  "word ".repeat(4_000),
  "x".repeat(20_000),
  "😀".repeat(9_000),
  "👨‍👩‍👧‍👦 family, ".repeat(900),
  `${"A line.\n".repeat(900)}\n\`\`\`ts\n${"const a = 1;\n".repeat(900)}\`\`\`\nThe end.`,
  "你好，世界。".repeat(2_000),
] as const;

function pieces(make: () => Promise<Platform> | Platform): void {
  test.each(LONG.map((text) => [text.slice(0, 12), text] as const))(
    "a long text (%j) is cut into pieces that the platform takes, and loses nothing",
    async (_name, text) => {
      const platform = await make();
      const { transport, measure = (piece) => piece.length, longest = Infinity } = platform;
      const cut = transport.split?.(text) ?? [text];
      expect(cut.length).toBeGreaterThan(1);
      for (const piece of cut) {
        expect(measure(piece)).toBeLessThanOrEqual(longest);
        expect(piece.trim()).not.toBe("");
        expect(piece.isWellFormed()).toBe(true);
      }
      const bare = (piece: string): string => piece.replaceAll(/\s+|```(?:ts)?/g, "");
      expect(bare(cut.join(""))).toBe(bare(text));
      await platform.close();
    },
  );

  test("a short text stays whole", async () => {
    const platform = await make();
    expect(platform.transport.split?.("Hello.")).toEqual(["Hello."]);
    await platform.close();
  });

  test("a long reply arrives in order, in as many messages as it needs", async () => {
    const text = Array.from({ length: 1_200 }, (_, n) => `Sentence ${n}.`).join(" ");
    await using opened = await open(make, { script: () => ({ text }) });
    const { platform, bench, says } = opened;
    await says("101", "tell me");
    const count = platform.transport.split?.(text).length ?? 1;
    await until(async () => (await platform.read("101", bench.agent)).length >= count);
    const read = await platform.read("101", bench.agent);
    expect(read.join(" ").replaceAll(/\s+/g, " ")).toBe(text);
  });
}

function strangers(make: () => Promise<Platform> | Platform): void {
  test("a stranger is told their id once and reaches no model", async () => {
    await using opened = await open(make);
    const { platform, bench, says } = opened;
    await platform.strange?.({ conversation: "666", text: "hi", id: "s1" }, bench.agent);
    await until(async () => (await platform.read("666", bench.agent)).length > 0);
    await platform.strange?.({ conversation: "666", text: "hello?", id: "s2" }, bench.agent);
    await says("101", "mine");
    await until(async () => (await platform.read("101", bench.agent)).length > 0);
    const told = await platform.read("666", bench.agent);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain("666");
    expect(bench.model.requests).toHaveLength(1);
  });
}

function forgeries(make: () => Promise<Platform> | Platform): void {
  test("a delivery without the right proof is refused before it is read", async () => {
    await using opened = await open(make);
    const { platform, bench, says } = opened;
    const status = await platform.forge?.(
      { conversation: "101", text: "forged", id: "f" },
      bench.agent,
    );
    expect(status).toBeOneOf([401, 403]);
    await says("101", "true");
    await until(async () => (await platform.read("101", bench.agent)).length > 0);
    expect(await platform.read("101", bench.agent)).toEqual(["You said: true"]);
    expect(bench.model.requests).toHaveLength(1);
  });
}

function outages(make: () => Promise<Platform> | Platform): void {
  test("health says when the platform is gone; it is found again when it returns", async () => {
    await using opened = await open(make);
    const { platform, bench, says } = opened;
    const { transport } = platform;
    await says("101", "before");
    await until(async () => (await platform.read("101", bench.agent)).length > 0);
    expect(transport.health?.().state).toBe("up");
    await platform.vanish?.();
    await until(() => transport.health?.().state !== "up");
    expect(transport.health?.().reason).toBeString();
    await platform.returns?.();
    await until(() => transport.health?.().state === "up");
    await says("101", "after");
    await until(async () => (await platform.read("101", bench.agent)).includes("You said: after"));
  });
}

function redelivery(make: () => Promise<Platform> | Platform): void {
  test("the same message under a new delivery id is not answered again", async () => {
    await using opened = await open(make);
    const { platform, bench, says } = opened;
    const message = { conversation: "101", text: "once", id: "same" };
    expect(await platform.write(message, bench.agent)).toBe(true);
    expect(await platform.rewrite?.(message, bench.agent)).toBe(true);
    await says("101", "next");
    await until(async () => (await platform.read("101", bench.agent)).length >= 2);
    expect(await platform.read("101", bench.agent)).toEqual(["You said: once", "You said: next"]);
  });
}
