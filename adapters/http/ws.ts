/** `/ws`: lets WebSockets in and out. Knows who may connect and how many; what is said on them it leaves to others. */
import type { Server, WebSocketHandler } from "bun";
import { MoultError } from "../../schemas/error.ts";
import type { Principal } from "../../schemas/message.ts";
import { Refusal } from "./answer.ts";
import type { Operation } from "./operation.ts";
import { type ConnectionParts, WsConnection } from "./ws_connection.ts";
import { FRAME_BYTES_MAX } from "./ws_frames.ts";

/** Where WebSockets connect. */
export const WS_PATH = "/ws";
/** Open sockets. Each takes some kilobytes and a file descriptor. */
const SOCKETS_MAX = 4_096;
/** A client that is silent for so long is sent a ping a little before, and is closed when it does not answer. */
const IDLE_SECONDS = 30;

/** The sockets of a server. */
export class WebSockets {
  readonly #parts: Omit<ConnectionParts, "principal">;
  readonly #open = new Set<WsConnection>();
  #stopping = false;

  constructor(parts: Omit<ConnectionParts, "principal">) {
    this.#parts = parts;
  }

  /** What Bun calls. */
  readonly handler: WebSocketHandler<WsConnection> = {
    // Up to the second size a frame is refused with a document; beyond it the socket is closed with 1009.
    maxPayloadLength: 2 * FRAME_BYTES_MAX,
    // A connection holds itself back; Bun would drop frames.
    backpressureLimit: 0,
    idleTimeout: IDLE_SECONDS,
    sendPings: true,
    perMessageDeflate: false,
    open: (socket) => socket.data.opened(socket),
    message: (socket, data) => socket.data.received(data),
    drain: (socket) => socket.data.drained(),
    close: (socket) => {
      this.#open.delete(socket.data);
      socket.data.closed();
    },
  };

  /** How many are open. */
  get count(): number {
    return this.#open.size;
  }

  /**
   * Makes a request that was let in a WebSocket.
   *
   * @throws {MoultError} when it asks for none, or there are too many
   */
  upgrade(request: Request, server: Server<WsConnection>, principal: Principal): void {
    if (this.#stopping) {
      throw new MoultError("model/unavailable", "The daemon is stopping; connect again later");
    }
    if (this.#open.size >= SOCKETS_MAX) {
      throw new MoultError("queue/full", `${SOCKETS_MAX} WebSockets are open; connect again later`);
    }
    const data = new WsConnection({ ...this.#parts, principal });
    // Never the key, which a client may have sent beside it.
    const isNamed = request.headers.has("sec-websocket-protocol");
    const headers = isNamed ? { "sec-websocket-protocol": SUBPROTOCOL } : undefined;
    this.#open.add(data);
    if (server.upgrade(request, { data, ...(headers ? { headers } : {}) })) return;
    this.#open.delete(data);
    throw new Refusal(426, "input/invalid", "This path takes WebSockets only; see /docs", {
      headers: {
        upgrade: "websocket",
      },
    });
  }

  /** Takes no more, and closes those there are when their turns have ended. */
  stop(): void {
    this.#stopping = true;
    for (const connection of this.#open) connection.leave();
  }
}

/** The one sub-protocol there is. */
export const SUBPROTOCOL = "moult";

/** How `/docs` shows it; the front answers it by itself. */
export function socketOperations(): readonly Operation[] {
  return [
    {
      method: "GET",
      path: WS_PATH,
      grant: "open:socket",
      tag: "sessions",
      summary: "WebSocket: messages, their turns, and events",
      description:
        'Send `ClientFrame`s as JSON text: `{"type":"message","session":"me","text":"hello","id":"1"}`, `{"type":"cancel","turn":"…"}`, `{"type":"subscribe","topics":["turn"]}`. ' +
        "Get `ServerFrame`s: the events of your messages' turns as server-sent events have them, those of `/api/events` that you subscribed to, and errors. " +
        "Several turns run at once; closing the socket cancels none. After a cut, send the same `id` and text again with `lastEventId`. " +
        'A browser may send the key as sub-protocol: `new WebSocket(url, ["moult", key])`.',
      answer: { status: 101, description: "The connection is a WebSocket now", types: [] },
      errors: ["queue/full", "model/unavailable"],
    },
  ];
}
