/** The machine that a model works on, as far as it can be felt: how hot, how hungry, how crowded. Adapters read it. */

/** One temperature. */
export interface Temperature {
  /** Chip and label: `coretemp/Package id 0`. */
  readonly sensor: string;
  readonly celsius: number;
  /** What the device itself says it should stay below. @default unknown */
  readonly limit?: number;
  /** A model's work heats it. @default true */
  readonly isComputing?: boolean;
}

/** One power. */
export interface Power {
  /** Domain: `package-0`, `battery/BAT0`. */
  readonly sensor: string;
  readonly watts: number;
  /** It is part of what the machine draws; another one may hold the same watts already. */
  readonly counts: boolean;
}

/** One GPU. */
export interface GpuReading {
  readonly gpu: string;
  /** 0 to 1. */
  readonly utilisation?: number;
  readonly memoryUsedBytes?: number;
}

/** What was read at once. What cannot be read is absent. */
export interface Readings {
  readonly temperatures: readonly Temperature[];
  readonly powers: readonly Power[];
  readonly gpus: readonly GpuReading[];
  /** No power but a battery's. */
  readonly onBattery: boolean;
  readonly memory: {
    readonly totalBytes?: number;
    /** That may still be used, by the machine or by the group of processes that this one may not leave. */
    readonly availableBytes?: number;
    /** Share of the last ten seconds in which somebody waited for memory, 0 to 1. */
    readonly stalled?: number;
  };
  /** Share of the last ten seconds in which somebody waited for a processor, 0 to 1. */
  readonly cpuStalled?: number;
}

/** A machine that can be felt. */
export interface Device {
  /** Reads what is due; what was read within the last second is returned again. Never throws. */
  readonly read: () => Readings;
  /** Bounds the processors' clock to this share of the highest, 1 = not at all. Absent: it may not or cannot. */
  readonly limitClock?: (share: number) => void;
}
