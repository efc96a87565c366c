/** The real daemon, killed at bad moments: nothing is lost, nothing is answered or done twice. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Trace } from "../../schemas/turn.ts";
import { makePlace, type Place, type Started } from "./program.ts";
import { until } from "../waiting.ts";

const COUNT = `import { defineTool, v } from "moult";
export default defineTool({
  description: "Counts a word.",
  input: v.object({ word: v.string() }),
  async run({ word }, { kv }) {
    const count = Number((await kv.get(word)) ?? 0) + 1;
    await kv.set(word, count);
    await Bun.sleep(5);
    return { count };
  },
});
`;

/** Appends a line to a granted folder: an effect that the daemon cannot take back. */
const APPEND = `import { appendFileSync } from "node:fs";
import { defineTool, v } from "moult";
export default defineTool({
  description: "Appends a word to a file.",
  input: v.object({ word: v.string() }),
  permissions: { write: ["out"] },
  async run({ word }) {
    appendFileSync("out/words.txt", word + "\\n");
    if (word.startsWith("slow")) await Bun.sleep(60_000);
    return { done: true };
  },
});
`;

const SCRIPT = [
  { match: "^count (\\w+)$", call: { name: "count", arguments: { word: "{{1}}" } } },
  { onTool: "count", reply: "{{result.count}}" },
  { match: "^append (\\w+)$", call: { name: "append", arguments: { word: "{{1}}" } } },
  { onTool: "append", match: "interrupted", reply: "unknown" },
  { onTool: "append", reply: "appended" },
  { match: "^die (\\w+)$", reply: "never", crash: true },
  { match: "^slowly (.*)$", reply: "one two three four five six seven eight", tokenMs: 40 },
  { reply: "{{text}}" },
];

let place: Place;
beforeEach(() => {
  place = makePlace(SCRIPT);
  place.write("functions/count.ts", COUNT);
  place.write("functions/append.ts", APPEND);
});
afterEach(() => place.remove(), 120_000);

/** Sends a message again and again, as a client with patience does, until it is answered. */
async function insist(
  daemon: () => Started,
  session: string,
  text: string,
  id: string,
): Promise<string> {
  return await until(async () => {
    try {
      return (await daemon().say(session, text, id)).reply;
    } catch {
      return undefined;
    }
  });
}

describe("a daemon that is killed", () => {
  test("answers every message exactly once, in order, and each tool effect happens once", async () => {
    let daemon = await place.start();
    const sessions = ["a", "b", "c", "d"];
    const answers = sessions.map(async (session) => {
      const replies: string[] = [];
      for (let n = 0; n < 6; n++) {
        replies.push(await insist(() => daemon, session, `count ${session}${n}`, `${session}${n}`));
      }
      return replies;
    });
    for (let kill = 0; kill < 4; kill++) {
      await Bun.sleep(30 + kill * 17);
      await daemon.kill();
      daemon = await place.start();
    }
    expect(await Promise.all(answers)).toEqual(sessions.map(() => Array<string>(6).fill("1")));
    for (const session of sessions) {
      const history = (await (
        await daemon.ask(`/api/sessions/${session}/messages`)
      ).json()) as readonly { readonly role: string; readonly content: string }[];
      const asked = history.filter(({ role }) => role === "user").map(({ content }) => content);
      expect(asked).toEqual([0, 1, 2, 3, 4, 5].map((n) => `count ${session}${n}`));
      expect(
        history.filter(({ role, content }) => role === "assistant" && content === "1"),
      ).toHaveLength(6);
    }
  }, 120_000);

  test("does not repeat an interrupted call that may have had its effect, and says so", async () => {
    let daemon = await place.start();
    await daemon.approve("append");
    const first = daemon.say("s", "append slow1", "m1").catch(() => undefined);
    const words = (): string => {
      try {
        return readFileSync(join(place.dir, "out/words.txt"), "utf8");
      } catch {
        return "";
      }
    };
    await until(() => words() === "slow1\n");
    await daemon.kill();
    await first;
    daemon = await place.start();
    expect((await daemon.say("s", "append slow1", "m1")).reply).toBe("unknown");
    expect((await daemon.say("s", "append fast", "m2")).reply).toBe("appended");
    expect(words()).toBe("slow1\nfast\n");
  }, 120_000);

  test("the same id with another text is refused, with the same text it gives the first reply", async () => {
    const daemon = await place.start();
    const first = await daemon.say("s", "hello", "m1");
    expect(await daemon.say("s", "hello", "m1")).toEqual(first);
    const other = await daemon.ask("/api/sessions/s/messages", {
      method: "POST",
      body: JSON.stringify({ text: "bye", id: "m1" }),
    });
    expect(other.status).toBe(409);
  });
});

describe("a model host that is killed", () => {
  test("is started again and the turn goes on", async () => {
    const daemon = await place.start();
    const status = async () =>
      (await (await daemon.ask("/api/status")).json()) as {
        readonly model: { readonly pid: number; readonly state: string; readonly running: number };
      };
    const reply = daemon.say("s", "slowly please", "m1");
    const { model } = await until(async () => {
      const now = await status();
      return now.model.running > 0 && now;
    });
    process.kill(model.pid, "SIGKILL");
    expect((await reply).reply).toBe("one two three four five six seven eight");
    expect((await status()).model.pid).not.toBe(model.pid);
    const trace = (await (await daemon.ask(`/api/turns/${(await reply).turn}`)).json()) as Trace;
    expect(trace.outcome).toBe("answered");
  }, 120_000);
});
