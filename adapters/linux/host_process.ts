/** A confined process from its start to its end: its control channel, its refusals, its use of the machine. */
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import type { Confined, Exit, FilePolicy, KernelRefusal } from "../../runtime/ports.ts";
import { messageOf } from "../../schemas/error.ts";
import { groupCpuMs, groupMembers, killGroup } from "./cgroup.ts";
import type { Control } from "./control.ts";
import { folderMiB } from "./folder_size.ts";
import { boundMemory, countProcess, ranOutOfMemory } from "./group_bounds.ts";
import type { Layers } from "./layers.ts";
import {
  processConfinement,
  processCpuMs,
  processOwnMiB,
  sessionMembers,
  threadsOf,
} from "./process_stats.ts";
import { RefusalLog, type Reporters } from "./refusals/log.ts";
import { freezeSocket, leaveSeat, PROCESSES_MAX, type Seat, WORK_MIB } from "./seat.ts";
import type { Started } from "./spawner.ts";

/** How long a host may take until it listens and has filtered itself. Generous: a loaded small machine is slow. */
const START_MS_MAX = 20_000;
/** Where nothing bounds a work folder, its size is looked at this often. */
const MEASURE_MS = 1_000;
/** Rounds in which what a host has started is looked for and ended, where no group does that. */
const ENDINGS_MAX = 50;
/** Bits of what `keepFileAccessOnly()` keeps. */
const FILE_ACCESS = 6n;

/** What belongs to a process beside its seat. */
export interface HostParts {
  readonly reporters: Reporters;
  /** It is not alone: what it starts counts as it. */
  readonly startsPrograms: boolean;
}

/** One process, from its start to its end. */
export class HostProcess implements Confined {
  pid = 0;
  control: Control | undefined;
  isUp = false;
  readonly exited: Promise<Exit>;
  readonly #seat: Seat;
  readonly #layers: Layers;
  readonly #hasNetwork: boolean;
  readonly #refusals: RefusalLog;
  readonly #startsPrograms: boolean;
  #memoryMiB = 0;
  #measuredAt = 0;
  readonly #exited = Promise.withResolvers<Exit>();
  readonly #up = Promise.withResolvers<undefined>();
  #listener: ((frame: unknown) => void) | undefined;
  #killedFor: string | undefined;
  #gone = false;

  constructor(seat: Seat, layers: Layers, { reporters, startsPrograms }: HostParts) {
    this.#startsPrograms = startsPrograms;
    this.#seat = seat;
    this.#layers = layers;
    this.#hasNetwork = reporters.network !== undefined;
    this.#refusals = new RefusalLog(seat.group, reporters);
    this.exited = this.#exited.promise;
  }

  get socket() {
    return this.#seat.socket;
  }
  get bundles() {
    return this.#seat.bundles;
  }
  get work() {
    return this.#seat.work;
  }

  send(frame: object): void {
    if (!this.#gone) this.control?.send(frame);
  }

  receive(listener: (frame: unknown) => void): void {
    this.#listener = listener;
  }

  refused(listener: (refusal: KernelRefusal) => void): void {
    this.#refusals.tell(listener);
  }

  /**
   * Reports what any layer refuses from now on, where that was asked for.
   *
   * @param closed folders that no permission opens
   */
  hearAll(files: FilePolicy, closed: readonly string[]): void {
    const { work } = this.#seat;
    const openPath = (process: number, file: number | "cwd") =>
      openPathOf(this.#seat, process, file);
    this.#refusals.hearAll({ work, files, closed, hasNetwork: this.#hasNetwork, openPath });
  }

  /** Before it is up, the process says one thing only. */
  hear(frame: unknown): void {
    // What it was refused came first: a call that ends now is still there to be named.
    this.#refusals.fetch();
    if (this.isUp) this.#listener?.(frame);
    else if (isUpFrame(frame)) this.#up.resolve(undefined);
    else this.kill("it spoke before it was confined");
  }

  cpuMs(): number {
    try {
      const { group } = this.#seat;
      if (group !== undefined) return groupCpuMs(group);
      return sumOf(this.#members(), processCpuMs);
    } catch {
      return 0;
    }
  }

  residentMiB(): number {
    try {
      return this.#gone ? 0 : sumOf(this.#members(), processOwnMiB);
    } catch {
      return 0;
    }
  }

  limitMemory(mib: number): void {
    const { group } = this.#seat;
    this.#memoryMiB = mib;
    if (group !== undefined && !this.#gone) boundMemory(group, this.#layers.bounds, mib);
  }

  excess(): { readonly limit: "processes" | "workMiB"; readonly reason: string } | undefined {
    if (this.#gone) return undefined;
    const { bounds } = this.#layers;
    if (bounds.processes === undefined) {
      const count = this.#members().reduce((sum, pid) => sum + threadsOf(pid), 0);
      if (count > PROCESSES_MAX)
        return { limit: "processes", reason: `${String(count)} threads > ${PROCESSES_MAX}` };
    }
    const now = performance.now();
    if (this.#layers.tmpfs || now - this.#measuredAt < MEASURE_MS) return undefined;
    this.#measuredAt = now;
    const mib = folderMiB(this.#seat.work);
    if (mib <= WORK_MIB) return undefined;
    return { limit: "workMiB", reason: `work folder ${mib.toFixed(0)} MiB > ${WORK_MIB}` };
  }

  /** It never started. */
  giveUp(): void {
    this.control?.close();
    this.#refusals.close();
  }

  kill(why: string): void {
    if (this.#gone) return;
    this.#killedFor ??= why;
    // Both: should it ever leave its group, its end must not depend on it.
    if (this.#seat.group !== undefined) killGroup(this.#seat.group);
    this.#endMembers();
  }

  /** Those that start others meanwhile are found again. */
  #endMembers(): void {
    for (let i = 0; i < ENDINGS_MAX; i++) {
      const members = this.#members();
      for (const pid of members) endProcess(pid);
      if (members.length === 0 || !this.#startsPrograms) return;
    }
  }

  /** Counts it where its processes are bounded. Nothing of a function is in it yet. */
  #count(): void {
    const { group } = this.#seat;
    if (group === undefined) return;
    try {
      countProcess(group, this.#layers.bounds, this.pid);
    } catch (error) {
      if (existsSync(`/proc/${String(this.pid)}`))
        this.kill(`its processes cannot be bounded: ${messageOf(error)}`);
    }
  }

  #outOfMemory(): Pick<Exit, "limit" | "killedFor"> {
    const { group } = this.#seat;
    if (group === undefined || !ranOutOfMemory(group)) return {};
    return { limit: "memoryMiB", killedFor: `memory > ${String(this.#memoryMiB)} MiB` };
  }

  /** It, and all that it has started. */
  #members(): readonly number[] {
    if (this.pid === 0) return [];
    if (!this.#startsPrograms) return [this.pid];
    const { group } = this.#seat;
    return group === undefined ? sessionMembers(this.pid) : groupMembers(group);
  }

  /** Follows the process to its end, and then removes what it had. */
  watch(started: Started): void {
    this.pid = started.pid;
    this.#count();
    void started.exited.then((exit) => {
      this.#gone = true;
      this.control?.close();
      this.#refusals.close();
      const limit = this.#outOfMemory();
      // A group ends them as it is removed.
      if (this.#startsPrograms && this.#seat.group === undefined) this.#endMembers();
      leaveSeat(this.#seat, this.#layers);
      const why = this.#killedFor;
      this.#exited.resolve({ ...exit, ...(why !== undefined && { killedFor: why }), ...limit });
    });
  }

  /** Waits until it listens and is confined, checks that with the kernel, and takes its socket's folder. */
  async whenUp(lastLines: readonly string[]): Promise<void> {
    const late = setTimeout(() => this.kill("it did not start in time"), START_MS_MAX);
    const exit = await Promise.race([this.#up.promise, this.exited]);
    clearTimeout(late);
    if (exit !== undefined) {
      const how = exit.killedFor ?? exit.signal ?? `exit code ${String(exit.code)}`;
      throw new Error([`it ended at once (${how})`, ...withoutSource(lastLines)].join("; "));
    }
    try {
      this.#verify();
      freezeSocket(this.#seat);
    } catch (error) {
      this.kill("it could not be confined");
      await this.exited;
      throw error;
    }
    this.isUp = true;
  }

  #verify(): void {
    const { uid, filtered, noNewPrivileges, capabilities } = processConfinement(this.pid);
    const missing = [
      ...(this.#layers.seccomp && !filtered ? ["the system-call filter"] : []),
      ...(this.#layers.landlock > 0 && !noNewPrivileges ? ["no_new_privs"] : []),
      ...(this.#seat.uid !== undefined && uid !== this.#seat.uid ? ["its user id"] : []),
      ...((capabilities & ~this.#mayHave()) !== 0n ? ["our capabilities from it"] : []),
    ];
    if (missing.length > 0) throw new Error(`the kernel did not take ${missing.join(", ")}`);
  }

  /** Capabilities of ours that it may have: none, unless it runs as root. */
  #mayHave(): bigint {
    if (this.#seat.uid !== undefined || process.getuid?.() !== 0) return 0n;
    return this.#layers.rights ? FILE_ACCESS : ~0n;
  }
}

/** A crash as Bun prints it, without the lines of our own program around the place. */
function withoutSource(lines: readonly string[]): readonly string[] {
  // Bun's report of its own end is long, and says one thing.
  const panic = lines.find((line) => line.startsWith("panic"));
  if (panic !== undefined) return [panic];
  return lines
    .filter((line) => !/^\s*(\d+ \||\^|at |note: |Bun v|$)/.test(line))
    .map((line) => line.slice(0, 200));
}

function isUpFrame(frame: unknown): boolean {
  return typeof frame === "object" && frame !== null && "type" in frame && frame.type === "up";
}

/** Only of a process in the seat's group: processes may be counted in another way where we are. */
function openPathOf(seat: Seat, process: number, file: number | "cwd"): string | undefined {
  const place = `/proc/${String(process)}`;
  const group = seat.group?.split("/").slice(-2).join("/") ?? "";
  try {
    if (!readFileSync(`${place}/cgroup`, "utf8").includes(`/${group}\n`)) return undefined;
    return readlinkSync(`${place}/${file === "cwd" ? file : `fd/${String(file)}`}`);
  } catch {
    return undefined; // It has ended, or closed it.
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself just now.
  }
}

/** What processes use together; one that has just ended uses nothing. */
function sumOf(pids: readonly number[], measure: (pid: number) => number): number {
  let sum = 0;
  for (const pid of pids) {
    try {
      sum += measure(pid);
    } catch {
      continue;
    }
  }
  return sum;
}
