/** What a function file declares, as plain data: the manifest that its host reports and everybody else reads. */
import * as v from "valibot";

/** Names of functions: also route segments, tool names and file names. */
export const FUNCTION_NAME = /^[a-z][a-z0-9_]{0,47}$/;

/** The three kinds of function. */
export type FunctionKind = "tool" | "skill" | "channel";

/** A JSON Schema (draft-07), opaque to the runtime. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Defaults of `limits`. */
export const LIMITS_DEFAULT = {
  timeMs: 30_000,
  memoryMiB: 256,
  cpuMs: 10_000,
  concurrency: 16,
  egressMiB: 64,
  requests: 256,
} as const;

const names = v.optional(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(200))), []);
const PLACE = /^[a-z0-9.:[\]-]{1,253}:\d{1,5}$/i;
const PORT_MAX = 65_535;

/**
 * What is wrong with a `host:port`; `undefined`: nothing. One that could be written in another way is refused, because
 * its owner would not see where it leads: `2130706433:80` is this machine.
 */
function placeFault(text: string): string | undefined {
  if (!PLACE.test(text)) return 'expected "host:port", for example "api.example.org:443"';
  const at = text.lastIndexOf(":");
  const [host, port] = [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
  if (!/^[1-9]/.test(port) || Number(port) > PORT_MAX)
    return `"${port}" is no port; write one of 1 to ${String(PORT_MAX)}`;
  try {
    const { hostname } = new URL(`http://${host}:${port}/`);
    return hostname === host ? undefined : `"${host}" is ${hostname}; write that`;
  } catch {
    return `"${host}" is no host; write a name, an IPv4 address or an [IPv6] address`;
  }
}

const hostPort = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? placeFault(dataset.value) : undefined;
    if (message !== undefined) addIssue({ message });
  }),
);

/** Names of secrets. */
export const SECRET_NAME = /^[A-Z][A-Z0-9_]{0,63}$/;

const THIS_MACHINE = /^(127\.\d+\.\d+\.\d+|\[::1\]|([a-z0-9-]+\.)*localhost):\d+$/i;

/** What is wrong with the place of a secret; `undefined`: nothing. */
function secretPlaceFault(text: string): string | undefined {
  if (!text.startsWith("http://")) return placeFault(text);
  const place = text.slice("http://".length);
  return (
    placeFault(place) ??
    (THIS_MACHINE.test(place)
      ? undefined
      : `only this machine is sent secrets over http; write "${place}", and use https`)
  );
}

/**
 * `NAME`, or `NAME@host:port`: then the function never sees it, and only https requests to that host carry it.
 * `NAME@http://127.0.0.1:8123` is for a server of this machine that has no https.
 */
const secret = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(400),
  v.rawCheck(({ dataset, addIssue }) => {
    const [name = "", ...place] = dataset.typed ? dataset.value.split("@") : [];
    if (place.length === 0) return;
    const message = SECRET_NAME.test(name)
      ? secretPlaceFault(place.join("@"))
      : 'expected "NAME" or "NAME@host:port", for example "RATES_TOKEN@api.example.org:443"';
    if (message !== undefined) addIssue({ message });
  }),
);

/** What one file may ask for: whoever approves it reads all of it. */
const [NAMES_MAX, SECRETS_MAX, TRIGGERS_MAX] = [64, 32, 32];

const touches = {
  net: v.optional(v.array(hostPort), []),
  read: names,
  write: names,
  exec: names,
  call: names,
};

/** Permissions as a manifest states them. Absent = nothing. */
export const Permissions = v.pipe(
  v.strictObject({
    ...touches,
    /** What it can do without: it runs before these are approved, and is refused them until then. */
    optional: v.optional(v.strictObject(touches)),
  }),
  v.check(
    ({ optional = {}, ...needed }) =>
      [...Object.values(needed), ...Object.values(optional)].flat().length <= NAMES_MAX,
    `a file may name ${String(NAMES_MAX)} at most: whoever approves it reads all of them`,
  ),
);
/** See the schema of the same name. */
export type Permissions = v.InferOutput<typeof Permissions>;

const bounded = (low: number, high: number, initial: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high)), initial);

/** Limits as a manifest states them, filled with the defaults. */
export const Limits = v.strictObject({
  timeMs: bounded(1, 3_600_000, LIMITS_DEFAULT.timeMs),
  memoryMiB: bounded(32, 65_536, LIMITS_DEFAULT.memoryMiB),
  cpuMs: bounded(10, 3_600_000, LIMITS_DEFAULT.cpuMs),
  concurrency: bounded(1, 1024, LIMITS_DEFAULT.concurrency),
  egressMiB: bounded(1, 65_536, LIMITS_DEFAULT.egressMiB),
  requests: bounded(1, 100_000, LIMITS_DEFAULT.requests),
});
/** See the schema of the same name. */
export type Limits = v.InferOutput<typeof Limits>;

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(2_000));

/** What is wrong with a schedule; `undefined`: nothing. */
function scheduleFault(cron: string, timezone: string | undefined): string | undefined {
  try {
    // Any moment does: a day that no year has is not found from any other moment either.
    const next = Bun.cron.parse(cron, 0, timezone === undefined ? undefined : { tz: timezone });
    if (next !== null) return undefined;
    return `The cron schedule "${cron}" never comes; choose a day that exists`;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^[^:]*: /, "") : "";
    return why.startsWith("unknown time zone")
      ? `There is no time zone "${timezone}"; write one such as "Europe/Berlin" or "UTC"`
      : `Cannot read the cron schedule "${cron}": ${why}; write five fields such as "0 7 * * *"`;
  }
}

/** A time at which a function starts by itself. */
export const CronTrigger = v.pipe(
  v.strictObject({
    cron: v.pipe(v.string(), v.maxLength(200)),
    timezone: v.optional(v.pipe(v.string(), v.maxLength(64))),
    input: v.optional(v.record(v.string(), v.unknown())),
    catchUp: v.optional(v.picklist(["once", "none"])),
    to: v.optional(
      v.pipe(
        v.string(),
        v.regex(
          /^[a-z][a-z0-9_]{0,47}:.{1,128}$/,
          'expected "channel:conversation", for example "telegram:12345"',
        ),
      ),
    ),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const message = scheduleFault(dataset.value.cron, dataset.value.timezone);
    if (message !== undefined) addIssue({ message });
  }),
);
/** See the schema of the same name. */
export type CronTrigger = v.InferOutput<typeof CronTrigger>;

/** `GET /path` or `POST /path`, with the path below `/hooks`. */
export const HTTP_TRIGGER = /^(GET|POST) ((?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}){1,8})$/;

/** One way a function starts by itself. `cron` and `http` run; `mqtt` and `event` are accepted and say that they do not. */
export const Trigger = v.union(
  [
    CronTrigger,
    v.strictObject({ mqtt: v.string() }),
    v.strictObject({
      http: v.pipe(
        v.string(),
        v.regex(HTTP_TRIGGER, 'expected a method and a path, for example "POST /doorbell"'),
      ),
    }),
    v.strictObject({ event: v.string() }),
  ],
  'expected { cron, timezone?, input?, catchUp?, to? }, { http: "POST /path" }, { mqtt } or { event }',
);
/** See the schema of the same name. */
export type Trigger = v.InferOutput<typeof Trigger>;

const schema = v.record(v.string(), v.unknown());

/** A definition as data. Handlers and schemas stay in the host; `input` and `output` are their JSON Schemas. */
export const Manifest = v.object({
  kind: v.picklist(["tool", "skill", "channel"]),
  description: text,
  input: v.optional(schema),
  output: v.optional(schema),
  permissions: v.optional(Permissions, {}),
  secrets: v.optional(v.pipe(v.array(secret), v.maxLength(SECRETS_MAX)), []),
  limits: v.optional(Limits, {}),
  examples: v.optional(
    v.array(v.object({ say: v.string(), input: v.unknown(), output: v.optional(v.unknown()) })),
    [],
  ),
  triggers: v.optional(v.pipe(v.array(Trigger), v.maxLength(TRIGGERS_MAX)), []),
  /** `"asks"` = the file has a predicate that decides per input. */
  confirm: v.optional(v.picklist(["always", "never", "asks"]), "never"),
  isolate: v.optional(v.picklist(["process", "worker"]), "process"),
  /** Skills: tools offered while it is active, text put before the conversation, whether it has its own `run`. */
  tools: names,
  instructions: v.optional(v.pipe(v.string(), v.maxLength(20_000))),
  runs: v.optional(v.boolean(), true),
  /** Skills that are folders: the files beside `SKILL.md`, which a call of the skill can read. */
  files: v.optional(v.array(v.object({ path: v.string(), bytes: v.number() }))),
  /** What is odd about the file and did not keep it from loading. */
  warnings: v.optional(v.array(v.string())),
  /** Channels: the transport, and whether the file renders replies. */
  via: v.optional(v.string()),
  renders: v.optional(v.boolean(), false),
});
/** See the schema of the same name. */
export type Manifest = v.InferOutput<typeof Manifest>;

/** Where a file comes from: shipped with moult, or the user's. */
export type Origin = "builtin" | "user";

/** What the owner approved last of a function. */
export interface Grant {
  /** Of the content that was approved: bundle, lock file of its packages, and manifest. */
  readonly hash: string;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly approvedAt: number;
  /** Who approved it: a person, or `moult dev` on sight. */
  readonly by: "owner" | "dev";
}

/** A version that wants more than was approved, as its owner reads it. */
export interface Waiting {
  readonly version: string;
  /** What an approval names, so that nothing else is approved than what was read. */
  readonly hash: string;
  readonly description: string;
  /** The description that was approved, when it was another one. */
  readonly descriptionBefore?: string;
  /** What was not approved yet: "may reach api.example.org:443". */
  readonly wants: readonly string[];
  /** What it no longer asks for. */
  readonly drops: readonly string[];
  /** What was approved before, and stays. */
  readonly keeps: readonly string[];
  /** Whether this version runs already, without what is optional. */
  readonly runs: boolean;
  /** Why an earlier approval does not count: its record is damaged. */
  readonly damaged?: string;
}

/** A function as `GET /api/functions` shows it. */
export interface FunctionInfo {
  readonly name: string;
  readonly kind: FunctionKind;
  /** First 12 hex digits of the SHA-256 of the bundle; empty when no version ever built. */
  readonly version: string;
  readonly state: "ready" | "loading" | "failed" | "pending" | "stopped";
  /** Why it failed, or why the newest file did not replace this version; with file:line:column where known. */
  readonly error?: string;
  /** Of the version that serves. */
  readonly manifest?: Manifest;
  /** What was approved last; absent for built-ins and for those that ask for nothing. */
  readonly grant?: Grant;
  /** What waits for `moult approve`. In state `pending` nothing else serves. */
  readonly waiting?: Waiting;
  readonly origin: Origin;
  /** Path of the source file, relative to its functions folder. */
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly loadedAt: number;
  /** Save seen → version serving, in milliseconds. */
  readonly reloadMs: number;
  readonly calls: number;
  readonly failures: number;
}
