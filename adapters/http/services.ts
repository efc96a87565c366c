/** What the HTTP adapter needs from the rest of the daemon. `runtime/assemble.ts` gives it. */
import type { EventHub } from "../../runtime/events.ts";
import type { Agent } from "../../runtime/gateway/agent.ts";
import type { Approvals, Functions } from "../../runtime/load/functions.ts";
import type { Clock, Log, Meter, Models } from "../../runtime/ports.ts";

/** The part of the agent that HTTP clients use. */
export type HttpAgent = Pick<
  Agent,
  | "route"
  | "wait"
  | "follow"
  | "cancel"
  | "trace"
  | "session"
  | "sessions"
  | "history"
  | "forget"
  | "letters"
  | "webhook"
  | "begin"
  | "hooks"
>;

/** Named values of the owner. They go in and never come out. */
export interface SecretNames {
  /** Throws `input/invalid`. */
  readonly set: (name: string, value: string) => void | Promise<void>;
  readonly list: () => readonly string[] | Promise<readonly string[]>;
  /** `false`: there was none of this name. */
  readonly remove: (name: string) => boolean | Promise<boolean>;
}

/** What every route may use. */
export interface Services {
  readonly functions: Functions & Approvals;
  readonly agent: HttpAgent;
  /** The bare models, without agent and memory. */
  readonly models: Models;
  readonly hub: EventHub;
  readonly meter: Meter;
  readonly log: Log;
  readonly clock: Clock;
  readonly secrets: SecretNames;
  /** moult's version. */
  readonly version: string;
  /** Version, process, home, model, sandbox and counts: one JSON object. */
  readonly status: () => object | Promise<object>;
  /** Whether messages can be answered now; if not, why. */
  readonly ready: () => { readonly ok: boolean; readonly reasons: readonly string[] };
  /** Ends the daemon, the HTTP server included. Called after the request that asks for it is answered. */
  readonly stop: () => void | Promise<void>;
}
