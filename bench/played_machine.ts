/**
 * A machine whose temperature and power are played in files, as the kernel would write them, from what a real process
 * burns: the warmer the more it computes, and the warmer the air around it.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cpuMs } from "./process_tree.ts";

/** All cores at work heat the machine by this much above the air, and draw this much above rest. */
const DEGREES_OF_WORK = 45;
const WATTS_OF_WORK = 30;
const WATTS_AT_REST = 5;
/** It takes this long to get most of the way to another temperature. */
const INERTIA_MS = 8_000;
const STEP_MS = 250;

const CORE = "sys/class/hwmon/hwmon0";
const PACKAGE = "sys/class/powercap/intel-rapl:0";

/** What it felt like, a quarter of a second each. */
export interface Felt {
  readonly celsius: number;
  readonly watts: number;
}

/** A machine that plays. */
export class PlayedMachine {
  /** Folder to be read instead of `/`. */
  readonly root = mkdtempSync(join(tmpdir(), "moult-played-"));
  readonly felt: Felt[] = [];
  /** Degrees of the air. */
  air = 25;
  readonly #timer: NodeJS.Timeout;
  #celsius = 40;
  #microjoules = 0;
  #burnt: number;
  #at = performance.now();

  /** @param pid process whose work heats it */
  constructor(pid: number) {
    this.#burnt = cpuMs(pid);
    this.#write(`${CORE}/name`, "coretemp");
    this.#write(`${CORE}/temp1_label`, "Package id 0");
    this.#write(`${CORE}/temp1_crit`, 100_000);
    this.#write(`${PACKAGE}/name`, "package-0");
    this.#write(`${PACKAGE}/max_energy_range_uj`, Number.MAX_SAFE_INTEGER);
    this.#step(pid);
    this.#timer = setInterval(() => this.#step(pid), STEP_MS);
  }

  /** Forgets what was felt so far, and returns it. */
  take(): readonly Felt[] {
    return this.felt.splice(0);
  }

  remove(): void {
    clearInterval(this.#timer);
    rmSync(this.root, { recursive: true, force: true });
  }

  #step(pid: number): void {
    const [burnt, now] = [cpuMs(pid), performance.now()];
    const ms = Math.max(1, now - this.#at);
    const share = Math.min(1, (burnt - this.#burnt) / ms / availableParallelism());
    [this.#burnt, this.#at] = [burnt, now];
    const target = this.air + 15 + DEGREES_OF_WORK * share;
    this.#celsius += (target - this.#celsius) * (1 - Math.exp(-ms / INERTIA_MS));
    const watts = WATTS_AT_REST + WATTS_OF_WORK * share;
    this.#microjoules += watts * ms * 1_000;
    this.#write(`${CORE}/temp1_input`, Math.round(this.#celsius * 1_000));
    this.#write(`${PACKAGE}/energy_uj`, Math.round(this.#microjoules));
    this.felt.push({ celsius: this.#celsius, watts });
  }

  /** In one piece, as the kernel's files are. */
  #write(path: string, value: string | number): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, `${value}\n`);
    renameSync(`${file}.new`, file);
  }
}
