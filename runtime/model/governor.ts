/**
 * How much of the machine a model may use: less while it is hot, draws too much, or lacks memory, and all of it again once
 * that has passed for a while. Pure policy: readings in, limits out. Knows no file and no clock.
 */
import type { Readings, Temperature } from "./device.ts";
import type { EngineLimits } from "./engine.ts";

/** What the owner allows. */
export interface GovernorOptions {
  /** `false`: nothing slows the model down. @default true */
  readonly enabled?: boolean;
  /** Degrees Celsius that nothing that computes may reach. @default what each sensor says of itself, else 85 */
  readonly temperatureMax?: number | undefined;
  /** Watts that the machine may draw. @default any */
  readonly powerMax?: number | undefined;
}

/** What follows from the readings. */
export interface Governing {
  readonly limits: EngineLimits;
  /** Share of the highest clock. */
  readonly clock: number;
  /** Why it is less than everything, for people; empty when it is not. */
  readonly because: readonly string[];
}

/** Of a sensor that says nothing of itself, and nobody else does. */
const CELSIUS_MAX_DEFAULT = 85;
/** A device's own limits are taken seriously between these. */
const CELSIUS_SANE = { min: 40, max: 125 };
/** A broken sensor says anything: absolute zero, or the surface of the sun. */
const CELSIUS_REAL = { min: -40, max: 150 };

const LEVEL_MAX = 3;
/** By level. */
const SHARES = [1, 2 / 3, 1 / 3, 0] as const;
const BATCH_TOKENS = [512, 256, 128, 64] as const;
const CLOCKS = [1, 0.8, 0.65, 0.5] as const;
/** One thread is the least that decodes: if that is too much, it is not all of the time. */
const RESTS = [0, 0, 0, 0.4] as const;

/** Between two steps down, so that the first one can show its effect. */
const HEAVIER_MS = 2_000;
/** Calm for this long before each step back up. */
const LIGHTER_MS = 10_000;
/** Nobody looked for this long: what was then says nothing of now. */
const FORGET_MS = 60_000;

/**
 * From `high` on it is slowed down step by step; who stays above `full`, or is once above `beyond`, as far as it goes;
 * below `calm` it recovers.
 */
interface Marks {
  readonly calm: number;
  readonly high: number;
  readonly full: number;
  readonly beyond: number;
}

/** Degrees above the limit. */
const HEAT: Marks = { calm: -13, high: -7, full: -1, beyond: 4 };
/** Share of the allowed watts. */
const POWER: Marks = { calm: 0.8, high: 0.95, full: 1.1, beyond: 1.25 };
/** Share of the time. */
const MEMORY_STALL: Marks = { calm: 0.05, high: 0.15, full: 0.4, beyond: 0.6 };
/** Share of the memory that is used. */
const MEMORY_USE: Marks = { calm: 0.92, high: 0.96, full: 0.985, beyond: 0.995 };
/** A crowd alone never slows down to the last level: threads are chosen by what decodes take. */
const CPU_STALL: Marks = { calm: 0.3, high: 0.6, full: Infinity, beyond: Infinity };

/** How strongly one cause slows down, with hysteresis. */
class Strain {
  level = 0;
  readonly #marks: Marks;
  readonly #max: number;
  #heavierAt = -Infinity;
  /** The last reading was above `full`. Processors are that for a moment when they begin to work. */
  #wasFull = false;
  #calmSince: number | undefined;
  #seenAt = -Infinity;

  constructor(marks: Marks, max: number = LEVEL_MAX) {
    this.#marks = marks;
    this.#max = max;
  }

  /** Takes a reading in. `undefined`: there is none, which is as good as calm. */
  feel(value: number | undefined, now: number): void {
    const wasForgotten = now - this.#seenAt > FORGET_MS;
    this.#seenAt = now;
    if (value !== undefined && value > this.#marks.calm) {
      this.#calmSince = undefined;
      this.#strained(value, now);
      return;
    }
    this.#wasFull = false;
    if (wasForgotten) this.level = 0;
    this.#calmSince ??= now;
    if (this.level === 0 || now - this.#calmSince < LIGHTER_MS) return;
    this.level--;
    this.#calmSince = now;
  }

  #strained(value: number, now: number): void {
    const { high, full, beyond } = this.#marks;
    const isFull = value >= full;
    const isPast = isFull && (this.#wasFull || value >= beyond);
    this.#wasFull = isFull;
    if (isPast) this.#heavier(this.#max, now);
    else if (isFull || (value >= high && now - this.#heavierAt >= HEAVIER_MS))
      this.#heavier(Math.min(this.level + 1, this.#max), now);
  }

  #heavier(level: number, now: number): void {
    this.level = level;
    this.#heavierAt = now;
  }
}

/** Turns readings into limits. */
export class Governor {
  readonly #temperatureMax: number | undefined;
  readonly #powerMax: number;
  readonly #whole: Pick<EngineLimits, "threads" | "slots">;
  readonly #heat = new Strain(HEAT);
  readonly #power = new Strain(POWER);
  readonly #memoryStall = new Strain(MEMORY_STALL);
  readonly #memoryUse = new Strain(MEMORY_USE);
  readonly #crowd = new Strain(CPU_STALL, 1);
  #hottest: Hottest | undefined;
  #watts = 0;
  #readings: Readings | undefined;

  /** @param whole what the model uses when nothing stands against it */
  constructor(whole: Pick<EngineLimits, "threads" | "slots">, options: GovernorOptions = {}) {
    this.#whole = whole;
    this.#temperatureMax = options.temperatureMax;
    this.#powerMax = options.powerMax ?? Infinity;
  }

  /** Takes readings in. @param now milliseconds of a clock that never goes back */
  feel(readings: Readings, now: number): Governing {
    const { memory, cpuStalled } = readings;
    this.#readings = readings;
    this.#hottest = hottestOf(readings.temperatures, this.#temperatureMax);
    this.#heat.feel(this.#hottest?.above, now);
    this.#watts = wattsOf(readings);
    this.#power.feel(this.#watts / this.#powerMax, now);
    this.#memoryStall.feel(memory.stalled, now);
    this.#memoryUse.feel(usedShare(memory), now);
    this.#crowd.feel(cpuStalled, now);
    return this.governing();
  }

  /** What holds now. */
  governing(): Governing {
    const heat = Math.max(this.#heat.level, this.#power.level);
    const memory = Math.max(this.#memoryStall.level, this.#memoryUse.level);
    const threads = Math.max(heat, this.#readings?.onBattery === true ? 1 : 0);
    const { threads: most, slots } = this.#whole;
    return {
      limits: {
        threads: part(most, threads),
        batchTokens: BATCH_TOKENS[Math.max(heat, this.#crowd.level)] ?? BATCH_TOKENS[LEVEL_MAX],
        slots: part(slots, Math.max(heat, memory)),
        rest: RESTS[heat] ?? 0,
      },
      clock: CLOCKS[heat] ?? 1,
      because: this.#because(),
    };
  }

  #because(): readonly string[] {
    const { memory, cpuStalled = 0, onBattery = false } = this.#readings ?? { memory: {} };
    const { availableBytes = 0, stalled = 0 } = memory;
    const causes: readonly (readonly [boolean, string])[] = [
      [this.#heat.level > 0, heatText(this.#hottest)],
      [this.#power.level > 0, `it draws ${this.#watts.toFixed(1)} W (limit ${this.#powerMax})`],
      [this.#memoryUse.level > 0, `${mibText(availableBytes)} of memory are left`],
      [this.#memoryStall.level > 0, `memory is waited for ${percent(stalled)} of the time`],
      [this.#crowd.level > 0, `processors are waited for ${percent(cpuStalled)} of the time`],
      [onBattery, "it runs on battery"],
    ];
    return causes.flatMap(([holds, text]) => (holds ? [text] : []));
  }
}

interface Hottest {
  readonly temperature: Temperature;
  readonly limit: number;
  readonly above: number;
}

/** The sensor that is nearest to its limit, or farthest beyond it. */
function hottestOf(
  temperatures: readonly Temperature[],
  max: number | undefined,
): Hottest | undefined {
  let hottest: Hottest | undefined;
  for (const temperature of temperatures) {
    const { celsius, limit: own, isComputing = true } = temperature;
    if (!isComputing || !isWithin(celsius, CELSIUS_REAL)) continue;
    const stated = own !== undefined && isWithin(own, CELSIUS_SANE) ? own : CELSIUS_MAX_DEFAULT;
    const limit = max ?? stated;
    const above = celsius - limit;
    if (hottest === undefined || above > hottest.above) hottest = { temperature, limit, above };
  }
  return hottest;
}

function wattsOf({ powers }: Readings): number {
  return powers.reduce((sum, { watts, counts }) => sum + (counts && watts > 0 ? watts : 0), 0);
}

function usedShare({ totalBytes, availableBytes }: Readings["memory"]): number | undefined {
  if (totalBytes === undefined || availableBytes === undefined || totalBytes <= 0) return undefined;
  return 1 - availableBytes / totalBytes;
}

/** At least one: what has begun has to end some time. */
function part(whole: number, level: number): number {
  return Math.max(1, Math.round(whole * (SHARES[level] ?? 0)));
}

function isWithin(value: number, { min, max }: { min: number; max: number }): boolean {
  return value >= min && value <= max;
}

function heatText(hottest: Hottest | undefined): string {
  if (hottest === undefined) return "it was hot";
  const { temperature, limit } = hottest;
  return `${temperature.sensor} has ${Math.round(temperature.celsius)} °C (limit ${Math.round(limit)})`;
}

function mibText(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
