/**
 * The sandbox on Linux: processes born under Landlock, in their own user id and control group where we may, that
 * listen first and then filter their own system calls. It knows no function.
 */
import { closeSync, openSync } from "node:fs";
import { join, sep } from "node:path";
import type { Confined, FilePolicy, Sandbox } from "../../runtime/ports.ts";
import { realPath } from "../../runtime/below.ts";
import { MoultError, messageOf } from "../../schemas/error.ts";
import { AuditLayer, openAuditLayer } from "./bpf/audit.ts";
import { NetworkLayer, openNetworkLayer } from "./bpf/network.ts";
import { removeGroup } from "./cgroup.ts";
import { openControl } from "./control.ts";
import { HostProcess } from "./host_process.ts";
import type { Domain } from "./landlock.ts";
import { describeLayers, detectLayers, type Layers, type LayerState } from "./layers.ts";
import { type FilterOmitted, leaveOut, type Omitted, omits } from "./omitted.ts";
import { pointersOfCalls } from "./refused_calls.ts";
import { BUN_ITSELF, buildHostProgram, bunPath, libraryPaths, openBun } from "./program.ts";
import { makeFolder, openRunDir, removeRunDir, type RunDir } from "./run_dir.ts";
import { leaveSeat, type Seat, takeSeat } from "./seat.ts";
import { type Started, Spawner } from "./spawner.ts";
import { keepRightsToOurselves, socketPair } from "./syscalls.ts";

/** Bytes of one file a host may write in its work folder; where folders are granted, in those. */
const FILE_BYTES_MAX = { base: 32 * 1_048_576, wide: 4 * 1_073_741_824 } as const;
/** Threads of one host; Bun needs about 20. */
const PROCESSES_MAX = 128;
/** A host with 1024 calls in flight needs as many, and some. */
const OPEN_FILES_MAX = 2_048;

/** What a host does to itself once it listens. The daemon writes it, `host_main.ts` reads it. */
export interface Plan {
  readonly filter: boolean;
  /** The network layer refuses and reports internet sockets; the filter leaves them to it. */
  readonly passSockets: boolean;
  /** What the filter does not look after; only tests name anything. */
  readonly omitted?: FilterOmitted | undefined;
  readonly limits?: {
    readonly fileBytes: number;
    readonly core: number;
    readonly openFiles: number;
    readonly processes?: number;
  };
}

function isBase(files: FilePolicy): boolean {
  return files.read.length === 0 && files.write.length === 0 && files.exec.length === 0;
}

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

/** What reports lack where they were not asked for. */
export const NOT_ASKED_FOR =
  "moult start does not tell of refused files, programs and signals, because that costs every system call of the machine some 0.1 µs; try the function in moult dev";

const NEEDS_GROUP =
  "it needs a control group per function (see processes), and root or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON";

/** Starts confined processes on Linux. */
export class LinuxSandbox implements Sandbox {
  readonly #omitted: Omitted;
  readonly #options: SandboxOptions;
  readonly #run: RunDir;
  readonly #layers: Layers;
  /** Open file of the program that every process runs. */
  readonly #bun: number;
  readonly #living = new Set<Confined>();
  /** Made at the first need: it takes a few milliseconds that a daemon's start does not have. */
  #network: NetworkLayer | { readonly why: string } | undefined;
  #audit: AuditLayer | { readonly why: string } | undefined;
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
    this.#bun = openBun();
    makeFolder(join(this.#run.path, "h"), 0o711);
    makeFolder(join(this.#run.path, "p"), 0o755);
  }

  tier() {
    const stateOf = (layer: object | { readonly why: string }): LayerState =>
      "why" in layer ? { is: "off", why: layer.why } : { is: "on" };
    return describeLayers(this.#layers, stateOf(this.#openNetwork()), stateOf(this.#openAudit()));
  }

  #openNetwork(): NetworkLayer | { readonly why: string } {
    const { groups } = this.#layers;
    if (omits(this.#omitted, "network")) return { why: "it is left out" };
    if (groups === undefined) return { why: NEEDS_GROUP };
    return (this.#network ??= openNetworkLayer(groups, this.#omitted.programs));
  }

  #openAudit(): AuditLayer | { readonly why: string } {
    if (this.#options.everyRefusal !== true) return { why: NOT_ASKED_FOR };
    const untold = "moult dev does not tell of refused files, programs and signals";
    if (this.#layers.groups === undefined) return { why: `${untold}: ${NEEDS_GROUP}` };
    if (this.#audit !== undefined) return this.#audit;
    const opened = openAuditLayer(pointersOfCalls());
    return (this.#audit = "why" in opened ? { why: `${untold}: ${opened.why}` } : opened);
  }

  async start(options: Parameters<Sandbox["start"]>[0]): Promise<Confined> {
    if (this.#closed) throw new MoultError("internal", "The sandbox is closed");
    this.#check(options.files);
    try {
      return await this.#start(options);
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
    if (this.#network instanceof NetworkLayer) this.#network.close();
    if (this.#audit instanceof AuditLayer) this.#audit.close();
    await this.#removeGroups();
    removeRunDir(this.#run.path);
  }

  /** The kernel takes a moment to let go of a process that has ended. */
  async #removeGroups(): Promise<void> {
    const { groups } = this.#layers;
    if (groups === undefined) return;
    for (let i = 0; i < 50; i++) {
      if (removeGroup(groups)) return;
      await Bun.sleep(10);
    }
  }

  #check(files: FilePolicy): void {
    if (files.exec.length > 0)
      throw new MoultError(
        "function/invalid",
        "Cannot load: exec is not available yet; remove permissions.exec",
      );
    const inside = (path: string, folder: string) =>
      path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
    for (const path of [...files.read, ...files.write])
      if (inside(path, this.#run.path) || inside(this.#run.path, path))
        throw new MoultError(
          "function/invalid",
          `Cannot give access to "${path}": other functions run there; name a smaller folder`,
        );
  }

  async #start(options: Parameters<Sandbox["start"]>[0]): Promise<Confined> {
    const base = isBase(options.files);
    const program = await this.#hostProgram();
    const folder = join(this.#run.path, "h", String(++this.#lastId));
    const seat = takeSeat(folder, this.#layers, !base);
    // Hosts with user ids of their own are kept apart by those, and can share a thread and its confinement; so can
    // those that no Landlock confines.
    const shared = base && (seat.uid !== undefined || this.#layers.landlock === 0);
    const spawner = await this.#spawnerFor(shared, seat, options.files);
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

  async #spawnerFor(shared: boolean, seat: Seat, files: FilePolicy): Promise<Spawner> {
    try {
      return await (shared ? this.#sharedSpawner() : this.#ownSpawner(seat, files));
    } catch (error) {
      leaveSeat(seat, this.#layers);
      throw error;
    }
  }

  async #sharedSpawner(): Promise<Spawner> {
    const last = this.#poolSpawner;
    const isOver = (await last?.catch(() => undefined))?.isOver === true;
    if (isOver && this.#poolSpawner === last) this.#poolSpawner = undefined;
    this.#poolSpawner ??= this.#openSpawner(
      this.#domain([], [join(this.#run.path, "h")], []),
      this.#layers.uids === undefined && this.#layers.rights,
    );
    try {
      return await this.#poolSpawner;
    } catch (error) {
      this.#poolSpawner = undefined; // The next start tries again.
      throw error;
    }
  }

  async #ownSpawner(seat: Seat, files: FilePolicy): Promise<Spawner> {
    const domain = this.#domain(
      [seat.bundles, ...files.read],
      [seat.work, ...files.write],
      [join(seat.folder, "s")],
    );
    return await this.#openSpawner(domain, this.#layers.rights);
  }

  async #openSpawner(domain: Domain, dropRights: boolean): Promise<Spawner> {
    return await Spawner.open({
      domain: this.#layers.landlock > 0 ? domain : undefined,
      omitted: this.#omitted.landlock,
      dropRights,
    });
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

  #plan(seat: Seat, base: boolean, network: NetworkLayer | undefined): Plan {
    return {
      filter: this.#layers.seccomp,
      passSockets: network !== undefined,
      omitted: this.#omitted.filter,
      ...(!omits(this.#omitted, "limits") && {
        limits: {
          fileBytes: base ? FILE_BYTES_MAX.base : FILE_BYTES_MAX.wide,
          core: 0,
          openFiles: OPEN_FILES_MAX,
          // Counted per user: only where the user is the process.
          ...(seat.uid === undefined ? {} : { processes: PROCESSES_MAX }),
        },
      }),
    };
  }

  async #launch(
    spawner: Spawner,
    seat: Seat,
    program: string,
    options: Parameters<Sandbox["start"]>[0],
  ): Promise<Confined> {
    const opened = this.#openNetwork();
    const network = opened instanceof NetworkLayer && seat.group !== undefined ? opened : undefined;
    const audit = this.#openAudit();
    const host = new HostProcess(seat, this.#layers, {
      network,
      audit: audit instanceof AuditLayer ? audit : undefined,
    });
    const lastLines: string[] = [];
    const lent: number[] = []; // Files that it gets its own copies of.
    let started: Started;
    try {
      if (this.#closed) throw new Error("moult stops");
      const cgroup = seat.group === undefined ? undefined : openSync(seat.group, "r");
      if (cgroup !== undefined) lent.push(cgroup);
      const [ours, theirs] = socketPair();
      lent.push(theirs);
      host.control = await openControl({
        file: ours,
        onFrame: (frame) => host.hear(frame),
        onBroken: (why) => host.kill(why),
        onClose: () => undefined, // The process's end tells more.
      });
      const plan = JSON.stringify(this.#plan(seat, isBase(options.files), network));
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
        env: omits(this.#omitted, "environment") ? ownEnvironment() : childEnvironment(),
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
      leaveSeat(seat, this.#layers);
      throw error;
    } finally {
      for (const file of lent) closeSync(file);
    }
    host.watch(started);
    await host.whenUp(lastLines);
    const { home } = this.#options;
    host.hearAll(options.files, [this.#run.path, ...(home === undefined ? [] : [realPath(home)])]);
    return host;
  }
}

/** Nothing of ours: the time zone, which the process could not read, and Bun's own switches. */
function childEnvironment(): Readonly<Record<string, string>> {
  return {
    TZ: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    BUN_OPTIONS: "--no-install",
  };
}

/** Ours, where a test wants to see what an empty one is good for. */
function ownEnvironment(): Readonly<Record<string, string>> {
  const set = Object.entries(process.env).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(set), ...childEnvironment() } as Record<string, string>;
}
