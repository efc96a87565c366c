import { afterEach, expect, test } from "bun:test";
import { memoriesAround } from "../../runtime/machine_memory.ts";
import { roomHere } from "../../runtime/model/room.ts";
import { SensorTree } from "../adapters/linux/sensor_tree.ts";

const trees: SensorTree[] = [];
afterEach(() => trees.splice(0).forEach((tree) => tree.remove()));

function machine(files: Readonly<Record<string, string | number>>): string {
  const tree = new SensorTree().set({
    "proc/meminfo": "MemTotal:       4000000 kB\nMemFree: 1 kB\nMemAvailable:    2000000 kB",
    ...files,
  });
  trees.push(tree);
  return tree.root;
}

test("room is the machine's where no group has a limit", () => {
  const root = machine({ "proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": "max" });
  expect(roomHere(root)).toEqual({ machineBytes: 4_096_000_000, freeBytes: 2_048_000_000 });
});

test("room is that of the tightest group around, however deep this process is nested", () => {
  const root = machine({
    "proc/self/cgroup": "0::/pod/box/moult",
    "sys/fs/cgroup/pod/box/moult/memory.max": "max",
    "sys/fs/cgroup/pod/box/moult/memory.current": 10,
    "sys/fs/cgroup/pod/box/memory.max": 900_000_000,
    "sys/fs/cgroup/pod/box/memory.current": 100_000_000,
    "sys/fs/cgroup/pod/memory.max": 1_000_000_000,
    "sys/fs/cgroup/pod/memory.current": 700_000_000,
    "sys/fs/cgroup/pod/memory.stat": "inactive_file 50000000",
  });
  expect(roomHere(root)).toEqual({ machineBytes: 900_000_000, freeBytes: 350_000_000 });
});

test("limits of the first kind of control groups are seen, also from inside a container", () => {
  const limits = {
    "memory.limit_in_bytes": 500_000_000,
    "memory.usage_in_bytes": 200_000_000,
    "memory.stat": "inactive_file 1\ntotal_inactive_file 20000000",
  };
  const below = (folder: string) =>
    Object.fromEntries(Object.entries(limits).map(([name, value]) => [`${folder}/${name}`, value]));
  const outside = machine({
    "proc/self/cgroup": "11:cpu,cpuacct:/a\n9:memory:/system.slice/moult\n0::/other",
    ...below("sys/fs/cgroup/memory/system.slice/moult"),
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
    "sys/fs/cgroup/memory/memory.usage_in_bytes": 1,
  });
  const inside = machine({
    "proc/self/cgroup": "9:memory:/docker/0123456789",
    ...below("sys/fs/cgroup/memory"),
  });
  for (const root of [outside, inside])
    expect(roomHere(root)).toEqual({ machineBytes: 500_000_000, freeBytes: 320_000_000 });
});

test("where the kernel tells nothing, or garbage, nothing is made up", () => {
  const root = machine({
    "proc/meminfo": "MemTotal: many kB",
    "proc/self/cgroup": "0::/../../etc",
    "sys/fs/cgroup/memory.max": "a lot",
  });
  expect(memoriesAround(root)).toEqual([]);
});
