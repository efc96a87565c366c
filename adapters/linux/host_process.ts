/** A confined process from its start to its end: its control channel, its refusals, its use of the machine. */
import { readFileSync, readlinkSync } from "node:fs";
import type { Confined, Exit, FilePolicy, KernelRefusal } from "../../runtime/ports.ts";
import { groupCpuMs, groupMembers, killGroup } from "./cgroup.ts";
import type { Control } from "./control.ts";
import type { Layers } from "./layers.ts";
import {
  processConfinement,
  processCpuMs,
  processOwnMiB,
  sessionMembers,
} from "./process_stats.ts";
import { RefusalLog, type Reporters } from "./refusals.ts";
import { freezeSocket, leaveSeat, type Seat } from "./seat.ts";
import type { Started } from "./spawner.ts";

/** How long a host may take until it listens and has filtered itself. Generous: a loaded small machine is slow. */
const START_MS_MAX = 20_000;
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
      return sum(this.#members().map((pid) => processCpuMs(pid)));
    } catch {
      return 0;
    }
  }

  residentMiB(): number {
    try {
      return this.#gone ? 0 : sum(this.#members().map((pid) => processOwnMiB(pid)));
    } catch {
      return 0;
    }
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
    for (const pid of this.#members()) {
      try {
        if (pid > 0) process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself just now.
      }
    }
  }

  /** It, and all that it has started. */
  #members(): readonly number[] {
    if (!this.#startsPrograms) return [this.pid];
    const { group } = this.#seat;
    return group === undefined ? sessionMembers(this.pid) : groupMembers(group);
  }

  /** Follows the process to its end, and then removes what it had. */
  watch(started: Started): void {
    this.pid = started.pid;
    void started.exited.then((exit) => {
      this.#gone = true;
      this.control?.close();
      this.#refusals.close();
      leaveSeat(this.#seat, this.#layers);
      const why = this.#killedFor;
      this.#exited.resolve(why === undefined ? exit : { ...exit, killedFor: why });
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

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
