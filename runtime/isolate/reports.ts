/** What one host reports about itself, at a pace that leaves room for the reports of others. It decides nothing. */
import type { HostServices } from "./services.ts";

/** Log lines, and refusals, of one host a second. */
const PER_SECOND_MAX = 100;

/** Lets so many through a second and counts the rest. */
class Gauge {
  #second = 0;
  #seen = 0;

  /** Whether one more may pass, and how many could not in the second that has just ended. */
  take(): { readonly passes: boolean; readonly dropped: number } {
    const second = Math.floor(performance.now() / 1_000);
    let dropped = 0;
    if (second !== this.#second) {
      dropped = Math.max(0, this.#seen - PER_SECOND_MAX);
      this.#second = second;
      this.#seen = 0;
    }
    return { passes: ++this.#seen <= PER_SECOND_MAX, dropped };
  }
}

/** Passes on what a host says of itself; floods are cut and counted. */
export class Reports {
  readonly #name: string;
  readonly #services: Pick<HostServices, "log" | "denied" | "fault">;
  readonly #faults = new Gauge();
  readonly #lines = new Gauge();
  readonly #refusals = new Gauge();

  constructor(name: string, services: Pick<HostServices, "log" | "denied" | "fault">) {
    this.#name = name;
    this.#services = services;
  }

  /** A line of its log. */
  log(level: "info" | "warn" | "error", facts: object, text: string): void {
    const { passes, dropped } = this.#lines.take();
    if (dropped > 0) this.#tellDropped(dropped, "lines");
    if (passes) this.#services.log(this.#name, level, facts, text);
  }

  /** Something it was refused. */
  denied(kind: string, text: string, wanted?: string): void {
    const { passes, dropped } = this.#refusals.take();
    if (dropped > 0) this.#tellDropped(dropped, "refusals");
    if (passes) this.#services.denied(this.#name, kind, text, wanted);
  }

  /** What was not its doing, and yet came of it. */
  fault(text: string): void {
    const { passes, dropped } = this.#faults.take();
    if (dropped > 0) this.#tellDropped(dropped, "faults");
    if (passes) this.#services.fault(this.#name, text);
  }

  #tellDropped(count: number, what: string): void {
    this.#services.log(this.#name, "warn", {}, `(${String(count)} more ${what} were dropped)`);
  }
}
