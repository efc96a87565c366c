/** Routes of the daemon itself: health, events, status, secrets, login, end. */
import * as v from "valibot";
import { MoultError, toWire } from "../../schemas/error.ts";
import { json } from "./answer.ts";
import type { Guard } from "./auth.ts";
import { readJson } from "./body.ts";
import { ref } from "./documents.ts";
import { loginOperations } from "./login_api.ts";
import { type EventFeed, openFeed, seenId } from "./event_feed.ts";
import type { Operation } from "./operation.ts";
import type { Services } from "./services.ts";
import { type StreamEvent, eventStream } from "./sse.ts";

/** The answer of `POST /api/stop` is on its way before the end begins. */
const STOP_DELAY_MS = 20;

const SecretBody = v.strictObject({ value: v.string() });

/** The routes of the daemon. */
export function daemonOperations(
  services: Services,
  guard: Guard,
  metricsPublic: boolean,
): readonly Operation[] {
  return [
    ...healthRoutes(metricsPublic),
    ...lifeRoutes(services),
    ...loginOperations(guard),
    ...secretRoutes(services),
  ];
}

function healthRoutes(metricsPublic: boolean): readonly Operation[] {
  return [
    {
      method: "GET",
      path: "/healthz",
      tag: "daemon",
      summary: "Says that the daemon is alive",
      answer: { description: "Alive", types: ["text/plain"] },
    },
    {
      method: "GET",
      path: "/readyz",
      tag: "daemon",
      summary: "Says whether messages can be answered; 503 with the reasons when not",
      answer: { description: "Ready", schema: ref("Ready") },
    },
    {
      method: "GET",
      path: "/metrics",
      ...(metricsPublic ? {} : { grant: "read:metrics" }),
      tag: "daemon",
      summary: "Prometheus metrics",
      answer: { description: "Text exposition", types: ["text/plain"] },
    },
  ];
}

function lifeRoutes({ hub, status, stop, log }: Services): readonly Operation[] {
  return [
    {
      method: "GET",
      path: "/api/status",
      grant: "read:status",
      tag: "daemon",
      summary: "Shows version, process, model, sandbox and counts",
      answer: { description: "The daemon", schema: { type: "object" } },
      handle: status,
    },
    {
      method: "GET",
      path: "/api/events",
      grant: "read:events",
      tag: "daemon",
      summary: "Streams what happens: reloads, refusals, turns, logs, health",
      description:
        "Begins with the next event; with `Last-Event-ID` it first repeats kept ones with a higher id. Ids go on rising over restarts.",
      answer: { description: "Server-sent events", types: ["text/event-stream"] },
      handle: ({ request, signal, stopping }) => {
        const after = seenId(request.headers.get("last-event-id"));
        const feed = openFeed(hub, after === undefined ? {} : { after });
        signal.addEventListener("abort", feed.close, { once: true });
        stopping.addEventListener("abort", feed.close, { once: true });
        return eventStream(toStream(feed), feed.close);
      },
    },
    {
      method: "POST",
      path: "/api/stop",
      grant: "manage:daemon",
      tag: "daemon",
      summary: "Ends the daemon",
      answer: {
        status: 202,
        description: "It ends",
        schema: { type: "object", properties: { stopping: { type: "boolean" } } },
      },
      handle: () => {
        setTimeout(() => {
          void Promise.resolve(stop()).catch((error: unknown) => {
            log.error({ error }, "Could not stop in order");
          });
        }, STOP_DELAY_MS);
        return json({ stopping: true }, 202);
      },
    },
  ];
}

function secretRoutes({ secrets }: Services): readonly Operation[] {
  return [
    {
      method: "GET",
      path: "/api/secrets",
      grant: "list:secret",
      tag: "daemon",
      summary: "Lists the names of secrets; values never leave",
      answer: { description: "Names", schema: { type: "array", items: { type: "string" } } },
      handle: () => secrets.list(),
    },
    {
      method: "PUT",
      path: "/api/secrets/{name}",
      grant: "write:secret/{name}",
      tag: "daemon",
      summary: "Sets a secret",
      body: SecretBody,
      answer: {
        description: "It is set",
        schema: { type: "object", properties: { name: { type: "string" } } },
      },
      handle: async ({ request, params }) => {
        const name = params["name"] ?? "";
        const { value } = await readJson(request, SecretBody);
        await secrets.set(name, value);
        return { name };
      },
    },
    {
      method: "DELETE",
      path: "/api/secrets/{name}",
      grant: "write:secret/{name}",
      tag: "daemon",
      summary: "Removes a secret",
      answer: {
        description: "Whether there was one",
        schema: { type: "object", properties: { removed: { type: "boolean" } } },
      },
      handle: async ({ params }) => ({ removed: await secrets.remove(params["name"] ?? "") }),
    },
  ];
}

/**
 * The events of a feed as a stream.
 *
 * @yields {StreamEvent} each event; what was lost as an error, which does not end the stream
 */
async function* toStream({ events }: EventFeed): AsyncGenerator<StreamEvent> {
  let id = "";
  for await (const event of events) {
    if (typeof event === "number") {
      const text = `${event} events were lost, because this client reads too slowly`;
      yield { id, type: "error", data: toWire(new MoultError("queue/full", text)) };
      continue;
    }
    id = String(event.id);
    yield { id, type: event.type, data: event };
  }
}
