/** The configuration file `moult.yaml`: every key is optional, zero config works. */
import * as v from "valibot";

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
const ModelConfig = v.object({
  /** A GGUF file, or `scripted:FILE.jsonl`. @default the embedded model */
  path: v.optional(v.pipe(v.string(), v.minLength(1))),
  gpu: v.optional(v.union([v.boolean(), v.literal("auto")]), false),
  /** Tokens of one conversation. @default the model's own length, at most 8192 */
  contextTokens: v.optional(count(256, 1_048_576)),
  /** Conversations in memory at once. */
  slots: v.optional(count(1, 64), 4),
  /** CPU threads. @default chosen by the model's size and the machine's cores */
  threads: v.optional(count(1, 256)),
});

/** `log`: how much is written to `<home>/logs`. */
const LogConfig = v.object({
  level: v.optional(v.picklist(["debug", "info", "warn", "error"]), "info"),
});

/**
 * The whole file. `providers`, `channels`, `tools`, `policy` and `store` are accepted as they stand in the
 * contract; a version that does not use them yet says so with a warning.
 */
export const Config = v.object({
  server: v.optional(Server, {}),
  model: v.optional(ModelConfig, {}),
  functions: v.optional(v.object({ builtins: v.optional(v.boolean(), true) }), {}),
  metrics: v.optional(v.object({ public: v.optional(v.boolean(), false) }), {}),
  log: v.optional(LogConfig, {}),
  providers: v.optional(v.array(v.unknown())),
  channels: v.optional(v.record(v.string(), v.unknown())),
  tools: v.optional(v.array(v.unknown())),
  policy: v.optional(v.record(v.string(), v.unknown())),
  store: v.optional(v.record(v.string(), v.unknown())),
});
/** See the schema of the same name. */
export type Config = v.InferOutput<typeof Config>;

/** Keys that load but do nothing in this version. */
export const UNUSED_KEYS = ["providers", "channels", "tools", "policy", "store"] as const;

/** Keys of the contract that this version knows by name but does not read, by section. */
export const LATER_KEYS: Readonly<Record<string, readonly string[]>> = {
  server: ["tls"],
  model: ["pull", "kv", "headroom"],
};

/** What is wrong with the configuration file, with its position. The process ends with exit code 78. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The configuration without a file. */
export const CONFIG_DEFAULT: Config = v.parse(Config, {});
