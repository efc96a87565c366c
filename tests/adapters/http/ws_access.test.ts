/** Who may open a WebSocket, and what it needs a grant for. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { WsConnection } from "../../../adapters/http/ws_connection.ts";
import { KEY, type TestServer, serve } from "./server.ts";
import { type ConnectOptions, type Frame, connect, handshake } from "./ws_client.ts";

const BEARER = { authorization: `Bearer ${KEY}` };

let server: TestServer;
beforeAll(() => {
  server = serve();
});
afterAll(() => server.stop());

describe("a socket is let in", () => {
  test("with the key as a header, and nobody invents a sub-protocol", async () => {
    const { status, headers } = await handshake(server.url, { headers: BEARER });
    expect([status, headers.get("sec-websocket-protocol")]).toEqual([101, null]);
  });

  test("with the key as second sub-protocol, which is never sent back", async () => {
    const answer = await handshake(server.url, {
      headers: { "sec-websocket-protocol": `moult,  ${KEY}`, origin: server.url },
    });
    expect([answer.status, answer.headers.get("sec-websocket-protocol")]).toEqual([101, "moult"]);
    expect(JSON.stringify([...answer.headers])).not.toContain(KEY);
    const client = await connect(server.url, { protocols: ["moult", KEY] });
    expect(client.socket.protocol).toBe("moult");
    await client.close();
  });

  test("with the cookie of a login, from a page of its own", async () => {
    const login = await fetch(`${server.url}/api/login`, {
      method: "POST",
      body: JSON.stringify({ key: KEY }),
    });
    const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
    const mine = await handshake(server.url, { headers: { cookie, origin: server.url } });
    expect(mine.status).toBe(101);
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1", "file://"]) {
      const theirs = await handshake(server.url, { headers: { cookie, origin } });
      expect([origin, theirs.status]).toEqual([origin, 403]);
    }
  });

  test.each<[string, ConnectOptions, number, string]>([
    ["no key", {}, 401, "auth/missing"],
    ["a wrong key", { headers: { authorization: "Bearer moult_wrong" } }, 401, "auth/missing"],
    ["a wrong key as sub-protocol", { protocols: ["moult", "nope"] }, 401, "auth/missing"],
    ["an empty key as sub-protocol", { protocols: ["moult", ""] }, 401, "auth/missing"],
    ["the key in the query", { path: `/ws?key=${KEY}` }, 401, "auth/missing"],
    ["the key before the name", { protocols: [KEY, "moult"] }, 400, "input/invalid"],
    ["another sub-protocol", { protocols: ["graphql-ws"] }, 400, "input/invalid"],
    ["more beside the key", { protocols: ["moult", KEY, "x"] }, 400, "input/invalid"],
    ["a wrong cookie", { headers: { cookie: "moult_1=a.b" } }, 401, "auth/missing"],
    [
      "a foreign origin",
      { headers: { ...BEARER, origin: "https://evil.example" } },
      403,
      "policy/denied",
    ],
    ["a foreign name", { headers: { ...BEARER, host: "evil.example" } }, 403, "policy/denied"],
  ])("not with %s", async (_, { path, headers, protocols }, status, code) => {
    const answer = await handshake(server.url, {
      ...(path === undefined ? {} : { path }),
      headers: {
        ...headers,
        ...(protocols ? { "sec-websocket-protocol": protocols.join(", ") } : {}),
      },
    });
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([status, code]);
    expect(answer.text + JSON.stringify([...answer.headers])).not.toContain(KEY);
  });

  test("only when it asks for one: a plain GET is told what the path is for", async () => {
    const answer = await server.ask("/ws");
    expect([answer.status, answer.headers.get("upgrade")]).toEqual([426, "websocket"]);
    expect((await server.post("/ws")).status).toBe(405);
  });
});

describe("a principal without grants", () => {
  test("may neither write, nor cancel another's turn, nor listen", () => {
    const { agent, hub } = server;
    const sent: Frame[] = [];
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const principal = { id: "guest", role: "viewer" } as const;
    const connection = new WsConnection({ agent, hub, log, principal, onFrame: () => {} });
    // What Bun hands over; only these are used.
    connection.opened({
      send: (text: string) => sent.push(JSON.parse(text) as Frame),
      getBufferedAmount: () => 0,
    } as never);
    const cancelled = agent.cancelled.length;
    connection.received(JSON.stringify({ type: "message", session: "me", text: "hi" }));
    connection.received(JSON.stringify({ type: "cancel", turn: "t1" }));
    connection.received(JSON.stringify({ type: "subscribe", topics: ["*"] }));
    expect(sent.map(({ error }) => error)).toEqual([
      { code: "policy/denied", message: '"guest" lacks the grant send:session/me' },
      { code: "policy/denied", message: '"guest" lacks the grant cancel:turn/t1' },
      { code: "policy/denied", message: '"guest" lacks the grant read:events' },
    ]);
    expect(agent.cancelled).toHaveLength(cancelled);
  });
});
