/**
 * The layer of the kernel's security hooks: programs that judge what a control group does with files, programs, other
 * processes and the kernel itself, and report what they refused. It knows groups and paths, and no function.
 */
import {
  type BpfMap,
  BpfObject,
  hasHook,
  lacksRights,
  layerOrWhy,
  tryHooks,
  number32,
} from "./libbpf.ts";
import { type Place, Places } from "./places.ts";
import { GroupReports, groupId, groupKey } from "./reports.ts";
import {
  HOOKS,
  type HookName,
  type HookRefusal,
  LATE,
  PROGRAMS,
  readRefusal,
  type Right,
  RIGHTS,
} from "./lsm_table.ts";
import type { Domain } from "../landlock.ts";

/** What a group may touch: the rules of Landlock, and what it may load as code. */
export interface HookPolicy extends Domain {
  /** Files that may be mapped as code, as libraries are. What may be run may be mapped, too. */
  readonly load: readonly string[];
}

const OBJECT = Bun.fileURLToPath(new URL("lsm.bpf.o", import.meta.url));

/** What became of a group's policy. */
export interface HeldPolicy {
  /** Nothing is started any more, the program that runs included. */
  readonly forbidPrograms: () => void;
  /** The policy ends; the group must be empty. */
  readonly release: () => void;
}

/** The layer, for all groups that it is given. Others are not asked anything. */
export class HookLayer {
  readonly #object: BpfObject;
  readonly #policies: BpfMap;
  readonly #rules: BpfMap;
  readonly #places: Places;
  #detach: (() => void)[] = [];
  /** What its groups are refused. */
  readonly reports: GroupReports<HookRefusal>;
  #closed = false;
  /** Hooks that this kernel has not. */
  readonly missing: readonly HookName[];

  /**
   * Loads the programs, attaches them and checks that the kernel asks them. They go with this process. Throws when any
   * part is refused.
   *
   * @param without hooks to leave out, to see what each is good for
   */
  constructor(without: readonly HookName[] = []) {
    tryHooks();
    const { object, missing } = load(without);
    this.#object = object;
    this.missing = missing;
    this.#places = new Places((question) => object.run("locate", question));
    try {
      this.#policies = object.map("policies");
      this.#rules = object.map("rules");
      this.reports = new GroupReports(object.map("refusals"), readRefusal);
      for (const hook of HOOKS)
        if (!without.includes(hook) && !missing.includes(hook))
          this.#detach.push(object.hook(PROGRAMS[hook]));
      if (!without.includes("bpf")) this.#check();
    } catch (error) {
      this.#letGo();
      throw error;
    }
  }

  /** A kernel that was not told to have such programs judge takes them all the same, and never asks them. */
  #check(): void {
    const asked = this.#object.map("asked");
    const [ours, count] = [number32(0), number32(1)];
    const value = Buffer.alloc(8);
    this.#object.run("meet", Buffer.alloc(16));
    asked.get(count, value); // Each look is a call that one of the hooks is about.
    asked.get(count, value);
    if (value.readBigUInt64LE() === 0n) throw new Error(NEVER_ASKED);
    asked.set(ours, Buffer.alloc(8));
  }

  /** Confines a group to a policy from now on. Throws when a path does not exist or the tables are full. */
  confine(group: string, policy: HookPolicy): HeldPolicy {
    const id = groupId(group);
    const key = groupKey(group);
    const given = new Map<Place, number>();
    const release = () => {
      for (const place of given.keys()) {
        if (!this.#closed) this.#rules.delete(ruleKey(id, place));
        this.#places.drop(place);
      }
      given.clear();
      if (!this.#closed) this.#policies.delete(key);
    };
    const set = (place: Place, rights: number) => {
      given.set(place, rights);
      this.#rules.set(ruleKey(id, place), number32(rights));
    };
    this.#policies.set(key, number32(0));
    try {
      for (const [path, rights] of rightsByPath(policy)) {
        const place = this.#places.hold(path, given);
        set(place, rights | (given.get(place) ?? 0)); // Two paths may lead to one place.
      }
    } catch (error) {
      release();
      throw error;
    }
    const forbidPrograms = () => {
      if (this.#closed) return;
      for (const [place, rights] of given)
        if ((rights & RIGHTS.run) !== 0) set(place, rights & ~RIGHTS.run);
    };
    return { forbidPrograms, release };
  }

  /** Ends the layer: nothing is confined by it any more. */
  close(): void {
    if (this.#closed) return;
    this.reports.close();
    this.#letGo();
  }

  #letGo(): void {
    this.#closed = true;
    for (const detach of this.#detach) detach();
    this.#detach = [];
    this.#places.close();
    this.#object.close();
  }
}

const NEVER_ASKED = "The kernel takes programs for its security hooks and does not ask them";

/** Loads the programs for the hooks that the kernel has. */
function load(without: readonly HookName[]) {
  const open = (left: readonly HookName[]) => {
    const names = new Set<string>(left.map((hook) => PROGRAMS[hook]));
    return new BpfObject(OBJECT, (name) => !names.has(name));
  };
  try {
    return { object: open(without), missing: [] };
  } catch (error) {
    const missing = LATE.filter((hook) => !without.includes(hook) && !hasHook(hook));
    if (missing.length === 0) throw error;
    return { object: open([...without, ...missing]), missing };
  }
}

/** The layer, or why this machine has none and what to do about it. */
export function openHookLayer(
  without: readonly HookName[] = [],
): HookLayer | { readonly why: string } {
  return layerOrWhy(() => new HookLayer(without), remedyFor);
}

function remedyFor(message: string): string {
  if (message === NEVER_ASKED) return "add bpf to the list of lsm= on the kernel's command line";
  return lacksRights(message)
    ? "start moult as root, or with CAP_BPF and CAP_PERFMON, on a kernel booted with lsm=...,bpf that is not locked down against it"
    : "use Linux 5.14 or newer with CONFIG_BPF_LSM and CONFIG_DEBUG_INFO_BTF, booted with lsm=...,bpf";
}

function rightsByPath(policy: HookPolicy): ReadonlyMap<string, number> {
  const rights = new Map<string, number>();
  const give = (paths: readonly string[], ...names: readonly Right[]) => {
    const given = names.reduce((bits, name) => bits | RIGHTS[name], 0);
    for (const path of paths) rights.set(path, (rights.get(path) ?? 0) | given);
  };
  give(policy.read, "read", "list");
  give(policy.readFiles, "read");
  give(policy.list ?? [], "list");
  give(policy.run, "read", "run", "load");
  give(policy.load, "read", "load");
  give(policy.write, "read", "list", "write", "listen");
  give(policy.listen, "listen");
  return rights;
}

function ruleKey(group: bigint, { device, inode }: Place): Uint8Array {
  const key = Buffer.alloc(24);
  key.writeBigUInt64LE(group, 0);
  key.writeBigUInt64LE(inode, 8);
  key.writeUInt32LE(device, 16);
  return key;
}
