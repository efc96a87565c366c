/** The agent as its clients see it: HTTP, the terminal and every transport talk to this and to nothing behind it. */
import type {
  HistoryItem,
  Letter,
  SessionInfo,
  Store,
  Transport,
  TransportHealth,
} from "../ports.ts";
import type { Hooks } from "./hooks.ts";
import type { Reply, Trace, TurnEvent } from "../../schemas/turn.ts";

/** What became of an update. */
export type Routed =
  | {
      readonly turn: string;
      readonly session: string;
      /** The message was accepted before; `turn` is the first one's. */
      readonly duplicate: boolean;
    }
  /** A channel function did not take it. */
  | { readonly dropped: string };

/** Takes messages, runs their turns, delivers the replies. */
export interface Agent {
  /** Names a transport. Throws a `TypeError` when the protocol has one already. */
  readonly register: (protocol: string, transport: Transport) => void;
  /**
   * Accepts an update; when it resolves, the message is durable and its turn will run, whatever is killed.
   *
   * @throws {MoultError} `channel/unsupported`, `input/invalid`, `session/invalid`, `message/conflict`, `queue/full`,
   * what the channel function failed with, or `internal` when the message could not be written down
   */
  readonly route: (protocol: string, payload: unknown) => Promise<Routed>;
  /**
   * The reply of a turn, once it has ended. Aborting only stops the waiting.
   *
   * @throws {MoultError} `turn/not-found`; `model/unavailable` when the daemon stops first (the turn resumes later)
   */
  readonly wait: (turn: string, signal?: AbortSignal) => Promise<Reply>;
  /**
   * The events of a turn with `seq` above `afterSeq`, then live ones; ends after `done`.
   * A turn that ended in an earlier process has its events without the tokens.
   *
   * @throws {MoultError} as `wait()`
   */
  readonly follow: (
    turn: string,
    afterSeq: number,
    signal?: AbortSignal,
  ) => AsyncIterable<TurnEvent>;
  /** Ends a turn that waits or runs, with the outcome `cancelled`. `false`: there is none of this id. */
  readonly cancel: (turn: string) => Promise<boolean>;
  /** @throws {MoultError} `turn/not-found` */
  readonly trace: (turn: string) => Promise<Trace>;
  /** One session; `undefined` when there is none of this name. */
  readonly session: (session: string) => Promise<SessionInfo | undefined>;
  /** The newest 1_000, newest first. */
  readonly sessions: () => Promise<readonly SessionInfo[]>;
  /** Newest items of a session, oldest first. @throws {MoultError} `session/invalid` */
  readonly history: (session: string) => Promise<readonly HistoryItem[]>;
  /** Cancels what runs in a session and deletes all that is kept of it. `false`: there was nothing. */
  readonly forget: (session: string) => Promise<boolean>;
  /** Replies that did not reach their conversation, or may not have; newest first. */
  readonly letters: () => Promise<readonly Letter[]>;
  /**
   * Starts a turn that no update asked for, a trigger's for example. Its keys make it happen once.
   *
   * @throws {MoultError} as `route()`
   */
  readonly begin: (
    order: Parameters<Store["accept"]>[0],
  ) => Promise<{ readonly turn: string; readonly session: string; readonly duplicate: boolean }>;
  /** Hands a request to `/hooks/{channel}` to its transport. @throws {MoultError} `channel/unsupported` */
  readonly webhook: (channel: string, request: Request, signal: AbortSignal) => Promise<Response>;
  /** Whose the paths below `/hooks` are. */
  readonly hooks: Pick<Hooks, "find" | "list" | "isWebhook">;
  /** How the transports are that hold a connection. */
  readonly health: () => readonly (TransportHealth & { readonly channel: string })[];
  /** Resumes unfinished turns, oldest first, and deliveries; opens transports. They are registered before; all other calls wait for it. */
  readonly start: () => Promise<void>;
  /** Takes nothing more, gives running turns a few seconds, leaves the rest to the next start. */
  readonly close: () => Promise<void>;
}
