/**
 * What the runtime asks of the outside. Adapters implement these; `main.ts` joins them.
 * Nothing here names a vendor, a protocol or an operating system.
 */
import type { WireError } from "../schemas/error.ts";
import type { ToolCall } from "../schemas/model.ts";
import type { Attachment, Principal, Work } from "../schemas/message.ts";
import type { SessionContext } from "../schemas/session.ts";
import type { Delivery } from "./transport.ts";
import type { Reply, Trace, TraceEvent } from "../schemas/turn.ts";

/** The time. Injected so that tests can play it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A structured log. Secrets never reach it. */
export interface Log {
  readonly debug: (facts: object, text: string) => void;
  readonly info: (facts: object, text: string) => void;
  readonly warn: (facts: object, text: string) => void;
  readonly error: (facts: object, text: string) => void;
}

/** Label values of one sample, e.g. `{ route: "/fn/{tool}", status: "200" }`. */
export type Labels = Readonly<Record<string, string>>;

/** Metrics. Names, help texts and label names are fixed where the meter is made. */
export interface Meter {
  /** Adds to a counter. @default 1 */
  readonly count: (name: string, labels?: Labels, by?: number) => void;
  /** Sets a gauge. */
  readonly gauge: (name: string, value: number, labels?: Labels) => void;
  /** Records a duration in seconds (or another base unit) in a histogram. */
  readonly observe: (name: string, value: number, labels?: Labels) => void;
  /** Runs before each exposition, to set gauges. */
  readonly collect: (callback: () => void) => void;
  /** The Prometheus text exposition. */
  readonly expose: () => string;
}

/** Models have a file of their own. */
export type { Embedded, Model, ModelEntry, Models } from "./model/port.ts";

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why the runtime ended it, if it did. */
  readonly killedFor?: string;
  /** The limit that the kernel ended it for. */
  readonly limit?: "memoryMiB";
}

/** What a confined process may touch, in resolved absolute paths. Empty = its bundle and its work folder. */
export interface FilePolicy {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly exec: readonly string[];
  /** Folders of which it sees the names, with all below. @default none */
  readonly list?: readonly string[];
}

/** Something the kernel did not let a confined process do. */
export interface KernelRefusal {
  /** The permission that is about such things: `net`, `read`, `write`, `exec`; `system` where there is none. */
  readonly kind: string;
  /** What it was, why, and what to do: one sentence for people. */
  readonly text: string;
  /** What the manifest would have to name, where that is known. */
  readonly wanted?: string;
  /** Whoever was refused may know what it wanted to reach. */
  readonly isUnnamed?: boolean;
}

/** A process (or thread) that is confined, listens, and waits for a function. */
export interface Confined {
  readonly pid: number;
  /** Path of the unix socket it serves HTTP on. */
  readonly socket: string;
  /** Folder that it may read bundles from and cannot write; ours. */
  readonly bundles: string;
  /** Its private work folder, its working directory. */
  readonly work: string;
  /** Sends one control frame. */
  readonly send: (frame: object) => void;
  /** Receives control frames: hostile data, check before use. Set once, before the first `send`. */
  readonly receive: (listener: (frame: unknown) => void) => void;
  /** Calls back at each refusal of the kernel's, earlier ones included. Set once. Absent = they are not reported. */
  readonly refused?: (listener: (refusal: KernelRefusal) => void) => void;
  /** CPU milliseconds used so far; resident MiB now. 0 when it is gone. */
  readonly cpuMs: () => number;
  readonly residentMiB: () => number;
  /** Bounds its memory in the kernel as well, somewhat above `mib`, where that can be. */
  readonly limitMemory?: (mib: number) => void;
  /** A bound that it has passed, of those that are the same for every process. */
  readonly excess?: () =>
    { readonly limit: "processes" | "workMiB"; readonly reason: string } | undefined;
  /** Ends it for good, children included. */
  readonly kill: (why: string) => void;
  readonly exited: Promise<Exit>;
}

/** Starts confined processes. */
export interface Sandbox {
  /** `A`…`E` as in the documentation, with what it covers and lacks. */
  readonly tier: () => {
    readonly tier: string;
    readonly has: readonly string[];
    readonly lacks: readonly string[];
  };
  /** Starts a blank host under a policy. Rejects, and starts nothing, when the policy cannot be enforced. */
  readonly start: (options: {
    readonly files: FilePolicy;
    readonly memoryMiB: number;
    readonly onOutput: (line: string) => void;
  }) => Promise<Confined>;
  readonly close: () => Promise<void>;
}

/** What came of running one function in a sandbox. */
export interface SandboxTrial extends ReturnType<Sandbox["tier"]> {
  /** No function runs. @default functions run */
  readonly broken?: { readonly why: string; readonly remedy: string };
}

/** Ways in and out, and what passes through them; they have a file of their own. */
export type {
  Arrival,
  Delivery,
  Growing,
  Inbound,
  Transport,
  TransportHealth,
} from "./transport.ts";

/** A delivery on its way, with what the gateway needs to choose the transport. */
export interface OutboxRow extends Delivery {
  readonly protocol: string;
  readonly channel: string;
}

/** A reply that did not reach its conversation, or may not have. */
export interface Letter extends OutboxRow {
  readonly state: "dead" | "unknown";
  readonly error: string;
  readonly at: number;
}

/** A message that was accepted: the row exists, the turn will run whatever is killed. */
export interface InboxRow {
  readonly turn: string;
  readonly session: string;
  /** The transport it came through, as it was registered. */
  readonly protocol: string;
  /** The channel function that translated it, or the transport's own channel. */
  readonly channel: string;
  /** The chat inside the channel. */
  readonly conversation: string;
  readonly sender: string;
  readonly principal: Principal;
  readonly text: string;
  /** Files that came with it. */
  readonly attachments?: readonly Attachment[];
  /** What to do instead of asking the model. @default the agent loop */
  readonly work?: Work;
  readonly acceptedAt: number;
  /** How often a turn was begun for it; more than 1 after a crash. */
  readonly attempts: number;
}

/** One line of a session as the model sees it again later. */
export interface HistoryItem {
  readonly role: "user" | "assistant" | "tool";
  readonly content: string;
  /** Assistant: the calls it made. */
  readonly toolCalls?: readonly ToolCall[];
  /** Tool: which call this answers. */
  readonly id?: string;
  readonly name?: string;
  readonly turn: string;
  readonly at: number;
}

/** A session in a list. */
export interface SessionInfo {
  readonly session: string;
  readonly turns: number;
  readonly createdAt: number;
  readonly lastAt: number;
  /** Turns that the model sees a summary of. @default 0 */
  readonly summarisedTurns?: number;
  /** What the model is kept reminded of. @default nothing */
  readonly pinned?: readonly string[];
}

/** What is sought in a session. */
export interface Search {
  /** As `termsIn()` makes them. */
  readonly terms: readonly string[];
  /** Only turns before this one. @default all */
  readonly before?: string;
  /** Exchanges that are found, at most. */
  readonly limit: number;
}

/** A turn of a session that has words in common with what is sought. */
export interface FoundExchange {
  readonly turn: string;
  readonly at: number;
  /** What the user said. */
  readonly asked: string;
  /** What was answered, and what tools gave. */
  readonly said: string;
}

/** What a search found, the best first, and what its words are worth. */
export interface Found {
  readonly exchanges: readonly FoundExchange[];
  /** Turns of the session, about. */
  readonly total: number;
  /** How many of these hold a term; those of no use are left out. */
  readonly holders: ReadonlyMap<string, number>;
}

/** One change of a function's durable values; `value` absent = removed. */
export interface KvWrite {
  readonly key: string;
  readonly value?: unknown;
}

/** All SQL lives behind this. One implementation owns one database; each method is one transaction. */
export interface Store {
  /** Writes the inbox row before anything is acknowledged. `duplicate` = a key was seen; `conflict` = with other text. */
  readonly accept: (
    message: Omit<InboxRow, "turn" | "acceptedAt" | "attempts"> & {
      readonly keys: readonly string[];
    },
  ) => Promise<{
    readonly turn: string;
    /** The session of that turn. */
    readonly session: string;
    readonly acceptedAt: number;
    readonly result: "accepted" | "duplicate" | "conflict";
  }>;
  /**
   * Puts a notice into the outbox that belongs to no message of the agent's, unless one of the keys was seen, ever.
   * `false`: it was told before.
   */
  readonly tell: (
    notice: Omit<InboxRow, "turn" | "acceptedAt" | "attempts" | "work" | "attachments"> & {
      readonly keys: readonly string[];
    },
  ) => Promise<boolean>;
  /** Messages whose turn has not ended, oldest first. */
  readonly unfinished: () => Promise<readonly InboxRow[]>;
  /** Marks a turn as begun (again), with the event that says so. Rejects with `turn/not-found`. */
  readonly begin: (turn: string, event: TraceEvent) => Promise<void>;
  /** Appends to the turn's journal. Together with `kv`, in one transaction, when a tool call ends. */
  readonly journal: (
    turn: string,
    events: readonly TraceEvent[],
    kv?: { readonly fn: string; readonly writes: readonly KvWrite[] },
  ) => Promise<void>;
  readonly events: (turn: string) => Promise<readonly TraceEvent[]>;
  /**
   * Ends a turn: outcome, history, last events, inbox and outbox in one transaction.
   * A second call for a turn changes nothing.
   */
  readonly finish: (
    reply: Reply,
    ending: {
      readonly history: readonly Omit<HistoryItem, "turn" | "at">[];
      readonly events: readonly TraceEvent[];
      /** What a transport has to deliver, in pieces. Absent: nothing. */
      readonly outbox?: readonly string[];
      /** The model no longer sees what the session held before this turn. */
      readonly reset?: boolean;
    },
  ) => Promise<void>;
  readonly reply: (turn: string) => Promise<Reply | undefined>;
  readonly trace: (turn: string) => Promise<Trace | undefined>;
  /**
   * Newest items of a session whose contents have at most `charsMax` characters together, oldest first.
   *
   * @param whole what the session held before its last reset, too. @default false
   */
  readonly history: (
    session: string,
    charsMax: number,
    whole?: boolean,
  ) => Promise<readonly HistoryItem[]>;
  /**
   * Looks through what a session holds, from its last reset on. Finds words, not meanings; what comes first has the
   * most of the rarest.
   */
  readonly search: (session: string, sought: Search) => Promise<Found>;
  /** What stands beside the messages of a session. */
  readonly context: (session: string) => Promise<SessionContext>;
  /** Sets what is given of it. Of a session that is gone nothing is kept. */
  readonly keepContext: (session: string, context: Partial<SessionContext>) => Promise<void>;
  /** How many turns a session holds from its last reset to this one, itself included. */
  readonly turnsUntil: (session: string, turn: string) => Promise<number>;
  readonly session: (session: string) => Promise<SessionInfo | undefined>;
  /** The newest, newest first; a bounded number. */
  readonly sessions: () => Promise<readonly SessionInfo[]>;
  /** Deletes a session and all that belongs to it. `false`: there was none. */
  readonly forget: (session: string) => Promise<boolean>;
  /**
   * Deliveries that are due, oldest first, at most one per session; marked as begun.
   *
   * @param places how many more of a protocol may begin; those without an entry have no bound
   */
  readonly due: (
    now: number,
    places?: Readonly<Record<string, number>>,
  ) => Promise<readonly OutboxRow[]>;
  /** When the next delivery is due, in milliseconds since the epoch; those of full protocols do not count. */
  readonly dueNext: (full?: readonly string[]) => Promise<number | undefined>;
  /** Deliveries that were begun and never ended: after a crash, nobody knows whether they arrived. */
  readonly interrupted: () => Promise<readonly OutboxRow[]>;
  /** Deliveries that ended as `dead` or `unknown`, newest first. */
  readonly letters: (limit: number) => Promise<readonly Letter[]>;
  /** `retryAt` set: try again then. `"dead"`: never again. `"later"`: it was no try, and does not count as one. */
  readonly delivered: (
    id: string,
    result: {
      readonly outcome: "sent" | "dead" | "retry" | "unknown" | "later";
      readonly error?: string;
      readonly retryAt?: number;
    },
  ) => Promise<void>;
  readonly outboxPending: () => Promise<number>;
  readonly kvGet: (fn: string, key: string) => Promise<unknown>;
  readonly kvList: (
    fn: string,
    prefix: string,
    limit: number,
  ) => Promise<readonly { key: string; value: unknown }[]>;
  readonly kvCommit: (fn: string, writes: readonly KvWrite[]) => Promise<void>;
  /** Throws `function/limit` when a function has stored so much that there is no room for more values. */
  readonly kvRoom: (fn: string, writes: readonly KvWrite[]) => Promise<void>;
  /** Whoever has values. */
  readonly kvOwners: () => Promise<readonly string[]>;
  readonly close: () => void;
}

/** A YAML text as plain data, or why it is none. Line and column count from 1. */
export type YamlParsed =
  | { readonly value: unknown }
  | { readonly problem: string; readonly line: number; readonly column: number };

/** Reads YAML that a stranger may have written. Bounded; never throws. It is made when the first text comes. */
export type ParseYaml = (text: string) => Promise<YamlParsed>;

/** A call of a function, from wherever it comes. */
export interface FunctionCall {
  /**
   * JSON text of the handler's first argument, or what `Response` takes as a body. `null` = no input (`{}`).
   * A tool's input, a channel's update; a skill's request and a reply to render are JSON strings.
   */
  readonly body: string | Uint8Array | ReadableStream | null;
  readonly principal: Principal;
  readonly session?: string;
  readonly turn?: string;
  readonly signal?: AbortSignal;
  /** Depth of `ctx.call` nesting; 0 from outside. */
  readonly depth?: number;
}

/** What a call inside a turn gives. `writes` are the function's own values to be committed with the result. */
export interface CallResult {
  readonly version: string;
  readonly ms: number;
  readonly output?: unknown;
  readonly error?: WireError;
  readonly writes: readonly KvWrite[];
  /** What it was refused on the way, whether or not it failed of it. Absent = nothing. */
  readonly refusals?: readonly string[];
}
