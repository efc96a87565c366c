/** The exposition: its grammar, its counts, its bounds. */
import { describe, expect, test } from "bun:test";
import { createMeter } from "../../../adapters/prometheus/meter.ts";
import { METRICS } from "../../../adapters/prometheus/metrics.ts";
import type { Meter } from "../../../runtime/ports.ts";

const promtool = Bun.which("promtool");
if (promtool === null) process.stderr.write("SKIPPED: promtool check metrics (no promtool)\n");

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;

/** Reads the text format strictly: every line is a comment in its place or a sample, and each family comes once. */
function parse(text: string): readonly Sample[] {
  expect(text.endsWith("\n")).toBe(true);
  const samples: Sample[] = [];
  const families = new Set<string>();
  let family = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const [, keyword, name = ""] = /^# (HELP|TYPE) (\S+) \S/.exec(line) ?? [];
    if (keyword === "HELP") {
      expect(families.has(name)).toBe(false);
      families.add((family = name));
    } else if (keyword === "TYPE") expect(name).toBe(family);
    else samples.push(parseSample(line, family));
  }
  return samples;
}

function parseSample(line: string, family: string): Sample {
  const [, name = "", labelText = "", valueText = ""] = LINE.exec(line) ?? [];
  expect([line, name.replace(/_(?:bucket|sum|count)$/, "")]).toEqual([
    line,
    family.replace(/_(?:bucket|sum|count)$/, ""),
  ]);
  const labels: Record<string, string> = {};
  let read = 0;
  for (const [all, label = "", value = ""] of labelText.matchAll(LABEL)) {
    expect(label in labels).toBe(false);
    labels[label] = value.replaceAll(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
    read += all.length;
  }
  expect([line, read]).toEqual([line, labelText.length]);
  const value = valueText === "+Inf" ? Infinity : Number(valueText);
  expect([line, Number.isNaN(value)]).toEqual([line, false]);
  return { name, labels, value };
}

/** A meter in which every metric has a sample. */
function filled(): Meter {
  const meter = createMeter();
  for (const [name, { type, labels }] of Object.entries(METRICS)) {
    const values = Object.fromEntries(labels.map((label) => [label, 'odd "value"\\\n']));
    if (type === "counter") meter.count(name, values, 2);
    else if (type === "gauge") meter.gauge(name, 1.5, values);
    else for (const value of [0, 0.001, 0.3, 1e9]) meter.observe(name, value, values);
  }
  return meter;
}

const find = (text: string, name: string): readonly Sample[] =>
  parse(text).filter((sample) => sample.name === name);

describe("the exposition", () => {
  test("is well-formed, whatever the labels hold", () => {
    const samples = parse(filled().expose());
    expect(samples.length).toBeGreaterThan(100);
    const odd = samples.find(({ name }) => name === "moult_function_up");
    expect(odd?.labels).toEqual({ function: 'odd "value"\\\n' });
  });

  test("has every metric with a help text, and the conventions of names", () => {
    for (const [name, { type, help, labels, buckets = [] }] of Object.entries(METRICS)) {
      expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
      expect([name, help]).toEqual([name, expect.stringMatching(/^[A-Z0-9].+\.$/)]);
      expect(labels).not.toContain("le");
      expect([...buckets]).toEqual([...buckets].toSorted((a, b) => a - b));
    }
  });

  test("counts, sets and observes", () => {
    const meter = createMeter();
    const labels = { method: "GET", route: "/x", status: "200" };
    meter.count("http_requests_total", labels);
    meter.count("http_requests_total", labels, 2);
    meter.gauge("moult_outbox_pending", 4);
    meter.gauge("moult_outbox_pending", 3);
    for (const value of [0.0005, 0.001, 0.7, 999])
      meter.observe("moult_turn_duration_seconds", value);
    const text = meter.expose();
    expect(find(text, "http_requests_total")).toEqual([
      { name: "http_requests_total", labels, value: 3 },
    ]);
    expect(find(text, "moult_outbox_pending")[0]?.value).toBe(3);
    const bucket = (le: string): number | undefined =>
      find(text, "moult_turn_duration_seconds_bucket").find((one) => one.labels["le"] === le)
        ?.value;
    expect([bucket("0.001"), bucket("0.5"), bucket("1"), bucket("120"), bucket("+Inf")]).toEqual([
      2, 2, 3, 3, 4,
    ]);
    expect(find(text, "moult_turn_duration_seconds_count")[0]?.value).toBe(4);
    expect(find(text, "moult_turn_duration_seconds_sum")[0]?.value).toBeCloseTo(999.7015);
  });

  test("asks the collectors each time, and knows the process", () => {
    const meter = createMeter();
    let asked = 0;
    meter.collect(() => meter.gauge("moult_outbox_pending", ++asked));
    meter.expose();
    const text = meter.expose();
    expect(find(text, "moult_outbox_pending")[0]?.value).toBe(2);
    expect(find(text, "process_cpu_seconds_total")[0]?.value).toBeGreaterThan(0);
    expect(find(text, "process_resident_memory_bytes")[0]?.value).toBeGreaterThan(1e6);
    expect(find(text, "process_start_time_seconds")[0]?.value).toBeGreaterThan(1.7e9);
  });

  test.skipIf(promtool === null)("passes promtool", async () => {
    const check = Bun.spawn([promtool ?? "promtool", "check", "metrics"], {
      stdin: new Blob([filled().expose()]),
      stdout: "pipe",
      stderr: "pipe",
    });
    expect([await check.exited, await check.stderr.text()]).toEqual([0, ""]);
  });
});

describe("a wrong sample", () => {
  test("is not counted, told once, and never thrown", () => {
    const told: string[] = [];
    const meter = createMeter({ onMisuse: (text) => told.push(text) });
    meter.count("no_such_total");
    meter.count("no_such_total");
    meter.observe("http_requests_total", 1);
    meter.count("moult_turns_total", { outcome: "answered" }, -1);
    meter.count("moult_turns_total", { outcome: "answered" }, Number.NaN);
    meter.observe("moult_turn_duration_seconds", Number.NaN);
    expect(told).toHaveLength(2);
    expect(told[0]).toContain("no_such_total");
    const text = meter.expose();
    expect(find(text, "no_such_total")).toEqual([]);
    expect(find(text, "moult_turn_duration_seconds_count")[0]?.value).toBe(0);
  });
});

describe("many label values", () => {
  test("are counted together beyond a bound", () => {
    const meter = createMeter();
    for (let index = 0; index < 2_000; index++) {
      meter.count("moult_turns_total", { outcome: `o${index}` });
    }
    const samples = find(meter.expose(), "moult_turns_total");
    expect(samples.length).toBeLessThanOrEqual(501);
    expect(samples.at(-1)?.labels).toEqual({ outcome: "other" });
    expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(2_000);
  });

  test("are cut when long", () => {
    const meter = createMeter();
    meter.count("moult_turns_total", { outcome: "x".repeat(10_000) });
    expect(meter.expose().length).toBeLessThan(9_000);
  });
});
