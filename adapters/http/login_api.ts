/** Routes that log a browser in and out. */
import * as v from "valibot";
import { json } from "./answer.ts";
import type { Guard } from "./auth.ts";
import { readJson } from "./body.ts";
import type { Operation } from "./operation.ts";
import { enterPage, loginPage } from "./page.ts";
import { TICKET_MS_MAX } from "./tickets.ts";

const LoginBody = v.strictObject({ key: v.pipe(v.string(), v.maxLength(500)) });

/** The routes of logins. */
export function loginOperations(guard: Guard): readonly Operation[] {
  const answer = {
    description: "The cookie is set",
    schema: { type: "object", properties: { loggedIn: { type: "boolean" } } },
  };
  return [
    {
      method: "POST",
      path: "/api/login",
      tag: "daemon",
      summary: "Logs a browser in: sets an HttpOnly cookie that stands for the key",
      body: LoginBody,
      answer,
      errors: ["auth/missing"],
      handle: async ({ request }) => {
        const { key } = await readJson(request, LoginBody);
        return json({ loggedIn: true }, 200, { "set-cookie": guard.login(key.trim()) });
      },
    },
    {
      method: "POST",
      path: "/api/login/ticket",
      tag: "daemon",
      grant: "create:login",
      summary: "Makes an address that logs one browser in, once, without showing it the key",
      answer: {
        description: "Where to send the browser, and how long that works",
        schema: {
          type: "object",
          properties: { path: { type: "string" }, expiresInMs: { type: "integer" } },
          required: ["path", "expiresInMs"],
        },
      },
      handle: () => ({
        path: `/api/login?ticket=${guard.ticket()}`,
        expiresInMs: TICKET_MS_MAX,
      }),
    },
    {
      method: "GET",
      path: "/api/login",
      tag: "daemon",
      summary: "Logs the browser in that brings a ticket, and leads it to /",
      query: { ticket: "from `POST /api/login/ticket`" },
      answer: { description: "The cookie is set", types: ["text/html"] },
      errors: ["auth/missing"],
      handle: ({ request }) => enter(guard, request),
    },
    {
      method: "POST",
      path: "/api/logout",
      tag: "daemon",
      grant: "read:status",
      summary: "Logs a browser out",
      answer,
      handle: () => json({ loggedIn: false }, 200, { "set-cookie": guard.logout() }),
    },
  ];
}

/** Lets a browser in by its ticket. One that comes too late sees the form, which asks for the key. */
function enter(guard: Guard, { url, headers }: Request): Response {
  try {
    const response = enterPage();
    const cookie = guard.redeem(new URL(url).searchParams.get("ticket") ?? "", headers);
    if (cookie !== undefined) response.headers.set("set-cookie", cookie);
    return response;
  } catch (error) {
    if (headers.get("accept")?.includes("text/html") === true) return loginPage();
    throw error;
  }
}
