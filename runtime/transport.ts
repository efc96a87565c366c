/** The Transport port: one way in and out of the agent. It belongs to `ports.ts` and is long enough for a file. */
import type { Attachment, Principal } from "../schemas/message.ts";
import type { TurnEvent } from "../schemas/turn.ts";

/**
 * A way in and out, as the gateway sees it. Only `channel` and `accept` are needed; the rest is for transports that
 * hold a connection and deliver replies themselves.
 */
export interface Transport {
  /** Session prefix and metrics label, e.g. `rest`. */
  readonly channel: string;
  /**
   * Reads an update: who, where, what, and under which keys it may come again. Several keys, because platforms
   * repeat a message under new ids. Throws `input/invalid` or `session/invalid`.
   */
  readonly accept: (payload: unknown) => Arrival;
  /**
   * Delivers a reply. Absent: the client named the session itself and fetches the reply (HTTP).
   * Rejects with a `MoultError` whose `details.outcome` says what is known: `"permanent"` (never try again),
   * `"retry"` (not delivered; `details.retryAfterMs` may say when), `"later"` (not even tried, the platform takes no
   * more just now; `details.retryAfterMs` says when) or `"unknown"` (it may have arrived).
   * Anything else that is thrown counts as `"unknown"`.
   */
  readonly send?: (delivery: Delivery) => Promise<void>;
  /** Sending it a second time changes nothing for the reader, so that unknown outcomes are sent again. @default false */
  readonly idempotent?: boolean | ((delivery: Delivery) => boolean);
  /**
   * Deliveries on their way at once. What is on its way when the daemon is killed has an unknown outcome; the fewer,
   * the better. @default no bound of its own
   */
  readonly sendingMax?: number;
  /** Cuts a reply into pieces that one delivery can carry, in the channel's own unit. @default one piece */
  readonly split?: (text: string) => readonly string[];
  /** `/start`, `/help`, `/reset` and `/tools` are answered by the gateway, not by the model. @default false */
  readonly commands?: boolean;
  /** Shows a growing answer while its turn runs. Best effort: it must not reject, and ends when the events end. */
  readonly preview?: (growing: Growing) => Promise<void>;
  /** Connects, and stays connected by itself. Called once, when turns can run; must not wait for the platform. */
  readonly open?: (inbound: Inbound) => void;
  /** Takes no more updates. What was not accepted comes again from the platform. */
  readonly close?: () => Promise<void>;
  /** How the connection is. @default up */
  readonly health?: () => TransportHealth;
  /**
   * Answers a request to `/hooks/{channel}`: proves where it comes from before reading it, and answers only after
   * `inbound.route` has resolved. Absent: the channel has no webhook.
   */
  readonly webhook?: (request: Request, signal: AbortSignal) => Promise<Response>;
}

/** How a transport's connection is. */
export interface TransportHealth {
  /** `off`: it gave up and needs the owner, e.g. a wrong token. */
  readonly state: "up" | "connecting" | "down" | "off";
  /** What is wrong and what to do. */
  readonly reason?: string;
  /** As whom and how it is connected, e.g. `@my_bot, polling`. */
  readonly as?: string;
}

/** What a transport with a connection gets from the gateway. */
export interface Inbound {
  /**
   * Hands over an update; when it resolves, the update is durable (or was dropped on purpose) and may be acknowledged.
   * Rejects with `input/invalid` and the like when the update can never be taken: acknowledge it all the same.
   * Rejects with `queue/full`, `model/unavailable` or `internal` when it can be taken later: do not acknowledge it.
   */
  readonly route: (payload: unknown) => Promise<void>;
  /** Keeps a file that came with a message. Rejects with `body/too-large` when there is no room for it. */
  readonly keep: (file: {
    readonly kind: Attachment["kind"];
    readonly name: string;
    readonly mime: string;
    readonly body: ReadableStream<Uint8Array>;
  }) => Promise<Attachment>;
  /** Durable values of this channel. */
  readonly get: (key: string) => Promise<unknown>;
  readonly set: (key: string, value: unknown) => Promise<void>;
}

/** A turn whose answer grows. */
export interface Growing {
  readonly turn: string;
  readonly session: string;
  readonly conversation: string;
  /** From the first one on; ends after `done`. */
  readonly events: AsyncIterable<TurnEvent>;
  /** What `note` wrote down last, perhaps in an earlier process. */
  readonly noted?: unknown;
  /** Writes down, durably, what the final delivery must know: `Delivery.noted`. Throws what the store failed with. */
  readonly note: (facts: unknown) => Promise<void>;
}

/** An update that a transport has understood. */
export interface Arrival {
  /** Handed to the channel function's `receive`. */
  readonly update: object;
  readonly session: string;
  /** The chat inside the channel, as `send` wants it, where no channel function names it. @default the session */
  readonly conversation?: string;
  readonly text: string;
  readonly sender: string;
  readonly principal: Principal;
  /** Unique keys of this message within the channel; empty when it can not be recognised again. */
  readonly keys: readonly string[];
  /** Files that came with it, kept by `Inbound.keep`. @default none */
  readonly attachments?: readonly Attachment[];
  /**
   * The sender may not talk to the agent. They are told this once, ever, in `conversation`; nothing else happens.
   */
  readonly stranger?: { readonly conversation: string; readonly text: string };
}

/** A reply on its way out. */
export interface Delivery {
  readonly id: string;
  readonly turn: string;
  readonly session: string;
  /** The chat inside the channel, as the channel function named it. */
  readonly conversation: string;
  readonly text: string;
  /** 1 at the first try. */
  readonly attempt: number;
  /** Which piece of the reply this is; 0 = the first. */
  readonly part: number;
  /** What the transport wrote down while the answer grew (`Growing.note`). */
  readonly noted?: unknown;
}
