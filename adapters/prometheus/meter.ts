/** Counts samples and writes them in Prometheus' text format. Knows the declarations of `metrics.ts`, not their meaning. */
import { readdirSync } from "node:fs";
import type { Labels, Meter } from "../../runtime/ports.ts";
import { METRICS, type Metric } from "./metrics.ts";

/** Label combinations of one metric; later ones are counted together as `other`. */
const SERIES_MAX = 500;
/** Characters of one label value. */
const LABEL_CHARS_MAX = 120;
const OTHER = "other";

/** One line, or one histogram, of the exposition. */
interface Series {
  readonly labels: string;
  value: number;
  /** Histograms: samples per bucket (not cumulative), then those above the last bound. */
  readonly counts: number[];
  sum: number;
}

/** Options of a meter. */
export interface MeterOptions {
  /** Told once per name when a sample does not fit its declaration. @default ignored */
  readonly onMisuse?: (text: string) => void;
  /** @default the metrics of the contract */
  readonly metrics?: Readonly<Record<string, Metric>>;
}

/** A meter with the metrics of the contract. It never throws: a wrong sample must not end a turn. */
export function createMeter(options: MeterOptions = {}): Meter {
  const families = new Map(
    Object.entries(options.metrics ?? METRICS).map(([name, metric]) => [
      name,
      new Family(name, metric),
    ]),
  );
  const collectors: (() => void)[] = [];
  const misused = new Set<string>();
  const find = (name: string, types: readonly Metric["type"][]): Family | undefined => {
    const family = families.get(name);
    if (family && types.includes(family.metric.type)) return family;
    if (!misused.has(name) && misused.size < SERIES_MAX) {
      misused.add(name);
      options.onMisuse?.(`No ${types.join(" or ")} is called "${name}"; declare it in metrics.ts`);
    }
    return undefined;
  };
  const meter: Meter = {
    count: (name, labels, by = 1) => find(name, ["counter"])?.add(labels, by),
    gauge: (name, value, labels) => find(name, ["gauge", "counter"])?.set(labels, value),
    observe: (name, value, labels) => find(name, ["histogram"])?.observe(labels, value),
    collect: (callback) => collectors.push(callback),
    expose: () => {
      for (const collector of collectors) collector();
      return [...families.values()].map((family) => family.expose()).join("");
    },
  };
  if (!options.metrics) meter.collect(() => readProcess(meter));
  return meter;
}

class Family {
  readonly metric: Metric;
  readonly #name: string;
  readonly #series = new Map<string, Series>();
  /** Hot paths pass the same label objects again and again. */
  readonly #known = new WeakMap<Labels, Series>();

  constructor(name: string, metric: Metric) {
    this.#name = name;
    this.metric = metric;
    // A metric without labels is there from the start, so that its rate is known at the first event.
    if (metric.labels.length === 0 && metric.type !== "gauge") this.#find(undefined);
  }

  add(labels: Labels | undefined, by: number): void {
    if (by >= 0) this.#find(labels).value += by;
  }

  set(labels: Labels | undefined, value: number): void {
    this.#find(labels).value = value;
  }

  observe(labels: Labels | undefined, value: number): void {
    if (!Number.isFinite(value)) return;
    const series = this.#find(labels);
    const bounds = this.metric.buckets ?? [];
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
  }

  expose(): string {
    if (this.#series.size === 0) return "";
    const { type, help } = this.metric;
    let text = `# HELP ${this.#name} ${escapeHelp(help)}\n# TYPE ${this.#name} ${type}\n`;
    for (const series of this.#series.values()) {
      text += type === "histogram" ? this.#histogram(series) : this.#line(series);
    }
    return text;
  }

  #line({ labels, value }: Series): string {
    return `${this.#name}${labels === "" ? "" : `{${labels}}`} ${number(value)}\n`;
  }

  #histogram({ labels, counts, sum }: Series): string {
    const prefix = labels === "" ? "" : `${labels},`;
    const own = labels === "" ? "" : `{${labels}}`;
    let total = 0;
    let text = "";
    for (const [index, bound] of [...(this.metric.buckets ?? []), Infinity].entries()) {
      total += counts[index] ?? 0;
      text += `${this.#name}_bucket{${prefix}le="${number(bound)}"} ${total}\n`;
    }
    return `${text}${this.#name}_sum${own} ${number(sum)}\n${this.#name}_count${own} ${total}\n`;
  }

  #find(labels: Labels | undefined): Series {
    if (labels === undefined) return this.#lookUp(labels);
    let series = this.#known.get(labels);
    if (series === undefined) {
      series = this.#lookUp(labels);
      this.#known.set(labels, series);
    }
    return series;
  }

  #lookUp(labels: Labels | undefined): Series {
    let key = "";
    for (const name of this.metric.labels) key += `${labels?.[name] ?? ""}\u001f`;
    const known = this.#series.get(key);
    if (known) return known;
    const full = this.#series.size >= SERIES_MAX;
    if (full) key = OTHER;
    const other = full ? this.#series.get(OTHER) : undefined;
    if (other) return other;
    const text = this.metric.labels
      .map((name) => `${name}="${full ? OTHER : escapeLabel(labels?.[name] ?? "")}"`)
      .join(",");
    const series: Series = { labels: text, value: 0, counts: [], sum: 0 };
    this.#series.set(key, series);
    return series;
  }
}

function readProcess(meter: Meter): void {
  const { user, system } = process.cpuUsage();
  meter.gauge("process_cpu_seconds_total", (user + system) / 1e6);
  meter.gauge("process_resident_memory_bytes", process.memoryUsage.rss());
  meter.gauge("process_start_time_seconds", Math.round(performance.timeOrigin) / 1_000);
  try {
    meter.gauge("process_open_fds", readdirSync("/proc/self/fd").length);
  } catch {
    // Only Linux has the folder; elsewhere the metric is absent.
  }
}

function number(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text.slice(0, LABEL_CHARS_MAX).toWellFormed()).replaceAll('"', '\\"');
}
