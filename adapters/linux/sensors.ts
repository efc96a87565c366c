/**
 * How this machine feels: temperatures, power, memory, crowds and graphics cards, from the files of the kernel below a
 * folder that need not be `/`. Reads when it is asked, and at most once a second. Knows no policy.
 */
import { Gpus } from "./gpus.ts";
import { Powers } from "./powers.ts";
import { memoryOf, stalledOf } from "./pressure.ts";
import { findTemperatures, readTemperature, type TemperatureSource } from "./temperatures.ts";
import { Clocks } from "./clocks.ts";
import type { Device, Readings } from "../../runtime/model/device.ts";

/** Between two readings. */
const READ_MS = 1_000;
/** Between two looks for sensors that came or went. */
const FIND_MS = 60_000;

/** Where and how to read. */
export interface SensorOptions {
  /** Folder that holds `sys` and `proc`. @default "/" */
  readonly root?: string | undefined;
  /** `nvidia-smi`. @default the one in `PATH`, if any */
  readonly nvidiaSmi?: string | undefined;
  /** The clock of the processors may be bounded. @default false */
  readonly clock?: boolean | undefined;
  /** Milliseconds that never go back. @default the process's */
  readonly now?: () => number;
}

/** The sensors of a machine. */
export class Sensors implements Device {
  /** Bounds the processors' clock, where that was asked for and may be done. */
  readonly limitClock?: (share: number) => void;
  readonly #root: string;
  readonly #now: () => number;
  readonly #powers: Powers;
  readonly #gpus: Gpus;
  #sources: readonly TemperatureSource[] = [];
  #foundAt = -Infinity;
  #readAt = -Infinity;
  #last: Readings = NOTHING;

  constructor(options: SensorOptions = {}) {
    const { root = "/", clock = false, now = () => performance.now() } = options;
    this.#root = root === "/" ? "" : root;
    this.#now = now;
    this.#powers = new Powers(this.#root);
    this.#gpus = new Gpus(this.#root, options.nvidiaSmi ?? Bun.which("nvidia-smi") ?? undefined);
    const clocks = clock ? new Clocks(this.#root) : undefined;
    if (clocks?.isWritable === true) this.limitClock = (share) => clocks.limit(share);
  }

  read(): Readings {
    const now = this.#now();
    if (now - this.#readAt < READ_MS) return this.#last;
    this.#readAt = now;
    this.#last = this.#read(now);
    return this.#last;
  }

  #read(now: number): Readings {
    if (now - this.#foundAt >= FIND_MS) {
      this.#foundAt = now;
      this.#sources = findTemperatures(this.#root);
    }
    const temperatures = this.#sources.flatMap((source) => readTemperature(source) ?? []);
    const { powers, onBattery } = this.#powers.read(now);
    const cards = this.#gpus.read(now);
    const cpuStalled = stalledOf(this.#root || "/", "cpu");
    return {
      temperatures: [...temperatures, ...cards.temperatures],
      powers: [...powers, ...cards.powers],
      gpus: cards.gpus,
      onBattery,
      memory: memoryOf(this.#root || "/"),
      ...(cpuStalled !== undefined && { cpuStalled }),
    };
  }
}

const NOTHING: Readings = {
  temperatures: [],
  powers: [],
  gpus: [],
  onBattery: false,
  memory: {},
};
