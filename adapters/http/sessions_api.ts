/** Routes of sessions and turns. They hand messages to the agent and know nothing of how a turn runs. */
import { checkSession } from "../../runtime/gateway/session_name.ts";
import { MoultError } from "../../schemas/error.ts";
import { MessageBody } from "../../schemas/message.ts";
import { missing } from "./answer.ts";
import { readJson } from "./body.ts";
import { ref } from "./documents.ts";
import type { Asked, Operation } from "./operation.ts";
import type { HttpAgent, Services } from "./services.ts";
import { eventStream } from "./sse.ts";
import { followTurn, seenSeq } from "./turn_stream.ts";

/** The routes below `/api/sessions`, `/api/turns` and `/api/letters`. */
export function sessionOperations(services: Services): readonly Operation[] {
  return [
    ...messageRoutes(services),
    ...sessionRoutes(services),
    ...turnRoutes(services),
    ...letterRoutes(services),
  ];
}

function messageRoutes({ agent }: Services): readonly Operation[] {
  return [
    {
      method: "POST",
      path: "/api/sessions/{session}/messages",
      grant: "send:session/{session}",
      tag: "sessions",
      summary: "Sends a message; answers when its turn has ended",
      description:
        "With `stream: true` the answer is server-sent events: `turn`, `queued`, `token`, `tool_call`, `tool_result`, `refusal`, `done` (the reply) and `error`. A client that was cut off sends the same `id` and text again, with `Last-Event-ID`, and gets the rest.",
      query: { via: "`terminal` for lines that a person types; `http` otherwise" },
      body: MessageBody,
      answer: {
        description: "The reply of the turn",
        types: ["application/json", "text/event-stream"],
        schema: ref("Reply"),
      },
      errors: [
        "session/invalid",
        "channel/unsupported",
        "message/conflict",
        "body/too-large",
        "queue/full",
        "model/unavailable",
      ],
      handle: (asked) => postMessage(agent, asked),
    },
    {
      method: "GET",
      path: "/api/sessions/{session}/messages",
      grant: "read:session/{session}",
      tag: "sessions",
      summary: "Shows the newest messages of a session, oldest first",
      answer: { description: "Its messages", schema: { type: "array", items: ref("Message") } },
      errors: ["session/invalid"],
      handle: async ({ params }) => {
        const { session } = await findSession(agent, params["session"] ?? "");
        return await agent.history(session);
      },
    },
  ];
}

function sessionRoutes({ agent }: Services): readonly Operation[] {
  return [
    {
      method: "GET",
      path: "/api/sessions",
      grant: "list:session",
      tag: "sessions",
      summary: "Lists sessions, newest first",
      answer: { description: "All sessions", schema: { type: "array", items: ref("Session") } },
      handle: () => agent.sessions(),
    },
    {
      method: "GET",
      path: "/api/sessions/{session}",
      grant: "read:session/{session}",
      tag: "sessions",
      summary: "Shows one session",
      answer: { description: "The session", schema: ref("Session") },
      errors: ["session/invalid"],
      handle: ({ params }) => findSession(agent, params["session"] ?? ""),
    },
    {
      method: "DELETE",
      path: "/api/sessions/{session}",
      grant: "delete:session/{session}",
      tag: "sessions",
      summary: "Cancels what runs in a session and deletes all that is kept of it",
      answer: {
        description: "It is gone",
        schema: { type: "object", properties: { removed: { type: "boolean" } } },
      },
      errors: ["session/invalid"],
      handle: async ({ params }) => {
        const session = checkSession(params["session"] ?? "");
        if (await agent.forget(session)) return { removed: true };
        throw unknownSession(session);
      },
    },
  ];
}

function turnRoutes({ agent }: Services): readonly Operation[] {
  return [
    {
      method: "GET",
      path: "/api/turns/{turn}",
      grant: "read:turn/{turn}",
      tag: "sessions",
      summary: "Shows the trace of a turn: its reply and everything that happened",
      answer: { description: "The trace", schema: ref("Trace") },
      errors: ["turn/not-found"],
      handle: ({ params }) => agent.trace(params["turn"] ?? ""),
    },
    {
      method: "POST",
      path: "/api/turns/{turn}/cancel",
      grant: "cancel:turn/{turn}",
      tag: "sessions",
      summary: "Ends a turn early",
      answer: {
        description: "Whether it still ran",
        schema: { type: "object", properties: { cancelled: { type: "boolean" } } },
      },
      errors: ["turn/not-found"],
      handle: async ({ params }) => {
        const turn = params["turn"] ?? "";
        if (await agent.cancel(turn)) return { cancelled: true };
        // Either it has ended, or there is no such turn; then this throws.
        await agent.trace(turn);
        return { cancelled: false };
      },
    },
  ];
}

function letterRoutes({ agent }: Services): readonly Operation[] {
  return [
    {
      method: "GET",
      path: "/api/letters",
      grant: "list:letter",
      tag: "sessions",
      summary: "Lists replies that did not reach their conversation, or may not have; newest first",
      description:
        "`dead`: the transport refused it for good, or every try failed. `unknown`: it was on its way when the connection or the daemon ended; sending it again could repeat it.",
      answer: { description: "Letters", schema: { type: "array", items: ref("Letter") } },
      handle: () => agent.letters(),
    },
  ];
}

async function postMessage(agent: HttpAgent, asked: Asked): Promise<unknown> {
  const { request, params, principal, signal } = asked;
  const session = checkSession(params["session"] ?? "");
  const { text, id, stream } = await readJson(request, MessageBody);
  const routed = await agent.route(protocolOf(request.url), {
    session,
    text,
    principal,
    ...(id === undefined ? {} : { id }),
  });
  if ("dropped" in routed) {
    throw new MoultError("input/invalid", `The channel did not take it: ${routed.dropped}`);
  }
  // A client that leaves ends its waiting, not the turn: the same id fetches the reply later.
  if (!stream) return await agent.wait(routed.turn, signal);
  const leaving = new AbortController();
  signal.addEventListener("abort", () => leaving.abort(), { once: true });
  const after = seenSeq(request.headers.get("last-event-id"), routed.turn);
  const events = followTurn(agent, routed.turn, after, leaving.signal);
  return eventStream(events, () => leaving.abort());
}

/** Which transport a message counts for. Others have their own ways in. */
function protocolOf(url: string): string {
  const start = url.indexOf("?");
  const via = start < 0 ? null : new URLSearchParams(url.slice(start)).get("via");
  if (via === null || via === "http" || via === "terminal") return via ?? "http";
  throw new MoultError("channel/unsupported", `Unsupported protocol: "${via.slice(0, 40)}"`);
}

async function findSession(agent: HttpAgent, name: string): Promise<{ readonly session: string }> {
  const session = checkSession(name);
  const found = await agent.session(session);
  if (found) return found;
  throw unknownSession(session);
}

function unknownSession(session: string): MoultError {
  return missing(`No session is called "${session}"; one begins with its first message`);
}
