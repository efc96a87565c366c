/** Bounds the clock of the processors, and gives back what they had. Knows no reason. */
import { accessSync, constants, writeFileSync } from "node:fs";
import { namesIn, numberIn } from "./sensor_files.ts";

interface Policy {
  /** `scaling_max_freq`, in kHz. */
  readonly file: string;
  readonly lowest: number;
  readonly highest: number;
  /** What it was before it was bounded; `undefined`: it is not bounded. */
  before: number | undefined;
}

/** The processors' clocks. */
export class Clocks {
  readonly #policies: readonly Policy[];

  constructor(root: string) {
    const folder = `${root}/sys/devices/system/cpu/cpufreq`;
    this.#policies = namesIn(folder).flatMap((policy) => {
      const file = `${folder}/${policy}/scaling_max_freq`;
      const lowest = numberIn(folder, policy, "cpuinfo_min_freq");
      const highest = numberIn(folder, policy, "cpuinfo_max_freq");
      const isKnown = lowest !== undefined && highest !== undefined && mayWrite(file);
      return isKnown ? [{ file, lowest, highest, before: undefined }] : [];
    });
  }

  /** Whether there is one that may be bounded. */
  get isWritable(): boolean {
    return this.#policies.length > 0;
  }

  /** Bounds all to this share of their highest, 1 = as before. Never raises what somebody else has bounded. */
  limit(share: number): void {
    for (const policy of this.#policies) {
      if (share >= 1) restore(policy);
      else bound(policy, share);
    }
  }
}

function bound(policy: Policy, share: number): void {
  const { file, lowest, highest } = policy;
  const before = policy.before ?? numberIn(file);
  if (before === undefined) return;
  const wanted = Math.max(lowest, Math.round(highest * share));
  if (write(file, Math.min(wanted, before))) policy.before = before;
}

function restore(policy: Policy): void {
  if (policy.before === undefined) return;
  write(policy.file, policy.before);
  policy.before = undefined;
}

function write(file: string, kilohertz: number): boolean {
  try {
    writeFileSync(file, String(kilohertz));
    return true;
  } catch {
    return false;
  }
}

function mayWrite(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
