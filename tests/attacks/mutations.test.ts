/**
 * Each part of the confinement is needed: without it at least one attack succeeds. Where two layers stand against the
 * same attack, the part is taken out of its layer alone, and the other layers are off. The programs of the network
 * layer are taken out one by one in `tests/adapters/linux/network.test.ts`. That nothing succeeds while all parts are
 * there is what `verdicts.test.ts` says.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { landlockRights, landlockVersion } from "../../adapters/linux/landlock.ts";
import { LAYERS, type LayerName, type Omitted } from "../../adapters/linux/omitted.ts";
import type { Attack } from "./attack.ts";
import { corpus } from "./corpus.ts";
import { CALLS, type CallName } from "./native.ts";
import { openServers } from "./places.ts";
import { Ground, only } from "./verdicts.ts";

const isLinux = process.platform === "linux";
const isRoot = process.getuid?.() === 0;
const column = process.arch === "arm64" ? 1 : 0;

/** Calls that must never be on the list of the allowed: each opens a way that an attack of the corpus takes. */
const DANGEROUS = `
  add_key bind bpf capset chroot clone clone3 connect execve
  execveat fanotify_init fcntl fchmod fchmodat fchown fchownat fork fsopen inotify_init1
  io_uring_setup ioprio_set kcmp keyctl kill linkat listen memfd_create mknodat
  mount move_pages mq_open msgget open_by_handle_at perf_event_open personality pidfd_getfd pidfd_open
  pidfd_send_signal prctl prlimit64 process_vm_readv process_vm_writev ptrace reboot request_key rt_sigqueueinfo
  rt_tgsigqueueinfo sched_setaffinity sched_setscheduler semget sendmmsg sendmsg sendto sethostname setns
  setpriority setresuid setxattr shmget socket socketpair symlinkat syslog tgkill
  tkill truncate unshare userfaultfd utimensat vfork
`
  .trim()
  .split(/\s+/) as readonly CallName[];

describe.skipIf(!isLinux)("without it an attack succeeds:", () => {
  let servers: Awaited<ReturnType<typeof openServers>>;
  let attacks: readonly Attack[];
  beforeAll(async () => {
    servers = await openServers();
    attacks = Object.values(corpus(servers.servers)).flat();
  });
  afterAll(async () => await servers.close());

  const named = (name: string) => {
    const attack = attacks.find((one) => one.name === name);
    if (attack === undefined) throw new Error(`There is no attack "${name}"`);
    return attack;
  };

  /**
   * Tries attacks under some layers, each in a function of its own, with parts left out that differ from one to the
   * next. Two at a time: a machine has at least two processors.
   */
  async function tryEach<T extends { readonly attack: Attack }>(
    layers: readonly LayerName[],
    mutants: readonly (T & Pick<Omitted, "filter" | "landlock">)[],
    half: "harmless" | "malicious" = "malicious",
  ): Promise<readonly (T & { readonly result: string })[]> {
    const waiting = [...mutants];
    const results: (T & { result: string })[] = [];
    const lane = async () => {
      const now: { filter?: Omitted["filter"]; landlock?: Omitted["landlock"] } = {};
      // The sandbox looks at each start what to leave out.
      const ground = new Ground(servers.servers, Object.assign(now, only(layers)));
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        now.filter = mutant.filter;
        now.landlock = mutant.landlock;
        const { result } = await ground.try(mutant.attack, half, true);
        results.push({ ...mutant, result });
      }
      await ground.close();
    };
    await Promise.all([lane(), lane()]);
    return results;
  }

  const numbers = (names: readonly CallName[]) => names.map((name) => CALLS[name][column]);

  test("the refusal of each call", async () => {
    const mutants = DANGEROUS.filter((call) => CALLS[call][column] >= 0).flatMap((call) => {
      const [attack] = attacks
        .filter(({ calls = [] }) => calls.includes(call))
        .toSorted((a, b) => (a.calls?.length ?? 0) - (b.calls?.length ?? 0));
      if (attack === undefined) throw new Error(`No attack is in need of ${call}`);
      const { calls = [] } = attack;
      const without = calls.filter((other) => other !== call);
      const opened = { call, attack, filter: { calls: numbers(calls) }, wanted: "succeeds" };
      // Where it takes several calls, each is needed.
      const kept = { call, attack, filter: { calls: numbers(without) }, wanted: "refused" };
      return without.length === 0 ? [opened] : [opened, kept];
    });
    const results = await tryEach(["seccomp"], mutants);
    expect(results.filter(({ wanted, result }) => wanted !== result)).toEqual([]);
    const names = new Set(mutants.map(({ attack }) => attack.name));
    const refused = await tryEach(
      ["seccomp"],
      [{ attack: named("keep a file in memory that no limit counts") }],
    );
    expect(refused.map(({ result }) => result)).toEqual(["refused"]);
    expect(names.size).toBeGreaterThan(50);
  }, 120_000);

  test("the check of a call's numbers, and of what sendto says", async () => {
    const other = named("use the system calls of a 32-bit processor");
    const udp = named("send (UDP over IPv4)");
    const calls = numbers(["socket"]);
    const early = attacks.filter(({ name }) => name.startsWith("send before a connect"));
    const results = await tryEach(
      ["seccomp"],
      [
        { attack: other, filter: {}, wanted: "killed" },
        { attack: other, filter: { checks: ["processor"] }, wanted: "succeeds" },
        { attack: udp, filter: { calls }, wanted: "refused" },
        { attack: udp, filter: { calls, checks: ["sendto address"] }, wanted: "succeeds" },
        // Its address alone gives it away: what stands against its flag is seen without that check.
        ...early.flatMap(
          (attack) =>
            [
              { attack, filter: { calls, checks: ["sendto flags"] }, wanted: "refused" },
              { attack, filter: { calls, checks: ["sendto address"] }, wanted: "refused" },
              {
                attack,
                filter: { calls, checks: ["sendto flags", "sendto address"] },
                wanted: "succeeds",
              },
            ] as const,
        ),
      ],
    );
    expect(results.filter(({ wanted, result }) => wanted !== result)).toEqual([]);
  });

  test.skipIf(!isRoot)(
    "the check of a socket's family, where sockets are left to the network layer",
    async () => {
      const names = ["ask the kernel for routes (AF_NETLINK)", "packets of the wire (AF_PACKET)"];
      const filter = { calls: numbers(["socket"]) };
      const results = await tryEach(
        ["seccomp", "cgroup", "network"],
        names.map(named).flatMap((attack) => [
          { attack, wanted: "refused" },
          { attack, filter, wanted: "succeeds" },
        ]),
      );
      expect(results.filter(({ wanted, result }) => wanted !== result)).toEqual([]);
    },
  );

  test("each right and scope of Landlock's", async () => {
    // One the kernel refuses where nobody looks after it: without it, functions could not rename among folders.
    const rights = landlockRights(landlockVersion()).filter((right) => right !== "refer");
    const mutants = rights.map((right) => {
      const attack = attacks.find((one) => one.right === right);
      if (attack === undefined) throw new Error(`No attack is in need of ${right}`);
      return { right, attack, landlock: [right] };
    });
    const results = await tryEach(["landlock"], mutants);
    expect(results.filter(({ result }) => result !== "succeeds")).toEqual([]);
    const renames = {
      attack: named("take a secret file by renaming it"),
      landlock: ["refer"] as const,
    };
    expect(await tryEach(["landlock"], [renames], "harmless")).toMatchObject([
      { result: "refused" },
    ]);
  }, 120_000);

  test.skipIf(!isRoot).each([
    ["the empty environment", LAYERS, "environment", "read the daemon's environment in its own"],
    ["Landlock", LAYERS, "landlock", "read what everybody may read"],
    ["the filter", LAYERS, "seccomp", "make calls through another door (io_uring)"],
    ["the limits", LAYERS, "limits", "raise its own limits"],
    ["the work folder in memory", LAYERS, "tmpfs", "load a library of its own"],
    [
      "a user of its own",
      LAYERS.filter((layer) => layer !== "seccomp"),
      "uid",
      "read and set the daemon's limits",
    ],
    [
      "the loss of root's rights",
      LAYERS.filter((layer) => layer !== "uid"),
      "rights",
      "read the daemon's environment in /proc",
    ],
    ["the network layer", ["cgroup", "network"], "network", "connect (multipath TCP)"],
  ] as const)("%s", async (_what, layers: readonly LayerName[], layer: LayerName, name: string) => {
    const results: string[] = [];
    process.env["MOULT_ATTACKS_CANARY"] = "secret";
    for (const kept of [layers, layers.filter((one) => one !== layer)]) {
      const ground = new Ground(servers.servers, only(kept));
      results.push((await ground.try(named(name), "malicious")).result);
      await ground.close();
    }
    delete process.env["MOULT_ATTACKS_CANARY"];
    expect(results).toEqual(["refused", "succeeds"]);
  });
});
