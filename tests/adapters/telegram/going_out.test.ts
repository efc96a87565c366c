/** Replies and growing answers on their way to Telegram, and what Telegram says to them. */
import { afterEach, describe, expect, test } from "bun:test";
import type { Delivery, Growing, Transport } from "../../../runtime/ports.ts";
import { isMoultError } from "../../../schemas/error.ts";
import type { Reply, TurnEvent } from "../../../schemas/turn.ts";
import { TOKEN, TelegramServer, type Trouble } from "../../fixtures/telegram_server.ts";
import { connect } from "./platform.ts";
import { until } from "../../waiting.ts";

let server: TelegramServer;
afterEach(() => server.stop());

const delivery = (changes: Partial<Delivery> = {}): Delivery => ({
  id: "d1",
  turn: "t1",
  session: "telegram:101",
  conversation: "101",
  text: "the answer",
  attempt: 1,
  part: 0,
  ...changes,
});

/** A server that knows a private chat and a group, and a transport that is not opened. */
async function start(options = {}): Promise<Transport> {
  server = await TelegramServer.start({ limits: false, ...options });
  server.know(101);
  server.know(-500);
  return connect(server);
}

/** The `details` of a failed delivery. */
async function failure(sending: Promise<void> | undefined): Promise<unknown> {
  try {
    await sending;
  } catch (error) {
    if (!isMoultError(error)) throw error;
    expect(error.message).not.toContain(TOKEN);
    return error.details;
  }
  return undefined;
}

describe("send()", () => {
  const refuse = (status: number, text: string, retryAfter?: number): Trouble => ({
    kind: "refuse",
    status,
    text,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
  test.each([
    [refuse(403, "Forbidden: bot was blocked by the user"), { outcome: "permanent" }],
    [refuse(400, "Bad Request: chat not found"), { outcome: "permanent" }],
    [refuse(429, "Too Many Requests", 3), { outcome: "retry", retryAfterMs: 3_000 }],
    // Longer than a timer takes: it would go off at once, and again.
    [refuse(429, "Too Many Requests", 3e9), { outcome: "retry", retryAfterMs: 86_400_000 }],
    [refuse(500, "Internal Server Error"), { outcome: "retry" }],
    [refuse(401, "Unauthorized"), { outcome: "retry" }],
    [{ kind: "page", status: 502 }, { outcome: "retry" }],
    [{ kind: "page", status: 504 }, { outcome: "unknown" }],
    [{ kind: "cut" }, { outcome: "unknown" }],
    [{ kind: "cut-after" }, { outcome: "unknown" }],
  ] as const)("after %j nothing is claimed that is not known", async (trouble, details) => {
    const transport = await start();
    server.trouble("sendMessage", trouble);
    expect(await failure(transport.send?.(delivery()))).toEqual(details);
  });

  test("a server that is not there was not reached: it is no try, and the pauses grow", async () => {
    const transport = await start();
    await server.stop();
    const first = await failure(transport.send?.(delivery()));
    const second = await failure(transport.send?.(delivery()));
    expect(first).toEqual({ outcome: "later", retryAfterMs: 500 });
    expect(second).toEqual({ outcome: "later", retryAfterMs: 1_000 });
    expect(server.called("sendMessage")).toEqual([]);
  });

  test("a name that cannot be resolved was not reached either", async () => {
    await start();
    const transport = connect({ url: "http://telegram.invalid" });
    expect(await failure(transport.send?.(delivery()))).toMatchObject({ outcome: "later" });
  });

  test("while Telegram wants a pause in a chat, that chat waits and no other", async () => {
    const transport = await start();
    server.trouble("sendMessage", refuse(429, "Too Many Requests", 30));
    await failure(transport.send?.(delivery()));
    expect(await failure(transport.send?.(delivery({ id: "d2" })))).toMatchObject({
      outcome: "later",
    });
    await transport.send?.(delivery({ conversation: "-500", turn: "t2" }));
    expect(server.seen(-500)).toHaveLength(1);
  });

  test("a conversation that is no chat can never be delivered to", async () => {
    const transport = await start();
    const sending = transport.send?.(delivery({ conversation: "../secret" }));
    expect(await failure(sending)).toEqual({ outcome: "permanent" });
  });

  test("a reply goes into its topic, with its formatting", async () => {
    const transport = await start();
    await transport.send?.(delivery({ conversation: "-500:7", text: "**yes** `x`" }));
    expect(server.called("sendMessage")[0]?.parameters).toMatchObject({
      chat_id: -500,
      message_thread_id: 7,
      text: "yes x",
      entities: [
        { type: "bold", offset: 0, length: 3 },
        { type: "code", offset: 4, length: 1 },
      ],
    });
  });

  test("a message that showed the growing answer becomes the reply, any number of times", async () => {
    const transport = await start();
    await transport.send?.(delivery({ turn: "t0", text: "growing" }));
    const message = server.seen(101)[0]?.id;
    const final = delivery({ noted: { message } });
    const { idempotent } = transport;
    expect(typeof idempotent === "function" && idempotent(final)).toBeTrue();
    await transport.send?.(final);
    await transport.send?.(final);
    expect(server.seen(101)).toMatchObject([{ id: message, text: "the answer" }]);
  });

  test("a message that was deleted meanwhile is replaced by a new one, which is not sent again", async () => {
    const transport = await start();
    const final = delivery({ noted: { message: 4_711 } });
    server.trouble("sendMessage", { kind: "cut-after" });
    expect(await failure(transport.send?.(final))).toEqual({ outcome: "unknown" });
    const { idempotent } = transport;
    expect(typeof idempotent === "function" && idempotent(final)).toBeFalse();
  });

  test("where Telegram does not like the formatting, the words arrive without it", async () => {
    const transport = await start();
    server.trouble("sendMessage", refuse(400, "Bad Request: can't parse entities"));
    await transport.send?.(delivery({ text: "**yes**" }));
    expect(server.seen(101)).toMatchObject([{ text: "yes", entities: [] }]);
  });

  test("too many calls are never made: a burst in one chat, many chats at once", async () => {
    const transport = await start({ limits: true });
    for (let chat = 1; chat <= 25; chat++) {
      server.know(chat);
      await transport.send?.(delivery({ conversation: String(chat), turn: `t${chat}` }));
    }
    const again = [1, 2, 3, 4].map((n) => transport.send?.(delivery({ id: `b${n}` })));
    await Promise.allSettled(again);
    expect(await failure(transport.send?.(delivery({ id: "b5" })))).toMatchObject({
      outcome: "later",
    });
    expect(server.violations).toEqual([]);
  });
});

/** A turn whose events come when a test says so. */
function growing(conversation: string, noted?: unknown) {
  const notes: unknown[] = [];
  const queue: TurnEvent[] = [];
  let wake = (): void => undefined;
  const state = { isOver: false };
  const at = { turn: "t1", seq: 1, at: 0 };
  const push = (event: TurnEvent): void => {
    queue.push(event);
    wake();
  };
  async function* events(): AsyncGenerator<TurnEvent> {
    while (!state.isOver || queue.length > 0) {
      const event = queue.shift();
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const turn: Growing = {
    turn: "t1",
    session: `telegram:${conversation}`,
    conversation,
    events: events(),
    ...(noted === undefined ? {} : { noted }),
    note: async (facts) => void notes.push(facts),
  };
  return {
    turn,
    notes,
    token: (text: string) => push({ ...at, type: "token", text }),
    call: (name: string) => push({ ...at, type: "tool_call", id: "c", name, input: {} }),
    end: (outcome: Reply["outcome"] = "answered") => {
      const usage = {
        promptTokens: 0,
        cachedTokens: 0,
        completionTokens: 0,
        firstTokenMs: 0,
        totalMs: 0,
      };
      const reply = {
        turn: "t1",
        session: "s",
        outcome,
        reply: "the answer",
        toolCalls: [],
        usage,
      };
      push({ ...at, type: "done", reply });
      state.isOver = true;
      wake();
    },
  };
}

describe("preview()", () => {
  test("in a private chat the answer grows as a draft; then comes the one message", async () => {
    const transport = await start();
    const { turn, token, call, end } = growing("101");
    const showing = transport.preview?.(turn);
    token("Half an ");
    call("clock");
    await until(() => server.drafts.length > 0);
    expect(server.drafts[0]).toMatchObject({ chat: 101, text: "Half an\n\n⏳ clock" });
    token("answer");
    await until(() => server.drafts.length > 1);
    expect(new Set(server.drafts.map(({ draft }) => draft)).size).toBe(1);
    end();
    await transport.send?.(delivery());
    const shown = server.drafts.length;
    await showing;
    expect(server.seen(101).map(({ text }) => text)).toEqual(["the answer"]);
    expect(server.drafts.length).toBe(shown);
    expect(server.called("sendChatAction").length).toBeGreaterThan(0);
  });

  test("in a group a message that was shown before is edited; nothing comes after the reply", async () => {
    const transport = await start();
    await transport.send?.(delivery({ conversation: "-500", turn: "t0", text: "so far" }));
    const message = server.seen(-500)[0]?.id;
    const { turn, token, end } = growing("-500", { message });
    const showing = transport.preview?.(turn);
    token("Half an answer");
    await until(() => server.seen(-500)[0]?.text === "Half an answer …");
    token(" and more");
    await transport.send?.(delivery({ conversation: "-500", noted: { message } }));
    end();
    await showing;
    expect(server.seen(-500)[0]?.texts).toEqual(["so far", "Half an answer …", "the answer"]);
  });

  test("without drafts, and when a message may be there whose id was lost, there is no second one", async () => {
    const transport = await start({ drafts: false });
    const { turn, token, notes, end } = growing("101", { intent: true });
    const showing = transport.preview?.(turn);
    token("Half an answer");
    await until(() => server.calls.some(({ method }) => method === "sendChatAction"));
    await Bun.sleep(80);
    end();
    await showing;
    expect(server.seen(101)).toEqual([]);
    expect(notes).toEqual([]);
  });

  test("without drafts, a message grows; that there may be one is written down before there is", async () => {
    const transport = await start({ drafts: false });
    const { turn, token, notes, end } = growing("101");
    const showing = transport.preview?.(turn);
    token("Half an ");
    await until(() => server.seen(101).length > 0);
    await until(() => notes.length > 1);
    const [seen] = server.seen(101);
    expect(notes).toEqual([{ intent: true }, { message: seen?.id }]);
    token("answer");
    await until(() => seen?.text === "Half an answer …");
    await transport.send?.(delivery({ noted: notes[1] }));
    end();
    await showing;
    expect(server.seen(101)).toMatchObject([{ text: "the answer" }]);
    expect(server.called("sendMessage")).toHaveLength(1);
  });

  test("no message begins to grow before an older reply has left", async () => {
    const transport = await start({ drafts: false });
    const first = growing("101");
    const showingFirst = transport.preview?.(first.turn);
    first.end();
    await showingFirst;
    const second = growing("101");
    const showing = transport.preview?.({ ...second.turn, turn: "t2" });
    second.token("Half");
    await Bun.sleep(80);
    expect(server.seen(101)).toEqual([]);
    await transport.send?.(delivery());
    await until(() => server.seen(101).length > 1);
    expect(server.seen(101).map(({ text }) => text)).toEqual(["the answer", "Half …"]);
    second.end();
    await showing;
  });

  test("a turn that is cancelled leaves no message that looks as if it went on", async () => {
    const transport = await start();
    await transport.send?.(delivery({ conversation: "-500", turn: "t0", text: "Half …" }));
    const message = server.seen(-500)[0]?.id;
    const { turn, token, end } = growing("-500", { message });
    const showing = transport.preview?.(turn);
    token("Half");
    end("cancelled");
    await showing;
    expect(server.seen(-500)[0]?.text).toBe("Half\n\n(stopped)");
  });

  test("what goes wrong with a preview does not stop the reply", async () => {
    const transport = await start();
    for (const kind of ["cut", "cut-after"] as const) server.trouble("sendMessageDraft", { kind });
    const { turn, token, end } = growing("101");
    const showing = transport.preview?.(turn);
    token("Half");
    await until(() => server.drafts.length > 0);
    await transport.send?.(delivery());
    end();
    await showing;
    expect(server.seen(101).map(({ text }) => text)).toEqual(["the answer"]);
  });
});
