/**
 * The whole of what a function file may import: `import { … } from "moult"`.
 *
 * A definition is plain data plus one handler, so that the loader can read it, print it and check it before
 * anything in it runs.
 */
import type * as v from "valibot";
import type { Updates } from "../schemas/channel.ts";
import type { Drop, InboundMessage, Principal } from "../schemas/message.ts";

/** A foreseen failure: `throw new MoultError("tool/failed", "Cannot find …")` tells the model and the caller why. */
export { MoultError } from "../schemas/error.ts";
/** What the transports report to a channel's `receive`. */
export type { Updates } from "../schemas/channel.ts";
/** What a channel's `receive` returns: a message, or why there is none. */
export type { Drop, InboundMessage, Principal } from "../schemas/message.ts";
/** valibot, for `input` and `output`. */
export * as v from "valibot";

/** What a function may touch. Everything not named here is refused. */
export interface Permissions extends Touches {
  /**
   * What it can do without: it runs before the owner has approved these, and until then they are refused, so write
   * what happens then.
   */
  readonly optional?: Touches;
}

/** Places and functions, by kind of access. */
export interface Touches {
  /** `host:port` pairs that `ctx.fetch` may reach. */
  readonly net?: readonly string[];
  /** Folders or files it may read. Relative ones lie below the folder moult was started in. */
  readonly read?: readonly string[];
  /** Folders it may read and write. Relative ones lie below the folder moult was started in. */
  readonly write?: readonly string[];
  /** Programs it may start: absolute paths, or names on moult's PATH. What they start and do is confined as it is. */
  readonly exec?: readonly string[];
  /** Names of other functions it may call with `ctx.call`. */
  readonly call?: readonly string[];
}

/**
 * Bounds, enforced from outside. Hitting one fails with `function/limit`; one of time, memory or CPU ends the
 * function's process and all its calls.
 */
export interface Limits {
  /** Wall-clock milliseconds of one call. @default 30_000 */
  readonly timeMs?: number;
  /** Resident memory of the function's process, in MiB. @default 256 */
  readonly memoryMiB?: number;
  /** CPU milliseconds the process may burn without completing a call. @default 10_000 */
  readonly cpuMs?: number;
  /** Calls in flight at once; more wait half a second at most, then get `function/busy`. @default 16 */
  readonly concurrency?: number;
  /** MiB that `ctx.fetch` of one call may send and receive together. @default 64 */
  readonly egressMiB?: number;
  /** Requests that `ctx.fetch` of one call may make, redirects included. @default 256 */
  readonly requests?: number;
}

/** One way a function starts by itself. */
export type Trigger<Input = Readonly<Record<string, unknown>>> =
  /** At times, each of which comes exactly once, whatever is restarted in between. */
  | {
      /** Five fields, `0 7 * * *`, or a nickname such as `@hourly`. */
      readonly cron: string;
      /** IANA name, `Europe/Berlin`. @default the machine's */
      readonly timezone?: string;
      /** What the function is called with. @default `{}`; of a skill, its description as the request */
      readonly input?: Input;
      /** After a time when moult did not run: the newest tick that was missed runs, or none. @default "once" */
      readonly catchUp?: "once" | "none";
      /** The conversation that gets the answer, `telegram:12345`. @default it is kept in the session `cron:NAME` */
      readonly to?: string;
    }
  /** A method, `GET` or `POST`, and a path below `/hooks`: `POST /doorbell`. Callers need a key. */
  | { readonly http: string }
  /** An MQTT topic filter. Not run yet. */
  | { readonly mqtt: string }
  /** An event of the runtime. Not run yet. */
  | { readonly event: string };

interface Common<SecretName extends string> {
  /** One sentence; shown to the model and in the OpenAPI document. */
  readonly description: string;
  /** What it may touch. @default nothing */
  readonly permissions?: Permissions;
  /**
   * Names of the secrets it reads with `ctx.secret(name)`. One that is written `NAME@host:port` it never sees: the
   * runtime puts it in where a header of an https request to that host says `{{NAME}}`. For a server of this machine
   * without https it is `NAME@http://127.0.0.1:port`.
   */
  readonly secrets?: readonly SecretName[];
  /** Bounds of its process and its calls. */
  readonly limits?: Limits;
  /** Where it runs: a process of its own, or (built-ins only) a thread of the daemon. @default "process" */
  readonly isolate?: "process" | "worker";
}

/** Writes lines to the function's own log; `moult logs NAME` shows them. */
export interface Logger {
  /** Something worth knowing. */
  readonly info: (facts: object, text?: string) => void;
  /** Something odd that the function could cope with. */
  readonly warn: (facts: object, text?: string) => void;
  /** Something that failed. */
  readonly error: (facts: object, text?: string) => void;
}

/**
 * Durable values of this function, as JSON. No other function sees them.
 *
 * A call is a transaction: what it sets becomes visible to others, and durable, when it returns; a call that throws
 * or is killed has set nothing.
 */
export interface KeyValue {
  /** The value, or `undefined`. */
  readonly get: (key: string) => Promise<unknown>;
  /** Sets a value: at most 256 KiB of JSON under a key of at most 512 characters. */
  readonly set: (key: string, value: unknown) => Promise<void>;
  /** Removes a value. */
  readonly delete: (key: string) => Promise<void>;
  /** Entries whose key begins with `prefix`, in key order. @default all, at most 1_000 */
  readonly list: (options?: {
    readonly prefix?: string;
    readonly limit?: number;
  }) => Promise<readonly { readonly key: string; readonly value: unknown }[]>;
}

/** Options of a model request. */
export interface GenerateOptions {
  /** What to answer. */
  readonly prompt: string;
  /** Instructions before it. */
  readonly system?: string;
  /** Tokens the answer may have. @default 512 */
  readonly tokensMax?: number;
  /** 0 = always the same answer. @default 0 */
  readonly temperature?: number;
}

/** What the runtime lends a function for one call. */
export interface CallContext<SecretName extends string = string> {
  /** Aborts when the caller leaves or a limit is reached. */
  readonly signal: AbortSignal;
  /** The function's log. */
  readonly log: Logger;
  /** The value of a declared secret. Throws `policy/denied` when the owner has not set it. */
  readonly secret: (name: Exclude<SecretName, `${string}@${string}`>) => string;
  /**
   * `fetch` through the runtime: only hosts of `permissions.net`, redirects included; throws `policy/denied`
   * for others. `{{NAME}}` in a header value is replaced by that declared secret outside of the function.
   */
  readonly fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** The resident model. Requests wait in the same queue as everything else. */
  readonly model: {
    /** The whole answer. */
    readonly generate: (options: GenerateOptions) => Promise<string>;
    /** The answer in pieces, as they come. */
    readonly stream: (options: GenerateOptions) => AsyncIterable<string>;
  };
  /** Calls another function named in `permissions.call`; it runs with its own permissions. */
  readonly call: (name: string, input: unknown) => Promise<unknown>;
  /** Durable values of this function. */
  readonly kv: KeyValue;
  /** The session the call belongs to; `undefined` for calls outside a turn. */
  readonly session: string | undefined;
  /** Who is asking. */
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type Schema = v.GenericSchema;

/** A tool: checked input, one handler, checked output. */
export interface ToolDefinition<
  In extends Schema = Schema,
  Out extends Schema = Schema,
  S extends string = string,
> extends Common<S> {
  readonly kind: "tool";
  /** valibot schema of the input, an object. The model sees it as JSON Schema. */
  readonly input: In;
  /** valibot schema of the output. @default anything that is JSON */
  readonly output?: Out;
  /** Requests that should lead here: the model learns from them, and `moult dev` tries them at each save. */
  readonly examples?: readonly {
    /** The request, as a person would put it. */
    readonly say: string;
    /** The input that it should lead to. */
    readonly input: v.InferInput<In>;
    /** What the tool answers to it. @default anything that fits `output` */
    readonly output?: v.InferOutput<NoInfer<Out>>;
  }[];
  /** When it starts by itself. */
  readonly triggers?: readonly Trigger<v.InferInput<NoInfer<In>>>[];
  /** Whether a human is asked first. @default "never" */
  readonly confirm?: "always" | "never" | ((input: v.InferOutput<In>) => boolean);
  /** Does the work. May return a `ReadableStream`, whose bytes go to the caller with backpressure. */
  readonly run: (
    input: v.InferOutput<In>,
    ctx: CallContext<S>,
  ) => Promise<v.InferInput<Out> | ReadableStream> | v.InferInput<Out> | ReadableStream;
}

/** Defines a tool: a capability the model may call by name, and `POST /fn/<name>`. */
export function defineTool<
  In extends Schema,
  Out extends Schema = Schema,
  const S extends string = never,
>(definition: Omit<ToolDefinition<In, Out, S>, "kind">): ToolDefinition<In, Out, S> {
  return { kind: "tool", ...definition };
}

/** A channel: what comes in from one transport, and how replies go out. */
export interface ChannelDefinition<
  Via extends keyof Updates = keyof Updates,
  S extends string = string,
> extends Common<S> {
  readonly kind: "channel";
  /** The transport. It stays connected while this file is reloaded. */
  readonly via: Via;
  /** Turns an update into a message for the agent, or drops it. */
  readonly receive: (
    update: Updates[Via],
    ctx: CallContext<S>,
  ) => InboundMessage | Drop | Promise<InboundMessage | Drop>;
  /** Rewrites a reply for this channel. @default as it is */
  readonly render?: (reply: string, ctx: CallContext<S>) => string | Promise<string>;
}

/** Defines a channel: a way for people or devices to reach the agent. */
export function defineChannel<Via extends keyof Updates, const S extends string = never>(
  definition: Omit<ChannelDefinition<Via, S>, "kind">,
): ChannelDefinition<Via, S> {
  return { kind: "channel", ...definition };
}

/** A skill: instructions, and the tools that go with them. */
export interface SkillDefinition<S extends string = string> extends Common<S> {
  readonly kind: "skill";
  /** Tools the model may use while the skill is active. @default all */
  readonly tools?: readonly string[];
  /** Put before the conversation while the skill is active. */
  readonly instructions: string;
  /** When it starts by itself. */
  readonly triggers?: readonly Trigger<{ readonly request: string }>[];
  /** Does the work itself instead of the model, given the request's text. @default the model follows `instructions` */
  readonly run?: (request: string, ctx: CallContext<S>) => string | Promise<string>;
}

/** Defines a skill: instructions and the tools that go with them. */
export function defineSkill<const S extends string = never>(
  definition: Omit<SkillDefinition<S>, "kind">,
): SkillDefinition<S> {
  return { kind: "skill", ...definition };
}

/** What a function file may export by default. */
export type Definition = ToolDefinition | ChannelDefinition | SkillDefinition;
