/**
 * One WebSocket: its messages become turns that it follows, several at once, and it may subscribe to events.
 * It sends no faster than its client reads. Knows nothing of keys, upgrades and other sockets.
 */
import type { ServerWebSocket } from "bun";
import { MoultError, isMoultError } from "../../schemas/error.ts";
import type { Principal } from "../../schemas/message.ts";
import { checkSession } from "../../runtime/gateway/session_name.ts";
import { authorize } from "./auth.ts";
import { type EventFeed, openFeed, seenId } from "./event_feed.ts";
import type { Services } from "./services.ts";
import { followTurn, seenSeq } from "./turn_stream.ts";
import {
  type ClientFrame,
  type MessageFrame,
  errorFrame,
  isWanted,
  readFrame,
  turnFrame,
} from "./ws_frames.ts";

/** Messages of one socket whose turns have not ended. */
export const IN_FLIGHT_MAX = 64;
/** Bytes that wait for a slow reader before its events are held back. */
const BUFFERED_BYTES_MAX = 262_144;
/** Who sends on and on without reading the answers, until so many bytes of them wait, is cut off. */
const UNREAD_BYTES_MAX = 4 * 1_048_576;
/** Close code: the server goes away; connect again later. */
const GOING_AWAY = 1001;

/** What a connection needs. */
export interface ConnectionParts extends Pick<Services, "agent" | "hub" | "log"> {
  readonly principal: Principal;
  /** Told of every frame. */
  readonly onFrame: () => void;
}

/** A socket that was let in. */
export class WsConnection {
  readonly #parts: ConnectionParts;
  readonly #left = new AbortController();
  #socket: ServerWebSocket<WsConnection> | undefined;
  /** Messages reach their sessions in the order in which they were sent. */
  #routing: Promise<unknown> = Promise.resolve();
  #inFlight = 0;
  /** Turns whose events are being sent: one that is asked for twice is still sent once. */
  readonly #followed = new Set<string>();
  #feed: EventFeed | undefined;
  /** Senders that wait for the client to read. */
  #held: (() => void)[] = [];
  #leaving = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** The socket is open. */
  opened(socket: ServerWebSocket<WsConnection>): void {
    this.#socket = socket;
    if (this.#leaving) this.leave();
  }

  /** A frame came. Never throws. */
  received(data: string | Uint8Array): void {
    this.#parts.onFrame();
    const frame = readFrame(data);
    if ("error" in frame) {
      this.#refuse(frame.error, frame.id);
      return;
    }
    try {
      this.#take(frame);
    } catch (error) {
      this.#refuse(error, frame.id);
    }
  }

  /** The client has read something of what waited. */
  drained(): void {
    for (const go of this.#held.splice(0)) go();
  }

  /** The socket is closed. Its turns go on without it. */
  closed(): void {
    this.#left.abort();
    this.#feed?.close();
    this.drained();
  }

  /** Closes it because the server ends: at once, or when its last turn has ended. */
  leave(): void {
    this.#leaving = true;
    if (this.#inFlight === 0) this.#socket?.close(GOING_AWAY, "The daemon stops");
  }

  #take(frame: ClientFrame): void {
    const { principal } = this.#parts;
    switch (frame.type) {
      case "message":
        authorize(principal, `send:session/${checkSession(frame.session)}`);
        this.#message(frame);
        break;
      case "cancel":
        authorize(principal, `cancel:turn/${frame.turn}`);
        void this.#cancel(frame).catch((error: unknown) => this.#refuse(error, frame.id));
        break;
      case "subscribe":
        authorize(principal, "read:events");
        this.#subscribe(frame);
        break;
    }
  }

  #message(frame: MessageFrame): void {
    if (frame.lastEventId !== undefined && frame.id === undefined) {
      throw new MoultError(
        "input/invalid",
        '"lastEventId" goes on with an earlier message; send that one\'s "id" too',
      );
    }
    if (this.#inFlight >= IN_FLIGHT_MAX) {
      throw new MoultError(
        "queue/full",
        `${IN_FLIGHT_MAX} messages of this socket are not answered yet; send it again later`,
      );
    }
    this.#inFlight++;
    const routed = this.#routing.then(() => this.#route(frame));
    this.#routing = routed.catch(() => undefined);
    void routed
      .then((turn) => this.#follow(turn, frame))
      .catch((error: unknown) => this.#refuse(error, frame.id))
      .finally(() => {
        this.#inFlight--;
        if (this.#leaving) this.leave();
      });
  }

  async #route({ session, text, id }: MessageFrame): Promise<string> {
    const { agent, principal } = this.#parts;
    const message = { session, text, principal, ...(id === undefined ? {} : { id }) };
    const routed = await agent.route("http", message);
    if (!("dropped" in routed)) return routed.turn;
    throw new MoultError("input/invalid", `The channel did not take it: ${routed.dropped}`);
  }

  async #follow(turn: string, { id, lastEventId }: MessageFrame): Promise<void> {
    if (this.#followed.has(turn)) return;
    this.#followed.add(turn);
    const { signal } = this.#left;
    const after = seenSeq(lastEventId, turn);
    for await (const event of followTurn(this.#parts.agent, turn, after, signal)) {
      if (!(await this.#room())) return;
      this.#send(turnFrame(event, { turn, message: id }));
    }
    this.#followed.delete(turn);
  }

  async #cancel({ turn, id }: Extract<ClientFrame, { type: "cancel" }>): Promise<void> {
    const { agent } = this.#parts;
    const cancelled = await agent.cancel(turn);
    // Either it has ended, or there is no such turn; then this throws.
    if (!cancelled) await agent.trace(turn);
    this.#answer(JSON.stringify({ type: "cancelled", turn, cancelled, id }));
  }

  #subscribe(frame: Extract<ClientFrame, { type: "subscribe" }>): void {
    const { topics, id } = frame;
    this.#feed?.close();
    this.#feed = undefined;
    // Whoever was held back for the one before has nothing to wait for any more.
    this.drained();
    this.#answer(JSON.stringify({ type: "subscribed", topics, id }));
    if (topics.length === 0) return;
    const after = seenId(frame.lastEventId);
    const feed = openFeed(this.#parts.hub, {
      wanted: isWanted(topics),
      ...(after === undefined ? {} : { after }),
    });
    this.#feed = feed;
    void this.#tell(feed);
  }

  async #tell(feed: EventFeed): Promise<void> {
    const isCurrent = (): boolean => this.#feed === feed;
    for await (const event of feed.events) {
      if (!(await this.#room(isCurrent)) || !isCurrent()) return;
      this.#send(typeof event === "number" ? lostFrame(event) : JSON.stringify(event));
    }
  }

  /** Resolves when the client has read enough, or it is no longer wanted; `false` when the client is gone. */
  async #room(isWaiting = (): boolean => true): Promise<boolean> {
    const { signal } = this.#left;
    while (!signal.aborted && isWaiting() && this.#buffered > BUFFERED_BYTES_MAX) {
      await new Promise<void>((resolve) => this.#held.push(resolve));
    }
    return !signal.aborted;
  }

  get #buffered(): number {
    return this.#socket?.getBufferedAmount() ?? 0;
  }

  #send(frame: string): void {
    this.#socket?.send(frame);
  }

  /** Sends what answers a frame at once. It cannot be held back, so who does not read it is cut off. */
  #answer(frame: string): void {
    if (this.#left.signal.aborted) return;
    this.#send(frame);
    if (this.#buffered > UNREAD_BYTES_MAX) this.#socket?.terminate();
  }

  #refuse(error: unknown, id: string | undefined): void {
    if (this.#left.signal.aborted) return;
    if (!isMoultError(error)) this.#parts.log.error({ error, route: "/ws" }, "A frame failed");
    this.#answer(errorFrame(error, id));
  }
}

function lostFrame(count: number): string {
  const text = `${count} events were lost, because this socket reads too slowly`;
  return errorFrame(new MoultError("queue/full", text), undefined);
}
