/** Updates on their way in, while Telegram is down, slow, wrong, or not Telegram. */
import { afterEach, describe, expect, test } from "bun:test";
import type { Attachment } from "../../../schemas/message.ts";
import type { Arrival, Inbound, Transport } from "../../../runtime/ports.ts";
import { MoultError } from "../../../schemas/error.ts";
import { BOT, TOKEN, TelegramServer } from "../../fixtures/telegram_server.ts";
import { connect, keepingLog } from "./platform.ts";
import { until } from "../../waiting.ts";

let server: TelegramServer;
let transport: Transport | undefined;
afterEach(async () => {
  await transport?.close?.();
  await server.stop();
});

/** A gateway that takes everything, unless a test says otherwise. */
function gateway(
  of: () => Transport,
  refuse: (text: string) => Error | undefined = () => undefined,
) {
  const texts: string[] = [];
  const arrivals: Arrival[] = [];
  const values = new Map<string, unknown>();
  const kept: Attachment[] = [];
  const inbound: Inbound = {
    route: async (payload) => {
      const arrival = of().accept(payload);
      await Bun.sleep(1);
      const failure = refuse(arrival.text);
      if (failure !== undefined) throw failure;
      arrivals.push(arrival);
      texts.push(arrival.text);
    },
    keep: async ({ kind, name, mime, body }) => {
      const bytes = (await new Response(body).arrayBuffer()).byteLength;
      const attachment = { id: `kept-${kept.length}.jpg`, kind, name, mime, bytes };
      kept.push(attachment);
      return attachment;
    },
    get: (key) => Promise.resolve(values.get(key)),
    set: async (key, value) => void values.set(key, value),
  };
  return { inbound, texts, arrivals, values, kept };
}

function open(
  config: Parameters<typeof connect>[1] = {},
  refuse?: (text: string) => Error | undefined,
  parts: Parameters<typeof connect>[2] = {},
) {
  const here = connect(server, { allow: ["101", "102", "-500"], ...config }, parts);
  transport = here;
  const gate = gateway(() => here, refuse);
  here.open?.(gate.inbound);
  return { ...gate, transport: here };
}

const privateMessage = {
  message_id: 1,
  date: 1,
  from: { id: 101, is_bot: false, first_name: "Ada" },
  chat: { id: 101, type: "private" },
  text: "hello",
};

const health = (): string => transport?.health?.().state ?? "none";
const reason = (): string => transport?.health?.().reason ?? "";

describe("polling", () => {
  test("says who the bot is and what it can do, once", async () => {
    server = await TelegramServer.start();
    const { values, transport: first } = open();
    await until(() => health() === "up" && server.commands !== undefined);
    expect(first.health?.()).toEqual({ state: "up", as: "@moult_test_bot, polling" });
    await until(() => values.has("commands"));
    await first.close?.();
    first.open?.(gateway(() => first).inbound);
    await until(() => health() === "up");
  });

  test("another poller and a wrong token are said with what to do; a webhook is removed", async () => {
    server = await TelegramServer.start();
    server.webhook = { url: "https://elsewhere.example.org", secret: "x" };
    open();
    await until(() => health() === "up");
    expect(server.webhook).toBeUndefined();
    const text = "Conflict: terminated by other getUpdates request";
    for (let n = 0; n < 3; n++) server.trouble("getUpdates", { kind: "refuse", status: 409, text });
    server.write(101, "wake");
    await until(() => health() === "down");
    expect(reason()).toContain("another program polls this bot");
    await until(() => health() === "up");
    server.trouble("getUpdates", { kind: "refuse", status: 401, text: "Unauthorized" });
    server.write(101, "wake");
    await until(() => health() === "off");
    expect(reason()).toContain("@BotFather");
    await until(() => health() === "up");
  });

  test("failures of any kind are passed over, and nothing is lost", async () => {
    server = await TelegramServer.start();
    for (const kind of ["cut", "cut-after"] as const) server.trouble("getUpdates", { kind });
    server.trouble("getUpdates", { kind: "page", status: 502 });
    server.trouble("getUpdates", {
      kind: "refuse",
      status: 429,
      text: "Too Many",
      retryAfter: 0.01,
    });
    server.trouble("getMe", { kind: "refuse", status: 500, text: "Internal" });
    server.write(101, "one");
    server.write(101, "two");
    const { texts } = open();
    await until(() => texts.includes("two") && server.pending === 0);
    expect(texts).toEqual(["one", "two"]);
  });

  test("a connection that is silent for too long is given up", async () => {
    server = await TelegramServer.start();
    server.trouble("getUpdates", { kind: "hang" });
    const { texts } = open({}, undefined, { lateMs: 50 });
    await until(() => reason().includes("did not answer in time"));
    server.write(101, "still here");
    await until(() => texts.length > 0);
  });

  test("a delivery that fails stops no polling, and polling that fails stops no delivery", async () => {
    server = await TelegramServer.start();
    const { texts, transport: here } = open();
    server.write(101, "one");
    await until(() => texts.length === 1);
    const delivery = {
      id: "d",
      turn: "t",
      session: "telegram:101",
      conversation: "101",
      text: "reply",
      attempt: 1,
      part: 0,
    };
    server.trouble("sendMessage", { kind: "hang" });
    const hanging = here.send?.(delivery).catch(() => undefined);
    server.write(101, "two");
    await until(() => texts.length === 2);
    for (let n = 0; n < 20; n++) {
      server.trouble("getUpdates", { kind: "refuse", status: 500, text: "Internal" });
    }
    server.write(101, "wake");
    await until(() => health() === "down");
    await here.send?.({ ...delivery, id: "d2", turn: "t2" });
    expect(server.seen(101)).toHaveLength(1);
    await server.stop();
    await hanging;
  });

  test("updates that come in the wrong order are taken in the right one", async () => {
    server = await TelegramServer.start();
    server.isMixedUp = true;
    for (const text of ["one", "two", "three"]) server.write(101, text);
    const { texts } = open();
    await until(() => texts.length === 3);
    expect(texts).toEqual(["one", "two", "three"]);
  });

  test("a token without a number in it makes keys that a restart does not change", async () => {
    server = await TelegramServer.start();
    const keysOf = (): readonly string[] => {
      const { transport: here } = open({ token: "a-token-for-tests" });
      const payload = { update_id: 7, message: privateMessage };
      return here.accept(payload).keys;
    };
    const keys = keysOf();
    expect(keys).toHaveLength(2);
    expect(keys.join(" ")).not.toContain("token");
    expect(keysOf()).toEqual(keys);
  });

  test("what can be taken later comes again in its order, and holds up no other chat", async () => {
    server = await TelegramServer.start();
    let isFull = true;
    const { texts } = open({}, (text) =>
      isFull && text === "a1" ? new MoultError("queue/full", "Full") : undefined,
    );
    for (const text of ["a1", "a2"]) server.write(101, text);
    for (const text of ["b1", "b2"]) server.write(102, text);
    await until(() => texts.includes("b2"));
    expect(texts).toEqual(["b1", "b2"]);
    isFull = false;
    await until(() => texts.length === 4 && server.pending === 0);
    expect(texts).toEqual(["b1", "b2", "a1", "a2"]);
  });

  test.each([
    ["can never be taken", new MoultError("input/invalid", "No")],
    ["crashes its function each time", new MoultError("function/crashed", "It crashed")],
    ["breaks the intake", new TypeError("A bug")],
  ])("an update that %s is acknowledged in the end, and said", async (_what, failure) => {
    server = await TelegramServer.start();
    const log = keepingLog();
    const refuse = (text: string) => (text === "poison" ? failure : undefined);
    const { texts } = open({}, refuse, { log });
    server.write(101, "poison");
    server.write(101, "after");
    await until(() => texts.includes("after") && server.pending === 0);
    expect(log.lines.join("\n")).toContain("could not be taken");
  });

  test("a mention in a group waits until the bot knows its own name", async () => {
    server = await TelegramServer.start();
    for (let n = 0; n < 3; n++) {
      server.trouble("getMe", { kind: "refuse", status: 500, text: "Internal" });
    }
    server.write(-500, `@${BOT.username} hello`, { from: { id: 101 } });
    const { texts, arrivals } = open();
    await until(() => texts.length === 1);
    expect(arrivals[0]?.principal).toEqual({ id: "owner", role: "owner" });
  });

  test("whom the owner did not name is no owner", async () => {
    server = await TelegramServer.start();
    const { arrivals } = open({ allow: ["anyone"] });
    server.write(666, "hi");
    await until(() => arrivals.length === 1);
    expect(arrivals[0]?.principal).toEqual({ id: "telegram:666", role: "invoker" });
  });
});

describe("files", () => {
  const photo = (id: string, size = 3) => ({
    message: {
      photo: [{ file_id: id, file_unique_id: `u-${id}`, file_size: size }],
      caption: "look",
    },
  });

  test("come with their message, are kept once, and never hold it up", async () => {
    server = await TelegramServer.start();
    server.files.set("f1", { path: "photos/a.jpg", bytes: new Uint8Array(3) });
    const log = keepingLog();
    const { arrivals, kept } = open({}, undefined, { log });
    server.write(101, "", photo("f1"));
    server.write(101, "", photo("f1"));
    server.write(101, "", photo("gone"));
    server.write(101, "", photo("f1-huge", 30_000_000));
    await until(() => arrivals.length === 4);
    expect(kept).toHaveLength(1);
    expect(arrivals.map(({ attachments = [] }) => attachments.length)).toEqual([1, 1, 0, 0]);
    expect(arrivals[0]?.update).toMatchObject({
      text: "look",
      files: [{ kind: "photo", name: "photo.jpg", bytes: 3, id: "kept-0.jpg" }],
    });
    expect(arrivals[2]?.update).toMatchObject({ files: [{ missing: expect.any(String) }] });
    expect(arrivals[3]?.update).toMatchObject({ files: [{ missing: "too large to keep" }] });
    expect(log.lines.join("\n")).not.toContain(TOKEN);
  });

  test("of strangers are not fetched", async () => {
    server = await TelegramServer.start();
    server.files.set("f1", { path: "photos/a.jpg", bytes: new Uint8Array(3) });
    const { arrivals, kept } = open();
    server.write(666, "", photo("f1"));
    await until(() => arrivals.length === 1);
    expect(arrivals[0]?.stranger?.text).toContain("666");
    expect(kept).toEqual([]);
  });
});

describe("webhook", () => {
  const post = (secret: string | undefined, body: string | ReadableStream): Promise<Response> => {
    const headers = { ...(secret && { "x-telegram-bot-api-secret-token": secret }) };
    const url = "http://localhost/hooks/telegram";
    const request = new Request(url, { method: "POST", headers, body });
    const answer = transport?.webhook?.(request, new AbortController().signal);
    return answer ?? Promise.reject(new TypeError("There is no webhook"));
  };

  test("its secret is made, kept and told to Telegram; without it nothing is read", async () => {
    server = await TelegramServer.start();
    const url = "https://bot.example.org";
    const { values, texts } = open({ mode: "webhook", url });
    await until(() => health() === "up");
    const secret = String(values.get("webhook secret"));
    expect(server.webhook).toEqual({ url: `${url}/hooks/telegram`, secret });
    let isRead = false;
    const body = new ReadableStream(
      {
        pull: (controller) => {
          isRead = true;
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    expect((await post("wrong", body)).status).toBe(401);
    expect(isRead).toBeFalse();
    expect((await post(undefined, "{}")).status).toBe(401);
    expect((await post(secret, "no json")).status).toBe(400);
    const message = {
      message_id: 1,
      from: { id: 101, first_name: "A" },
      chat: { id: 101, type: "private" },
      text: "hi",
    };
    expect((await post(secret, JSON.stringify({ update_id: 1, message }))).status).toBe(200);
    expect((await post(secret, JSON.stringify({ update_id: 2, poll: {} }))).status).toBe(200);
    expect(texts).toEqual(["hi"]);
  });

  test("what cannot be taken now is not acknowledged", async () => {
    server = await TelegramServer.start();
    const full = (): Error => new MoultError("model/unavailable", "Stopping");
    open({ mode: "webhook", secret: "0123456789abcdef" }, full);
    const message = {
      message_id: 1,
      from: { id: 101, first_name: "A" },
      chat: { id: 101, type: "private" },
      text: "hi",
    };
    const body = JSON.stringify({ update_id: 1, message });
    expect((await post("0123456789abcdef", body)).status).toBe(503);
  });
});
