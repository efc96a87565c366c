/**
 * The sandbox on Linux: processes born under Landlock, in their own user id and control group where we may, that
 * listen first and then filter their own system calls. It knows no function.
 */
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Confined, FilePolicy, Sandbox } from "../../runtime/ports.ts";
import { isBelow, realPath } from "../../runtime/below.ts";
import { MoultError, messageOf } from "../../schemas/error.ts";
import type { HeldPolicy, HookPolicy } from "./bpf/lsm.ts";
import { openControl } from "./control.ts";
import { executables } from "./executables.ts";
import { removeDivided } from "./group_bounds.ts";
import { HostProcess } from "./host_process.ts";
import { KernelLayers } from "./kernel_layers.ts";
import type { Domain } from "./landlock.ts";
import { describeLayers, detectLayers, type Layers } from "./layers.ts";
import { leaveOut, type Omitted, omits } from "./omitted.ts";
import { BUN_ITSELF, buildHostProgram, bunPath, libraryPaths, openBun } from "./program.ts";
import type { Reporters } from "./refusals/log.ts";
import { makeFolder, openRunDir, removeRunDir, type RunDir } from "./run_dir.ts";
import {
  environmentOf,
  isBase,
  needsOurFiles,
  type Plan,
  planFor,
  type StartOptions,
  withPrograms,
} from "./plan.ts";
import { leaveSeat, type Seat, takeSeat } from "./seat.ts";
import { type Started, Spawner } from "./spawner.ts";
import type { Confinement } from "./spawner_worker.ts";
import { keepRightsToOurselves, socketPair } from "./syscalls.ts";

/** What a sandbox tells beside what it does. */
export interface SandboxOptions {
  /**
   * Reports what any layer refuses. That makes every system call of the machine a little slower; `false` reports what
   * the network layer refuses.
   *
   * @default false
   */
  readonly everyRefusal?: boolean;
  /** moult's home: no report advises to open it. */
  readonly home?: string;
}

/** Starts confined processes on Linux. */
export class LinuxSandbox implements Sandbox {
  readonly #omitted: Omitted;
  readonly #options: SandboxOptions;
  readonly #run: RunDir;
  readonly #layers: Layers;
  /** Open file of the program that every process runs. */
  readonly #bun: number;
  readonly #living = new Set<Confined>();
  readonly #kernel: KernelLayers;
  #program: Promise<string> | undefined;
  #poolSpawner: Promise<Spawner> | undefined;
  #lastId = 0;
  #closed = false;

  /**
   * Takes a run folder and tries the layers. Throws when no folder can be made.
   *
   * @param omitted what to leave out; only tests of the sandbox pass any, and nothing in the program leads here
   */
  constructor(omitted: Omitted = {}, options: SandboxOptions = {}) {
    keepRightsToOurselves();
    this.#omitted = omitted;
    this.#options = options;
    this.#run = openRunDir();
    this.#layers = leaveOut(omitted, detectLayers(this.#run));
    this.#kernel = new KernelLayers({
      groups: this.#layers.groups,
      omitted,
      everyRefusal: options.everyRefusal === true,
    });
    this.#bun = openBun();
    makeFolder(join(this.#run.path, "h"), 0o711);
    makeFolder(join(this.#run.path, "p"), 0o755);
  }

  tier() {
    return describeLayers(this.#layers, this.#kernel.states());
  }

  async start(options: Parameters<Sandbox["start"]>[0]): Promise<Confined> {
    if (this.#closed) throw new MoultError("internal", "The sandbox is closed");
    this.#check(options.files);
    const programs = await executables(options.files.exec);
    try {
      return await this.#start({ ...options, programs });
    } catch (error) {
      const why = messageOf(error);
      throw new MoultError("internal", `Cannot start a function process: ${why}`, undefined, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const living = [...this.#living];
    for (const confined of living) confined.kill("moult stops");
    await Promise.all(living.map(async ({ exited }) => await exited));
    const spawner = await this.#poolSpawner?.catch(() => undefined);
    spawner?.close();
    closeSync(this.#bun);
    this.#kernel.close();
    for (const file of this.#layers.held) closeSync(file);
    await this.#removeGroups();
    removeRunDir(this.#run.path);
    closeSync(this.#run.owner);
  }

  /** The kernel takes a moment to let go of a process that has ended. */
  async #removeGroups(): Promise<void> {
    const { groups, bounds } = this.#layers;
    if (groups === undefined) return;
    for (let i = 0; i < 50; i++) {
      if (removeDivided(groups, bounds)) return;
      await Bun.sleep(10);
    }
  }

  #check(files: FilePolicy): void {
    if (files.exec.length > 0 && this.#layers.landlock === 0 && !omits(this.#omitted, "landlock"))
      throw new MoultError(
        "function/invalid",
        "Cannot let a function start programs: this kernel has no Landlock, so that it could start any; use Linux 5.13 or newer with lsm=landlock",
      );
    for (const path of [...files.read, ...files.write, ...files.exec])
      if (isBelow(path, this.#run.path) || isBelow(this.#run.path, path))
        throw new MoultError(
          "function/invalid",
          `Cannot give access to "${path}": other functions run there; name a smaller folder`,
        );
  }

  async #start(options: StartOptions): Promise<Confined> {
    const base = isBase(options.files);
    const program = await this.#hostProgram();
    const folder = join(this.#run.path, "h", String(++this.#lastId));
    const seat = takeSeat(folder, this.#layers, needsOurFiles(options));
    // Hosts with user ids of their own are kept apart by those, and can share a thread and its confinement; so can
    // those that no Landlock confines.
    const shared = base && (seat.uid !== undefined || this.#layers.landlock === 0);
    const spawner = await this.#spawnerFor(shared, seat, options);
    try {
      const host = await this.#launch(spawner, seat, program, options);
      this.#living.add(host);
      void host.exited.then(() => {
        this.#living.delete(host);
        if (!shared) spawner.close();
      });
      return host;
    } catch (error) {
      if (!shared) spawner.close();
      throw error;
    }
  }

  async #hostProgram(): Promise<string> {
    try {
      return await (this.#program ??= buildHostProgram(join(this.#run.path, "p")));
    } catch (error) {
      this.#program = undefined; // The next start tries again: there may be room then.
      throw error;
    }
  }

  async #spawnerFor(shared: boolean, seat: Seat, options: StartOptions): Promise<Spawner> {
    try {
      return await (shared ? this.#sharedSpawner() : this.#ownSpawner(seat, options));
    } catch (error) {
      leaveSeat(seat, this.#layers);
      throw error;
    }
  }

  async #sharedSpawner(): Promise<Spawner> {
    const last = this.#poolSpawner;
    const isOver = (await last?.catch(() => undefined))?.isOver === true;
    if (isOver && this.#poolSpawner === last) this.#poolSpawner = undefined;
    this.#poolSpawner ??= this.#openSpawner({
      domain: this.#domain([], [join(this.#run.path, "h")], []),
      dropRights: this.#layers.uids === undefined && this.#layers.rights,
    });
    try {
      return await this.#poolSpawner;
    } catch (error) {
      this.#poolSpawner = undefined; // The next start tries again.
      throw error;
    }
  }

  async #ownSpawner(seat: Seat, options: StartOptions): Promise<Spawner> {
    return await this.#openSpawner({
      domain: this.#ownDomain(seat, options),
      dropRights: this.#layers.rights,
      apart: this.#isApart(options.files),
    });
  }

  #ownDomain(seat: Seat, { files, programs }: StartOptions): Domain {
    const domain = this.#domain(
      [seat.bundles, ...files.read],
      [seat.work, ...files.write],
      [join(seat.folder, "s")],
    );
    return withPrograms({ ...domain, list: files.list }, programs);
  }

  /** Puts a group that is still empty under the kernel's hooks, where there are any. */
  #confineByHooks(seat: Seat, options: StartOptions): HeldPolicy | undefined {
    const { hooks } = this.#kernel;
    if (hooks === undefined || seat.group === undefined) return undefined;
    const load = [...libraryPaths(), ...options.programs.read];
    const policy: HookPolicy = { ...this.#ownDomain(seat, options), load };
    return hooks.confine(seat.group, policy);
  }

  async #openSpawner(confinement: Confinement): Promise<Spawner> {
    const { landlock } = this.#layers;
    const domain = landlock > 0 ? confinement.domain : undefined;
    return await Spawner.open({ ...confinement, domain, omitted: this.#omitted.landlock });
  }

  /** Whether a host that starts others is kept together with them, and away from everybody else. */
  #isApart({ exec }: FilePolicy): boolean {
    return exec.length > 0 && this.#layers.apart;
  }

  #domain(read: readonly string[], write: readonly string[], listen: readonly string[]): Domain {
    return {
      read: [join(this.#run.path, "p"), ...read],
      // Not listed: a process can not see which others there are. Rules are about what exists now, so
      // "/proc/self" would name the daemon.
      readFiles: [...libraryPaths(), "/proc", "/sys/devices/system/cpu", "/dev/urandom"],
      run: [BUN_ITSELF, ...libraryPaths().filter((path) => /\/ld-[^/]*$/.test(path))],
      write: ["/dev/null", ...write],
      listen,
    };
  }

  #plan(seat: Seat, files: FilePolicy, passSockets: boolean): Plan {
    const apart = this.#isApart(files);
    return planFor({ seat, files, passSockets, apart, layers: this.#layers }, this.#omitted);
  }

  #reporters({ group }: Seat): Reporters {
    const { network, hooks, audit } = this.#kernel;
    return { network: group === undefined ? undefined : network, hooks, audit };
  }

  async #launch(
    spawner: Spawner,
    seat: Seat,
    program: string,
    options: StartOptions,
  ): Promise<Confined> {
    const reporters = this.#reporters(seat);
    const host = new HostProcess(seat, this.#layers, {
      reporters,
      startsPrograms: options.files.exec.length > 0,
    });
    const lastLines: string[] = [];
    const lent: number[] = []; // Files that it gets its own copies of.
    let policy: HeldPolicy | undefined;
    let started: Started;
    try {
      if (this.#closed) throw new Error("moult stops");
      const cgroup = seat.group === undefined ? undefined : openSync(seat.group, "r");
      if (cgroup !== undefined) lent.push(cgroup);
      policy = this.#confineByHooks(seat, options);
      const [ours, theirs] = socketPair();
      lent.push(theirs);
      host.control = await openControl({
        file: ours,
        onFrame: (frame) => host.hear(frame),
        onBroken: (why) => host.kill(why),
        onClose: () => undefined, // The process's end tells more.
      });
      const plan = JSON.stringify(this.#plan(seat, options.files, reporters.network !== undefined));
      const start = {
        command: [
          `/proc/self/fd/${String(this.#bun)}`,
          "--no-orphans",
          "--no-install",
          program,
          seat.socket,
          plan,
        ],
        argv0: bunPath(),
        cwd: seat.work,
        env: environmentOf(options.files, this.#omitted),
        control: theirs,
        uid: seat.uid,
        cgroup,
      };
      started = await spawner.spawn(start, (line) => {
        if (!host.isUp && lastLines.length < 20) lastLines.push(line);
        else options.onOutput(line);
      });
    } catch (error) {
      host.giveUp();
      policy?.release();
      leaveSeat(seat, this.#layers);
      throw error;
    } finally {
      for (const file of lent) closeSync(file);
    }
    host.limitMemory(options.memoryMiB);
    host.watch(started);
    void host.exited.then(() => policy?.release());
    await host.whenUp(lastLines);
    if (options.files.exec.length === 0) policy?.forbidPrograms();
    const { home } = this.#options;
    host.hearAll(options.files, [this.#run.path, ...(home === undefined ? [] : [realPath(home)])]);
    return host;
  }
}
