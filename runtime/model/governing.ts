/**
 * Feels the machine once a second while the model works, and says when it may use less or more. Knows the machine by its
 * port and no file; while nobody asks for anything it does nothing.
 */
import type { Device, Readings } from "./device.ts";
import type { EngineLimits } from "./engine.ts";
import { Governor, type GovernorOptions, type Governing } from "./governor.ts";
import type { Meter } from "../ports.ts";
import type { Governed } from "../../schemas/model.ts";

/** Between two looks at a machine that works. */
const LOOK_MS = 1_000;

/** What the governing needs. */
export interface GoverningParts {
  readonly device: Device;
  readonly options: GovernorOptions;
  readonly meter: Meter;
  /** Told what holds from now on, each time that it changes. */
  readonly onChange: (governing: Governing) => void;
  /** Milliseconds that never go back. @default the process's */
  readonly now?: () => number;
}

/** Watches over one model on one machine. */
export class DeviceWatch {
  readonly #parts: GoverningParts;
  readonly #now: () => number;
  #governor: Governor | undefined;
  #last: Governing | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: GoverningParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    // Whoever asks for metrics wants to know, also while nothing works.
    parts.meter.collect(() => recordReadings(parts.meter, parts.device.read()));
  }

  /** What holds now; `undefined` before the model is loaded, or where nothing may slow it down. */
  get governing(): Governing | undefined {
    return this.#last;
  }

  /** How it is slowed down, and why; `undefined` while it is not. */
  governed(): Governed | undefined {
    const isSlow = this.#last !== undefined && this.#last.because.length > 0;
    // At rest nobody has looked since, and much may have passed.
    if (isSlow && this.#timer === undefined) this.look();
    if (this.#last === undefined || this.#last.because.length === 0) return undefined;
    const { limits, because } = this.#last;
    return { limits, because };
  }

  /** A model is loaded that would use this much. */
  loaded(whole: Pick<EngineLimits, "threads" | "slots">): void {
    if (this.#parts.options.enabled === false) return;
    this.#governor = new Governor(whole, this.#parts.options);
    this.#last = this.#governor.governing();
    if (this.#timer !== undefined) this.look();
  }

  /** It works, until `rest()`. */
  work(): void {
    if (this.#timer !== undefined || this.#parts.options.enabled === false) return;
    this.#timer = setInterval(() => this.look(), LOOK_MS);
    this.#timer.unref();
    this.look();
  }

  /** Nobody asks for anything: the machine cools down by itself. */
  rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#parts.device.limitClock?.(1);
  }

  /** Reads, and tells what changed. */
  look(): void {
    const { device, onChange } = this.#parts;
    const governing = this.#governor?.feel(device.read(), this.#now());
    if (governing === undefined) return;
    const before = this.#last;
    this.#last = governing;
    if (this.#timer !== undefined) device.limitClock?.(governing.clock);
    if (before === undefined || isOther(before, governing)) onChange(governing);
  }
}

/** Numbers in the reasons change all the time. */
function isOther(before: Governing, after: Governing): boolean {
  const names: readonly (keyof EngineLimits)[] = ["threads", "batchTokens", "slots", "rest"];
  return (
    before.clock !== after.clock ||
    before.because.length !== after.because.length ||
    names.some((name) => before.limits[name] !== after.limits[name])
  );
}

function recordReadings(meter: Meter, { temperatures, powers, gpus }: Readings): void {
  for (const { sensor, celsius } of temperatures)
    meter.gauge("device_temperature_celsius", celsius, { sensor });
  for (const { sensor, watts } of powers) meter.gauge("device_power_watts", watts, { sensor });
  for (const { gpu, utilisation, memoryUsedBytes } of gpus) {
    if (utilisation !== undefined) meter.gauge("gpu_utilization_ratio", utilisation, { gpu });
    if (memoryUsedBytes !== undefined)
      meter.gauge("gpu_memory_used_bytes", memoryUsedBytes, { gpu });
  }
}
