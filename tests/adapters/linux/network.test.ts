import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { dlopen, FFIType, ptr } from "bun:ffi";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  type Allowance,
  ALLOWANCES,
  NetworkLayer,
  type NetworkRefusal,
  openNetworkLayer,
  type ProgramName,
  PROGRAMS,
} from "../../../adapters/linux/bpf/network.ts";
import { createGroup, killGroup, ownGroup, removeGroup } from "../../../adapters/linux/cgroup.ts";
import { networkAttacks } from "../../attacks/network_attacks.ts";
import { openServers } from "../../attacks/places.ts";
import { keep } from "../../children.ts";

const MAIN = Bun.fileURLToPath(new URL("network_main.ts", import.meta.url));
const ORPHAN_MAIN = Bun.fileURLToPath(new URL("network_orphan_main.ts", import.meta.url));

/** Makes a group for one test. Its name is like that of no daemon, so that none removes it. */
function makeGroup(): string | undefined {
  return createGroup(ownGroup(), `test-${crypto.randomUUID()}`);
}

/** Why there is no network layer on this machine; the tests here are about machines that have one. */
function whyNone(): string | undefined {
  if (process.platform !== "linux") return "no Linux";
  const group = makeGroup();
  if (group === undefined) return "no control groups";
  const layer = openNetworkLayer(group);
  if (layer instanceof NetworkLayer) layer.close();
  removeGroup(group);
  return layer instanceof NetworkLayer ? undefined : layer.why;
}

const none = whyNone();
if (none !== undefined)
  process.stderr.write(`SKIPPED: the network layer of the sandbox: ${none}\n`);

async function removeWhenEmpty(group: string): Promise<void> {
  killGroup(group);
  while (!removeGroup(group)) await Bun.sleep(5); // The kernel takes a moment to let go of what has ended.
}

describe.skipIf(none !== undefined)("NetworkLayer", () => {
  let open: Awaited<ReturnType<typeof openServers>>;
  let attacks: Readonly<Record<string, string>>;
  beforeAll(async () => {
    open = await openServers();
    attacks = networkAttacks(open.servers);
  });
  afterAll(async () => await open.close());

  /** Makes attacks in a process, in a group if there is one. */
  async function attack(group: string | undefined, names = Object.keys(attacks)) {
    const chosen = Object.fromEntries(names.map((name) => [name, attacks[name]]));
    const line = [process.execPath, "--no-install", MAIN];
    const child = keep(
      Bun.spawn([...line, JSON.stringify(chosen)], {
        stdout: "pipe",
        ...(group !== undefined && { cgroup: group }),
      } as { stdout: "pipe" }),
    );
    return JSON.parse(await child.stdout.text()) as Record<string, string>;
  }

  /** Makes attacks in a leaf below the layer. */
  async function attackUnder(options: {
    readonly allowed?: readonly Allowance[];
    readonly without?: readonly ProgramName[];
    readonly names?: readonly string[];
    readonly onRefusal?: (refusal: NetworkRefusal) => void;
    readonly onSent?: (bytes: number) => void;
  }) {
    const group = makeGroup() ?? "";
    const leaf = join(group, "leaf");
    mkdirSync(leaf);
    const layer = new NetworkLayer(group, options.without);
    try {
      if (options.allowed !== undefined) layer.allow(leaf, options.allowed);
      const stop = layer.reports.watch(leaf, (refusal) => options.onRefusal?.(refusal));
      const results = await attack(leaf, [...(options.names ?? Object.keys(attacks))]);
      stop();
      options.onSent?.(layer.sentBytes(leaf));
      return results;
    } finally {
      layer.close();
      await removeWhenEmpty(group);
    }
  }

  const all = Object.keys(ALLOWANCES) as Allowance[];
  const allBut = (wanted: Allowance) => all.filter((name) => name !== wanted);

  test("refuses every way to the network, each of which works without it and with every allowance", async () => {
    const names = Object.keys(attacks);
    const each = (result: string) => Object.fromEntries(names.map((name) => [name, result]));
    let sent = 0;
    const refusals: NetworkRefusal[] = [];
    const [free, allowed, refused] = await Promise.all([
      attack(undefined),
      attackUnder({ allowed: all, onSent: (bytes) => (sent = bytes) }),
      attackUnder({ onRefusal: (refusal) => refusals.push(refusal) }),
    ]);
    expect(free).toEqual(each("succeeded"));
    expect(allowed).toEqual(each("succeeded"));
    expect(refused).toEqual(each("refused: EPERM"));
    expect(sent).toBeGreaterThan(0);
    expect(refusals).toHaveLength(names.length);
    expect(refusals[0]).toEqual({ what: "create", socket: "TCP over IPv4" });
  });

  /** What each program alone stands against: refused with it, possible without it, all else being allowed. */
  const GUARDS: Readonly<Record<ProgramName, readonly [missing: Allowance, attack: string]>> = {
    connect4: ["connect", "connect (IPv4)"],
    connect6: ["connect", "connect (IPv6)"],
    sendmsg4: ["send", "send (UDP over IPv4)"],
    sendmsg6: ["send", "send (UDP over IPv6)"],
    bind4: ["bind", "bind (IPv4)"],
    bind6: ["bind", "bind (IPv6)"],
    sock_create: ["create", "listen without a bind"],
    egress: ["packets", "send (UDP over IPv4)"],
  };

  test.each([...PROGRAMS])("needs its program %s", async (program) => {
    const [missing, name] = GUARDS[program];
    const options = { allowed: allBut(missing), names: [name] };
    const [kept, off] = await Promise.all([
      attackUnder(options),
      attackUnder({ ...options, without: [program] }),
    ]);
    expect(kept).toEqual({ [name]: "refused: EPERM" });
    expect(off).toEqual({ [name]: "succeeded" });
  });

  test("refuses a connection however it is begun, and names the address", async () => {
    const refusals: NetworkRefusal[] = [];
    const names = Object.keys(attacks).filter((name) => /^connect|FASTOPEN/.test(name));
    const results = await attackUnder({
      allowed: ["create"],
      names,
      onRefusal: (refusal) => refusals.push(refusal),
    });
    expect(Object.values(results)).toEqual(names.map(() => "refused: EPERM"));
    expect(refusals.map(({ what }) => what)).toEqual(names.map(() => "connect"));
    const { tcp4, tcp6 } = open.servers;
    expect(refusals.slice(0, 4).map(({ address }) => address)).toEqual([
      `127.0.0.1:${String(tcp4)}`,
      `[::1]:${String(tcp6)}`,
      `[::ffff:7f00:1]:${String(tcp4)}`,
      `0.0.0.0:${String(tcp4)}`,
    ]);
    expect(refusals.map(({ socket }) => socket)).toContain("TCP over IPv4");
  });

  test("is not there for a group that is not there, and says what to do", () => {
    expect(openNetworkLayer("/sys/fs/cgroup/none")).toEqual({
      why: expect.stringMatching(/ENOENT.*\(use Linux/),
    });
  });

  test("goes back to nothing when an allowance is forgotten", async () => {
    const group = makeGroup() ?? "";
    const layer = new NetworkLayer(group);
    try {
      layer.allow(group, ["create", "bind"]);
      expect(await attack(group, ["bind (IPv4)"])).toEqual({ "bind (IPv4)": "succeeded" });
      layer.forget(group);
      expect(await attack(group, ["bind (IPv4)"])).toEqual({ "bind (IPv4)": "refused: EPERM" });
    } finally {
      layer.close();
      await removeWhenEmpty(group);
    }
  });

  test("outlives a daemon that is killed, and goes with its group", async () => {
    const group = makeGroup() ?? "";
    const folder = mkdtempSync(join(tmpdir(), "moult-network-"));
    const log = join(folder, "log");
    const lines = () =>
      readFileSync(log, { encoding: "utf8", flag: "a+" }).split("\n").slice(0, -1);
    const daemon = keep(
      Bun.spawn(
        [process.execPath, "--no-install", ORPHAN_MAIN, group, log, String(open.servers.tcp4)],
        { stdout: "pipe" },
      ),
    );
    try {
      await daemon.stdout.getReader().read();
      while (lines().length === 0) await Bun.sleep(5);
      daemon.kill("SIGKILL");
      await daemon.exited;
      const before = lines().length;
      while (lines().length < before + 3) await Bun.sleep(5);
      expect(new Set(lines())).toEqual(new Set(["EPERM"]));
      const ids = attachedPrograms(group);
      expect(ids).toHaveLength(1);
      await removeWhenEmpty(group);
      while (ids.some(isLoaded)) await Bun.sleep(5); // Freed a moment later; the test's time limit bounds it.
    } finally {
      await removeWhenEmpty(group);
      rmSync(folder, { recursive: true });
    }
  });
});

const { i32, u32, ptr: pointer } = FFIType;

function kernel() {
  return dlopen("libbpf.so.1", {
    bpf_prog_query: { args: [i32, i32, u32, pointer, pointer, pointer], returns: i32 },
    bpf_prog_get_fd_by_id: { args: [u32], returns: i32 },
  }).symbols;
}

/** Numbers of the programs that judge new sockets in a group. */
function attachedPrograms(group: string): readonly number[] {
  const SOCK_CREATE = 2;
  const [flags, ids, count] = [Buffer.alloc(4), Buffer.alloc(64), Buffer.alloc(4)];
  count.writeUInt32LE(16);
  const file = openSync(group, "r");
  const result = kernel().bpf_prog_query(file, SOCK_CREATE, 0, ptr(flags), ptr(ids), ptr(count));
  closeSync(file);
  expect(`${basename(group)}: ${String(result)}`).toBe(`${basename(group)}: 0`);
  return Array.from({ length: count.readUInt32LE() }, (_, i) => ids.readUInt32LE(4 * i));
}

function isLoaded(id: number): boolean {
  const file = kernel().bpf_prog_get_fd_by_id(id);
  if (file >= 0) closeSync(file);
  return file >= 0;
}
