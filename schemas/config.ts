/** The configuration file `moult.yaml`: every key is optional, zero config works. */
import * as v from "valibot";
import { PROVIDER_PREFIX, providerIn, Providers } from "./provider.ts";

const count = (low: number, high: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));

/** `server`: where the HTTP API listens. */
const Server = v.object({
  host: v.optional(v.pipe(v.string(), v.minLength(1)), "127.0.0.1"),
  /** 0 picks a free port. */
  port: v.optional(count(0, 65_535), 7333),
  /** Names by which other machines may address the API (`Host` header), besides loopback and single-label names. */
  names: v.optional(v.array(v.string()), []),
});

/** `model`: which GGUF answers, and how much room it gets. */
const ModelConfig = v.pipe(
  v.object({
    /** A GGUF file, `provider:NAME/MODEL`, or `scripted:FILE.jsonl`. @default the embedded model */
    path: v.optional(v.pipe(v.string(), v.minLength(1))),
    /** A model to download at the first start: `hf:USER/REPO:QUANTISATION` or an address. Instead of `path`. */
    pull: v.optional(v.pipe(v.string(), v.minLength(1))),
    gpu: v.optional(v.union([v.boolean(), v.literal("auto")]), false),
    /** Tokens of one conversation. @default the model's own length, at most 8192 */
    contextTokens: v.optional(count(256, 1_048_576)),
    /** Conversations in memory at once. */
    slots: v.optional(count(1, 64), 4),
    /** Where conversations that make room for others wait, so that they are not read again. */
    kv: v.optional(
      v.object({
        /** MiB of memory beside the slots, at most a quarter of what is free. 0 = none. */
        ramMiB: v.optional(count(0, 1_048_576), 512),
        /** MiB in the home folder, at most half of what is free. 0 = none. */
        diskMiB: v.optional(count(0, 16_777_216), 4_096),
      }),
      {},
    ),
    /** Share of the queue that is kept for conversations: beyond it others are told to come again. */
    headroom: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.95)), 0.3),
    /** How the machine is spared while the model works: when it is hot, draws too much, lacks memory, or runs on battery. */
    governor: v.optional(
      v.object({
        enabled: v.optional(v.boolean(), true),
        /** Degrees Celsius. @default what each sensor says of itself, else 85 */
        temperatureMax: v.optional(v.pipe(v.number(), v.minValue(30), v.maxValue(120))),
        /** Watts of all processors and graphics cards. @default any */
        powerMax: v.optional(v.pipe(v.number(), v.minValue(0.5), v.maxValue(100_000))),
        /** The processors' highest clock is lowered too, where moult may do that. */
        clock: v.optional(v.boolean(), false),
        /** Folder with the machine's `sys` and `proc`: in a container perhaps another one. */
        root: v.optional(v.pipe(v.string(), v.minLength(1)), "/"),
      }),
      {},
    ),
    /** CPU threads that decode, at most: fewer where more do not help. @default chosen by the model's size and the machine's cores */
    threads: v.optional(count(1, 256)),
  }),
  v.forward(
    v.check(
      ({ path, pull }) => path === undefined || pull === undefined,
      "Both model.path and model.pull are set; leave one out",
    ),
    ["pull"],
  ),
);

/** `models`: one of those that are loaded when somebody asks them, beside the one that answers everybody. */
const OtherModel = v.pipe(
  v.strictObject(
    {
      /** What requests name. @default the file's name without `.gguf` */
      name: v.optional(
        v.pipe(
          v.string(),
          v.regex(
            /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/,
            "Expected 1 to 64 of the characters A-Z a-z 0-9 _ . : -",
          ),
          v.check((name) => name !== "default", "default is the model that answers everybody"),
        ),
      ),
      /** A GGUF file. */
      path: v.optional(v.pipe(v.string(), v.minLength(1))),
      /** A model to download when it is first asked. Instead of `path`. */
      pull: v.optional(v.pipe(v.string(), v.minLength(1))),
      /** Conversations in memory at once. @default 2 */
      slots: v.optional(count(1, 64)),
      /** Tokens of one conversation. @default the model's own length, at most 8192 */
      contextTokens: v.optional(count(256, 1_048_576)),
      /** Milliseconds without a request after which it is ended. */
      keepAliveMs: v.optional(count(0, 2_147_483_647), 300_000),
    },
    "Expected name, path or pull, slots, contextTokens and keepAliveMs, and nothing else",
  ),
  v.check(
    ({ path, pull }) => (path === undefined) !== (pull === undefined),
    "Each of models has either path or pull",
  ),
);

/** `models`: all of them. */
const OtherModels = v.pipe(
  v.array(OtherModel),
  v.check((all) => {
    const names = all.flatMap(({ name }) => name ?? []);
    return new Set(names).size === names.length;
  }, "Two of models have the same name; each needs one of its own"),
);

/** `sandbox`: how well a function must be confined to run. */
const SandboxConfig = v.object({
  /** The weakest tier, `A` to `E`, under which functions run that did not come with moult. */
  minimum: v.optional(v.picklist(["A", "B", "C", "D", "E"]), "E"),
});

/** `log`: how much is written to `<home>/logs`. */
const LogConfig = v.object({
  level: v.optional(v.picklist(["debug", "info", "warn", "error"]), "info"),
});

const TELEGRAM = "https://api.telegram.org";

/**
 * `channels.telegram`: a bot that people write to. Only senders in `allow` are answered; by default nobody is.
 */
const Telegram = v.pipe(
  v.object({
    token: v.pipe(
      v.string(),
      v.trim(),
      v.regex(/^[A-Za-z0-9:_-]{1,200}$/, "This is no bot token; copy it from @BotFather"),
    ),
    /** `polling` needs no public address; `webhook` does. */
    mode: v.optional(v.picklist(["polling", "webhook"]), "polling"),
    /** What Telegram sends along to `/hooks/telegram`. @default made and kept by moult, when `url` is set */
    secret: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^[A-Za-z0-9_-]{1,256}$/, "Expected 1 to 256 of the characters A-Z a-z 0-9 _ -"),
      ),
    ),
    /** Public address of this moult, `https://bot.example.org`. Absent: the owner sets the webhook. */
    url: v.optional(v.pipe(v.string(), v.url(), v.startsWith("https://"))),
    /** Another Bot API server, one's own for example. */
    apiRoot: v.optional(
      v.pipe(
        v.string(),
        v.url(),
        v.transform((url) => url.replace(/\/+$/, "")),
      ),
      TELEGRAM,
    ),
    /** Ids of senders and groups, usernames of senders, or `anyone`. */
    allow: v.optional(
      v.union([
        v.pipe(
          v.literal("anyone"),
          v.transform(() => ["anyone"]),
        ),
        v.array(
          v.pipe(
            v.union([v.pipe(v.number(), v.safeInteger()), v.string()]),
            v.transform(String),
            v.regex(
              /^(?:-?\d{1,20}|@?[A-Za-z][A-Za-z0-9_]{3,31})$/,
              "Expected an id, a username, or anyone",
            ),
          ),
        ),
      ]),
      [],
    ),
  }),
  v.forward(
    v.check(
      // Servers of one's own, and those for tests, take tokens of any shape.
      ({ token, apiRoot }) => apiRoot !== TELEGRAM || /^\d{3,20}:[A-Za-z0-9_-]{20,}$/.test(token),
      "This is no bot token; copy it from @BotFather",
    ),
    ["token"],
  ),
  v.check(
    ({ mode, url, secret }) => mode === "polling" || url !== undefined || secret !== undefined,
    'mode "webhook" needs url, the public address of this moult; or secret, when you set the webhook yourself',
  ),
);
/** See the schema of the same name. */
export type TelegramConfig = v.InferOutput<typeof Telegram>;

/** `policy`: what runs without asking its owner. */
const Policy = v.object({
  /** Whether a changed function is approved again when it asks for more (`widening`), or at any change (`any`). */
  reapprove: v.optional(v.picklist(["widening", "any"]), "widening"),
});

/**
 * The whole file. `tools` and `store` are accepted as they stand in the
 * contract; a version that does not use them yet says so with a warning.
 */
export const Config = v.pipe(
  v.object({
    server: v.optional(Server, {}),
    model: v.optional(ModelConfig, {}),
    models: v.optional(OtherModels, []),
    functions: v.optional(v.object({ builtins: v.optional(v.boolean(), true) }), {}),
    metrics: v.optional(v.object({ public: v.optional(v.boolean(), false) }), {}),
    log: v.optional(LogConfig, {}),
    sandbox: v.optional(SandboxConfig, {}),
    providers: v.optional(Providers, []),
    channels: v.optional(v.object({ telegram: v.optional(Telegram) }), {}),
    tools: v.optional(v.array(v.unknown())),
    policy: v.optional(Policy, {}),
    store: v.optional(v.record(v.string(), v.unknown())),
  }),
  v.forward(
    v.check(({ model: { path }, providers }) => {
      if (path?.startsWith(PROVIDER_PREFIX) !== true) return true;
      const asked = providerIn(path);
      return providers.some(({ name }) => name === asked?.name);
    }, "Expected provider:NAME/MODEL, and NAME under providers"),
    ["model", "path"],
  ),
);
/** See the schema of the same name. */
export type Config = v.InferOutput<typeof Config>;

/** Keys that load but do nothing in this version. */
export const UNUSED_KEYS = ["tools", "store"] as const;

/** Keys of the contract that this version knows by name but does not read, by section. */
export const LATER_KEYS: Readonly<Record<string, readonly string[]>> = {
  server: ["tls"],
  model: ["kv"],
};

/** Sections whose other keys belong to later versions, whatever they are called. */
export const OPEN_SECTIONS = ["channels", "policy"] as const;

/** What is wrong with the configuration file, with its position. The process ends with exit code 78. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The configuration without a file. */
export const CONFIG_DEFAULT: Config = v.parse(Config, {});
