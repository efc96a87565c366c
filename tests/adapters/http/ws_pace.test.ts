/** WebSockets whose client does not read: what is held back, what is lost, and who is cut off. */
import { describe, expect, test } from "bun:test";
import { type Socket, connect as dial } from "node:net";
import { WsConnection } from "../../../adapters/http/ws_connection.ts";
import { OWNER } from "../../../schemas/message.ts";
import { KEY, serve } from "./server.ts";
import { connect } from "./ws_client.ts";

const BEARER = { authorization: `Bearer ${KEY}` };

/** A socket that shakes hands and then reads nothing until told to. */
function dialWithoutReading(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial(port, "127.0.0.1", () => {
      socket.write(
        `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${KEY}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      );
    });
    socket.on("error", reject);
    socket.once("data", () => resolve(socket.pause()));
  });
}

/** A masked text frame, as a client sends it. The mask is zero. */
function masked(frame: object): Buffer {
  const payload = Buffer.from(JSON.stringify(frame));
  const head = Buffer.from([
    0x81,
    0x80 | 126,
    payload.length >> 8,
    payload.length & 255,
    0,
    0,
    0,
    0,
  ]);
  return Buffer.concat([head, payload]);
}

/** Resolves when a count that has begun no longer grows. */
async function standsStill(count: () => number): Promise<void> {
  let before = 0;
  while (count() === 0 || count() !== before) {
    before = count();
    await Bun.sleep(50);
  }
}

describe("a reader that is too slow", () => {
  const TOKENS = 4_000;
  const PIECE = "x".repeat(16_384);

  test("holds its turn's events back, loses none, and keeps no other waiting", async () => {
    const own = serve();
    let given = 0;
    own.agent.follow = async function* follow(turn) {
      if (turn !== "t1") {
        yield { turn, seq: 1, at: 1, type: "token", text: "quick" };
        return;
      }
      for (let seq = 1; seq <= TOKENS; seq++) {
        given = seq;
        yield { turn, seq, at: 1, type: "token", text: PIECE };
      }
    };
    const slow = await dialWithoutReading(own.port);
    slow.write(masked({ type: "message", session: "slow", text: "x" }));
    // It stands still once what the kernel takes, and our own bound, are full.
    await standsStill(() => given);
    expect(given).toBeLessThan(TOKENS / 2);
    const other = await connect(own.url, { headers: BEARER });
    other.send({ type: "message", session: "quick", text: "x" });
    await other.first("token");
    let bytes = 0;
    slow.on("data", (data) => (bytes += data.length)).resume();
    while (bytes < TOKENS * PIECE.length) await Bun.sleep(10);
    expect(given).toBe(TOKENS);
    slow.destroy();
    await other.close();
    await own.stop();
  }, 120_000);

  test("is told how many events it lost for good, and gets the newest", async () => {
    const own = serve();
    const slow = await dialWithoutReading(own.port);
    slow.write(masked({ type: "subscribe", topics: ["model"] }));
    while (own.waitingRequests() === 0) await Bun.sleep(2);
    await Bun.sleep(20);
    const filler = PIECE.slice(-4_096);
    for (let n = 0; n < 6_000; n++) own.hub.publish("model.state", { n, text: filler });
    let text = "";
    slow.on("data", (data) => (text += data.toString("latin1").replaceAll("xxxx", ""))).resume();
    while (!text.includes('"n":5999')) await Bun.sleep(5);
    // What was sent before, what was lost, and what the hub still had are all there were.
    const lost = Number(/"(\d+) events were lost/.exec(text)?.[1]);
    const got = [...text.matchAll(/"n":\d+/g)].length;
    expect(lost).toBeGreaterThan(0);
    expect(lost + got).toBe(6_000);
    slow.destroy();
    await own.stop();
    expect(own.logged.filter(({ level }) => level === "error")).toEqual([]);
  }, 120_000);

  test("is cut off when it goes on asking without reading the answers", async () => {
    const own = serve();
    const slow = await dialWithoutReading(own.port);
    const ended = new Promise<void>((resolve) => slow.on("close", () => resolve()));
    const wrong = masked({ type: "x".repeat(200) });
    const many = Buffer.concat(Array.from({ length: 2_000 }, () => wrong));
    const flood = setInterval(() => slow.writable && slow.write(many), 1);
    while (own.waitingRequests() > 0) await Bun.sleep(5);
    clearInterval(flood);
    slow.resume();
    await ended;
    await own.stop();
  }, 120_000);

  test("that subscribes again and again leaves nothing behind that waits for it to read", async () => {
    const own = serve();
    own.hub.publish("model.state", { state: "ready" });
    let looks = 0;
    // As Bun's, with a client behind it that reads nothing.
    const stuck = {
      getBufferedAmount: () => {
        looks++;
        return 1_048_576;
      },
      send: () => 0,
      close: () => undefined,
    };
    const { agent, hub } = own;
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const connection = new WsConnection({ agent, hub, log, principal: OWNER, onFrame: () => {} });
    connection.opened(stuck as never);
    for (let n = 0; n < 100; n++) {
      connection.received('{"type":"subscribe","topics":["model"],"lastEventId":0}');
      await Bun.sleep(0);
    }
    looks = 0;
    connection.drained();
    await Bun.sleep(0);
    expect(looks).toBe(1);
    connection.closed();
    await own.stop();
  });
});
