/** Wrong requests, one row each: what it answers, and that it says what to do without repeating what was sent. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type TestServer, errorOf, serve } from "./server.ts";

let server: TestServer;
beforeAll(async () => {
  server = serve();
  await server.post("/api/sessions/me/messages", { text: "first", id: "taken" });
});
afterAll(() => server.stop());

const CANARY = "canary-9f8e7d";
const MESSAGES = "/api/sessions/me/messages";

interface Row {
  readonly what: string;
  readonly ask: [method: string, path: string, body?: string];
  readonly status: number;
  readonly code: string;
  /** Words of the message that tell what to do. */
  readonly says: string;
}

const message = (what: string, body: unknown, says: string, status = 400): Row => ({
  what,
  ask: ["POST", MESSAGES, typeof body === "string" ? body : JSON.stringify(body)],
  status,
  code: status === 413 ? "body/too-large" : "input/invalid",
  says,
});
const session = (name: string): Row => ({
  what: `session name ${name.slice(0, 20)}`,
  ask: ["POST", `/api/sessions/${name}/messages`, '{"text":"x"}'],
  status: 400,
  code: "session/invalid",
  says: "1 to 128",
});

const ROWS: readonly Row[] = [
  message("a body that is no JSON", `{"text": ${CANARY}`, "not JSON"),
  message("an empty body", "", "send JSON"),
  message("a number as body", "1", "expected Object"),
  message("a list as body", "[]", "missing"),
  message("a message without text", {}, '"text": missing'),
  message("a text that is a number", { text: 1 }, '"text": expected string'),
  message("a text that is null", { text: null }, '"text": expected string'),
  message("a blank text", { text: " \n" }, "empty"),
  message("a text of 100 001 characters", { text: "x".repeat(100_001) }, "100000", 413),
  message("a body over a megabyte", { text: "x".repeat(1_100_000) }, "1048576", 413),
  message("an id that is a list", { text: "x", id: [CANARY] }, '"id": expected string'),
  message("an empty id", { text: "x", id: "" }, "at least 1"),
  message("an id of 201 characters", { text: "x", id: CANARY.repeat(20) }, "at most 200"),
  message("a stream that is a word", { text: "x", stream: CANARY }, '"stream": expected boolean'),
  message("an unknown field", { text: "x", sesion: CANARY }, '"sesion": unknown field'),
  {
    what: "an id that was used with another text",
    ask: ["POST", MESSAGES, '{"text":"second","id":"taken"}'],
    status: 409,
    code: "message/conflict",
    says: "another text",
  },
  session("a%20b"),
  session("a%2Fb"),
  session("%zz"),
  session("%00"),
  session("..%2f..%2fetc"),
  session("ü"),
  session("x".repeat(129)),
  session("a;b"),
  {
    what: "an unknown session",
    ask: ["GET", "/api/sessions/nobody"],
    status: 404,
    code: "input/invalid",
    says: "first message",
  },
  {
    what: "deleting an unknown session",
    ask: ["DELETE", "/api/sessions/nobody"],
    status: 404,
    code: "input/invalid",
    says: "first message",
  },
  {
    what: "an unknown function",
    ask: ["GET", "/api/functions/nope"],
    status: 404,
    code: "function/not-found",
    says: "GET /api/functions",
  },
  {
    what: "a function's name with bad characters",
    ask: ["GET", `/api/functions/${CANARY}%0a`],
    status: 404,
    code: "function/not-found",
    says: "GET /api/functions",
  },
  {
    what: "logs of an unknown function",
    ask: ["GET", "/api/functions/nope/logs"],
    status: 404,
    code: "function/not-found",
    says: "GET /api/functions",
  },
  {
    what: "rolling back an unknown function",
    ask: ["POST", "/api/functions/nope/rollback"],
    status: 404,
    code: "function/not-found",
    says: "GET /api/functions",
  },
  {
    what: "approving an unknown function",
    ask: ["POST", "/api/functions/nope/approve", "{}"],
    status: 404,
    code: "function/not-found",
    says: "GET /api/functions",
  },
  {
    what: "approving without saying what was read",
    ask: ["POST", "/api/functions/hello/approve", "{}"],
    status: 400,
    code: "input/invalid",
    says: "hash",
  },
  {
    what: "taking back what an unknown function was given",
    ask: ["POST", "/api/functions/nope/revoke"],
    status: 404,
    code: "function/not-found",
    says: "GET /api/functions",
  },
  {
    what: "calling an unknown function",
    ask: ["POST", "/fn/nope", "{}"],
    status: 404,
    code: "function/not-found",
    says: "nope",
  },
  {
    what: "calling a path below a function",
    ask: ["POST", "/fn/hello/more", "{}"],
    status: 404,
    code: "function/not-found",
    says: "function",
  },
  {
    what: "calling with GET",
    ask: ["GET", "/fn/hello"],
    status: 405,
    code: "input/invalid",
    says: "takes POST",
  },
  {
    what: "a call over ten megabytes",
    ask: ["POST", "/fn/hello", "x".repeat(10 * 1_048_576 + 1)],
    status: 413,
    code: "body/too-large",
    says: "10485760",
  },
  {
    what: "an unknown turn",
    ask: ["GET", "/api/turns/none"],
    status: 404,
    code: "turn/not-found",
    says: "turn",
  },
  {
    what: "cancelling an unknown turn",
    ask: ["POST", "/api/turns/none/cancel"],
    status: 404,
    code: "turn/not-found",
    says: "turn",
  },
  {
    what: "an unknown path",
    ask: ["GET", "/api/nothing"],
    status: 404,
    code: "input/invalid",
    says: "/docs",
  },
  {
    what: "a wrong method",
    ask: ["PATCH", "/api/functions"],
    status: 405,
    code: "input/invalid",
    says: "takes GET",
  },
  {
    what: "a preflight",
    ask: ["OPTIONS", MESSAGES],
    status: 405,
    code: "input/invalid",
    says: "takes POST, GET",
  },
  {
    what: "a secret without a value",
    ask: ["PUT", "/api/secrets/NAME", "{}"],
    status: 400,
    code: "input/invalid",
    says: '"value": missing',
  },
  {
    what: "reading a secret",
    ask: ["GET", "/api/secrets/NAME"],
    status: 405,
    code: "input/invalid",
    says: "takes PUT, DELETE",
  },
  {
    what: "a login without a key",
    ask: ["POST", "/api/login", "{}"],
    status: 400,
    code: "input/invalid",
    says: '"key": missing',
  },
  {
    what: "a file that the API page has not",
    ask: ["GET", "/docs/ui/..%2f..%2fpackage.json"],
    status: 404,
    code: "input/invalid",
    says: "no such file",
  },
];

describe("a wrong request", () => {
  test.each(ROWS.map((row) => [row.what, row] as const))("%s is explained", async (_, row) => {
    const [method, path, body] = row.ask;
    const answer = await server.ask(path, { method, ...(body === undefined ? {} : { body }) });
    const text = await answer.clone().text();
    expect(answer.headers.get("content-type")).toContain("application/json");
    const { code, message: said } = await errorOf(answer);
    expect([answer.status, code]).toEqual([row.status, row.code]);
    expect(said).toContain(row.says);
    expect(said).not.toMatch(/\.$/);
    expect(text).not.toContain(CANARY);
    if (row.status === 405) expect(answer.headers.get("allow")).toBeTruthy();
  });

  test("of unknown length is cut at the limit", async () => {
    server.functions.call = async (_name, { body }) =>
      await new Response(body).text().then(
        () => new Response("{}"),
        () => new Response("cut", { status: 502 }),
      );
    for (const [path, bytes] of [
      [MESSAGES, 1_048_576],
      ["/fn/hello", 10 * 1_048_576],
    ] as const) {
      const chunk = new Uint8Array(262_144).fill(32);
      let left = bytes / chunk.length + 2;
      const body = new ReadableStream({
        pull(controller) {
          if (left-- > 0) controller.enqueue(chunk);
          else controller.close();
        },
      });
      const answer = await server.ask(path, { method: "POST", body });
      expect([path, answer.status]).toEqual([path, 413]);
      expect((await errorOf(answer)).message).toContain(String(bytes));
    }
  });

  test("leaves the server as it was", async () => {
    expect((await server.post(MESSAGES, { text: "still here" })).status).toBe(200);
    expect((await server.post("/fn/hello", { name: "Ada" })).status).toBe(200);
  });
});

describe("a bug of ours", () => {
  test("answers 500 without its text, which is in the log", async () => {
    const answer = await server.post(MESSAGES, { text: "break" });
    expect(answer.status).toBe(500);
    const { code, message: said } = await errorOf(answer);
    expect(code).toBe("internal");
    expect(said).not.toContain("secret internals");
    const logged = server.logged.find(({ level }) => level === "error");
    expect(String(Object.values(logged?.facts ?? {})[0])).toContain("secret internals");
  });
});
