/** The metrics there are: names, help texts, label names and buckets. Knows nothing of who counts them. */

/** How one metric is declared. */
export interface Metric {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Histograms: upper bounds in the unit of the name, ascending, without +Inf. */
  readonly buckets?: readonly number[];
}

/** From a function call in a millisecond to a turn on a slow board. */
const SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
];
const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536];

const counter = (help: string, ...labels: string[]): Metric => ({ type: "counter", help, labels });
const gauge = (help: string, ...labels: string[]): Metric => ({ type: "gauge", help, labels });
const histogram = (
  help: string,
  buckets: readonly number[] = SECONDS,
  ...labels: string[]
): Metric => ({ type: "histogram", help, labels, buckets });

/** Every metric by name. A sample under another name is a bug and is not counted; further labels are left out. */
export const METRICS: Readonly<Record<string, Metric>> = {
  http_requests_total: counter("HTTP requests answered.", "method", "route", "status"),
  http_request_duration_seconds: histogram(
    "Request received to response begun.",
    SECONDS,
    "method",
    "route",
  ),
  gen_ai_server_time_to_first_token_seconds: histogram("Model request to first token."),
  gen_ai_server_time_per_output_token_seconds: histogram(
    "Time per token after the first.",
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1],
  ),
  gen_ai_server_request_duration_seconds: histogram("Model request to last token."),
  gen_ai_client_token_usage: histogram("Tokens per model request.", TOKENS, "gen_ai_token_type"),
  moult_model_queue_depth: gauge("Model requests that wait.", "lane"),
  moult_model_slots: gauge("Slots of the model by state.", "state"),
  moult_model_loaded: gauge("1 while the model is in memory.", "model"),
  moult_model_loads_total: counter("Models loaded and ended, by result.", "model", "result"),
  moult_kv_cache_tokens_total: counter(
    "Tokens of prompts by where they were found: hot is the context, warm memory, cold disk; miss was read.",
    "tier",
  ),
  moult_kv_cache_refused_total: counter("Kept K/V that was damaged or foreign."),
  moult_kv_cache_bytes: gauge("Size of the K/V cache.", "tier"),
  moult_function_up: gauge("1 when the function's version can be called.", "function"),
  moult_function_calls_total: counter("Calls of functions.", "function", "status"),
  moult_function_duration_seconds: histogram("Time of one function call.", SECONDS, "function"),
  moult_function_reloads_total: counter("Function files loaded, by result.", "result"),
  moult_faults_total: counter("Faults of moult itself that nothing has caught.", "kind"),
  moult_sandbox_denials_total: counter("Things a function was refused.", "function", "kind"),
  moult_sandbox_tier: gauge("1 for the sandbox's tier, A the strongest to E.", "tier"),
  moult_inbox_messages_total: counter("Messages received.", "channel", "result"),
  moult_outbox_messages_total: counter("Replies delivered.", "channel", "result"),
  moult_outbox_pending: gauge("Replies that wait for delivery."),
  moult_turns_total: counter("Turns that ended.", "outcome"),
  moult_turn_duration_seconds: histogram("Message accepted to reply written."),
  process_cpu_seconds_total: counter("CPU time of the daemon, its children not counted."),
  device_temperature_celsius: gauge("Temperature of a part of the machine.", "sensor"),
  device_power_watts: gauge("Power that a part of the machine draws.", "sensor"),
  gpu_utilization_ratio: gauge("Share of the time in which a GPU computed.", "gpu"),
  gpu_memory_used_bytes: gauge("Memory of a GPU that is used.", "gpu"),
  process_resident_memory_bytes: gauge("Resident memory of the daemon."),
  process_start_time_seconds: gauge("Start of the daemon since the epoch."),
  process_open_fds: gauge("Open file descriptors of the daemon."),
};
