/** What of the model goes to the meter. Durations in seconds. */
import { type EngineStats, KV_TIERS } from "./engine.ts";
import type { Meter } from "../ports.ts";
import { type GenerateEvent, LANES, type ModelStatus } from "../../schemas/model.ts";

/** Records one finished request. `seconds` from asking to `done`. */
export function recordDone(
  meter: Meter,
  { finish, usage }: Extract<GenerateEvent, { type: "done" }>,
  seconds: number,
): void {
  // A cancelled request says nothing about how fast the model is.
  if (finish === "cancelled") return;
  meter.observe("gen_ai_server_request_duration_seconds", seconds);
  meter.observe("gen_ai_client_token_usage", usage.promptTokens, { gen_ai_token_type: "input" });
  meter.observe("gen_ai_client_token_usage", usage.completionTokens, {
    gen_ai_token_type: "output",
  });
  meter.count("moult_kv_cache_tokens_total", { tier: "slot" }, usage.cachedTokens);
  if (usage.completionTokens === 0) return;
  meter.observe("gen_ai_server_time_to_first_token_seconds", usage.firstTokenMs / 1_000);
  if (usage.completionTokens === 1) return;
  const perTokenMs = usage.decodeMs / (usage.completionTokens - 1);
  meter.observe("gen_ai_server_time_per_output_token_seconds", perTokenMs / 1_000);
}

/** Where prompts' tokens were found, of one host after another: each counts from zero. */
export class KvCounts {
  readonly #meter: Meter;
  #last: EngineStats | undefined;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /** Takes in what a host has counted so far. */
  take(stats: EngineStats): void {
    for (const tier of [...KV_TIERS, "miss"] as const) {
      const more = stats.kvTokens[tier] - (this.#last?.kvTokens[tier] ?? 0);
      if (more > 0) this.#meter.count("moult_kv_cache_tokens_total", { tier }, more);
    }
    const refused = stats.kvRefused - (this.#last?.kvRefused ?? 0);
    if (refused > 0) this.#meter.count("moult_kv_cache_refused_total", {}, refused);
    for (const tier of KV_TIERS)
      this.#meter.gauge("moult_kv_cache_bytes", stats.kvBytes[tier], { tier });
    this.#last = stats;
  }

  /** The host is gone, and with it what its context held; the next one begins at zero. */
  reset(): void {
    this.#last = undefined;
    this.#meter.gauge("moult_kv_cache_bytes", 0, { tier: "hot" });
  }
}

/** Sets the gauges of queue and slots before each exposition. */
export function watchLoad(meter: Meter, status: () => ModelStatus): void {
  meter.collect(() => {
    const { queued, running, slots } = status();
    for (const lane of LANES) meter.gauge("moult_model_queue_depth", queued[lane], { lane });
    meter.gauge("moult_model_slots", running, { state: "busy" });
    meter.gauge("moult_model_slots", Math.max(0, slots - running), { state: "idle" });
  });
}
