/** Sensors are read from a folder that is made to look like several machines, and like none. */
import { afterEach, expect, test } from "bun:test";
import { chmodSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parseCards } from "../../../adapters/linux/gpus.ts";
import { Sensors } from "../../../adapters/linux/sensors.ts";
import { SensorTree } from "./sensor_tree.ts";

const trees: SensorTree[] = [];
function tree(): SensorTree {
  const made = new SensorTree();
  trees.push(made);
  return made;
}
afterEach(() => trees.splice(0).forEach((made) => made.remove()));

/** Sensors with a clock that is turned by hand. */
function sensorsOf({ root }: SensorTree, options: { nvidiaSmi?: string; clock?: boolean } = {}) {
  const clock = { ms: 0 };
  const sensors = new Sensors({ root, now: () => clock.ms, ...options });
  return {
    sensors,
    next: (ms = 1_000) => {
      clock.ms += ms;
      return sensors.read();
    },
  };
}

test("chips tell their temperatures with their own limits, ten degrees below where they switch off", () => {
  const { next } = sensorsOf(tree().processor(47.5));
  expect(next().temperatures).toEqual([
    { sensor: "coretemp/Package id 0", celsius: 47.5, limit: 90, isComputing: true },
  ]);
});

test("thermal zones tell where the kernel slows down", () => {
  const made = tree().set({
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal",
    "sys/class/thermal/thermal_zone0/temp": 61_200,
    "sys/class/thermal/thermal_zone0/trip_point_0_type": "passive",
    "sys/class/thermal/thermal_zone0/trip_point_0_temp": 75_000,
    "sys/class/thermal/thermal_zone0/trip_point_1_type": "critical",
    "sys/class/thermal/thermal_zone0/trip_point_1_temp": 95_000,
    "sys/class/thermal/cooling_device0/type": "Processor",
  });
  expect(sensorsOf(made).next().temperatures).toEqual([
    { sensor: "thermal/cpu-thermal", celsius: 61.2, limit: 75, isComputing: true },
  ]);
});

test("disks and radios are told, but are not what a model heats; two of a name are told apart", () => {
  const made = tree().set({
    "sys/class/hwmon/hwmon1/name": "nvme",
    "sys/class/hwmon/hwmon1/temp1_input": 84_000,
    "sys/class/hwmon/hwmon2/name": "nvme",
    "sys/class/hwmon/hwmon2/temp1_input": 30_000,
    "sys/class/hwmon/hwmon3/name": "drivetemp",
    "sys/class/hwmon/hwmon3/temp1_input": 30_000,
  });
  const { temperatures } = sensorsOf(made).next();
  expect(temperatures.map(({ sensor }) => sensor)).toEqual(["nvme/temp1", "nvme/temp1 2"]);
  expect(temperatures.every(({ isComputing }) => isComputing === false)).toBe(true);
});

test("garbage, nothing, and what may not be read is left out; below zero is a temperature", () => {
  const made = tree().set({
    "sys/class/hwmon/hwmon0/name": "k10temp\u0007",
    "sys/class/hwmon/hwmon0/temp1_input": "hot",
    "sys/class/hwmon/hwmon0/temp2_input": "",
    "sys/class/hwmon/hwmon0/temp3_input": -12_500,
    "sys/class/hwmon/hwmon0/temp3_crit": 0,
    "sys/class/hwmon/hwmon0/temp3_max": 65_261_850,
    "sys/class/hwmon/hwmon0/temp4_input": "9".repeat(400),
    "proc/pressure/cpu": "some of it",
    "proc/meminfo": "MemTotal: a lot",
    "proc/self/cgroup": "0::/../../etc",
  });
  symlinkSync(join(made.root, "nowhere"), join(made.root, "sys/class/hwmon/hwmon0/temp5_input"));
  expect(sensorsOf(made).next()).toEqual({
    temperatures: [{ sensor: "k10temp/temp3", celsius: -12.5, isComputing: true }],
    powers: [],
    gpus: [],
    onBattery: false,
    memory: {},
  });
});

test("a machine without any sensor is read without complaint", () => {
  expect(sensorsOf(tree()).next()).toEqual({
    temperatures: [],
    powers: [],
    gpus: [],
    onBattery: false,
    memory: {},
  });
});

test("power is what a package counted between two readings, also where the counter begins again", () => {
  const zone = "sys/class/powercap/intel-rapl:0";
  const made = tree().set({
    [`${zone}/name`]: "package-0",
    [`${zone}/energy_uj`]: 1_000_000,
    [`${zone}/max_energy_range_uj`]: 50_000_000,
    "sys/class/powercap/intel-rapl:0:0/name": "core",
    "sys/class/powercap/intel-rapl:0:0/energy_uj": 1,
  });
  const { next } = sensorsOf(made);
  expect(next().powers).toEqual([]);
  made.set({ [`${zone}/energy_uj`]: 31_000_000 });
  expect(next(2_000).powers).toEqual([{ sensor: "package-0", watts: 15, counts: true }]);
  made.set({ [`${zone}/energy_uj`]: 1_000_000 });
  expect(next(2_000).powers).toEqual([{ sensor: "package-0", watts: 10, counts: true }]);
});

test("on battery is who is plugged in nowhere; the battery of a mouse is none", () => {
  const supply = "sys/class/power_supply";
  const made = tree().set({
    [`${supply}/BAT0/type`]: "Battery",
    [`${supply}/BAT0/status`]: "Discharging",
    [`${supply}/BAT0/power_now`]: 12_500_000,
    [`${supply}/AC/type`]: "Mains",
    [`${supply}/AC/online`]: 0,
    [`${supply}/mouse/type`]: "Battery",
    [`${supply}/mouse/scope`]: "Device",
    [`${supply}/mouse/status`]: "Discharging",
  });
  const { next } = sensorsOf(made);
  expect(next()).toMatchObject({
    onBattery: true,
    powers: [{ sensor: "battery/BAT0", watts: 12.5, counts: true }],
  });
  made.set({ [`${supply}/AC/online`]: 1 });
  expect(next().onBattery).toBe(false);
});

test("memory is that of the scarcest group around this process", () => {
  const made = tree().set({
    "proc/meminfo": "MemTotal:       16000000 kB\nMemFree: 1 kB\nMemAvailable:    8000000 kB",
    "proc/pressure/memory": "some avg10=12.50 avg60=1.00 avg300=0.10 total=5\nfull avg10=0.00",
    "proc/pressure/cpu": "some avg10=50.00 avg60=1.00 avg300=0.10 total=5",
    "proc/self/cgroup": "0::/system.slice/moult.service",
    "sys/fs/cgroup/system.slice/moult.service/memory.max": "max",
    "sys/fs/cgroup/system.slice/moult.service/memory.current": 5,
    "sys/fs/cgroup/system.slice/memory.max": 1_000_000_000,
    "sys/fs/cgroup/system.slice/memory.current": 900_000_000,
    "sys/fs/cgroup/system.slice/memory.stat": "anon 1\ninactive_file 300000000\n",
  });
  expect(sensorsOf(made).next()).toMatchObject({
    cpuStalled: 0.5,
    memory: { totalBytes: 1e9, availableBytes: 4e8, stalled: 0.125 },
  });
});

test("what was read within the last second is not read again", () => {
  const made = tree().processor(40);
  const { next } = sensorsOf(made);
  next();
  made.processor(70);
  expect(next(500).temperatures[0]?.celsius).toBe(40);
  expect(next(500).temperatures[0]?.celsius).toBe(70);
});

test("cards of NVIDIA are asked only where their driver is, and tell what they know", async () => {
  const made = tree().set({
    smi: '#!/bin/sh\necho "0, 37, 1024, 45, 78.25"\necho "1, [N/A], [Not Supported], 50, [N/A]"',
  });
  const nvidiaSmi = join(made.root, "smi");
  chmodSync(nvidiaSmi, 0o755);
  expect(sensorsOf(made, { nvidiaSmi }).next().gpus).toEqual([]);
  made.set({ "proc/driver/nvidia/version": "NVRM" });
  const { next } = sensorsOf(made, { nvidiaSmi });
  while (next().gpus.length === 0) await Bun.sleep(5);
  expect(next()).toMatchObject({
    gpus: [{ gpu: "nvidia0", utilisation: 0.37, memoryUsedBytes: 2 ** 30 }, { gpu: "nvidia1" }],
    temperatures: [
      { sensor: "nvidia0", celsius: 45 },
      { sensor: "nvidia1", celsius: 50 },
    ],
    powers: [{ sensor: "nvidia0", watts: 78.25, counts: true }],
  });
});

test("what nvidia-smi says instead of numbers is no card", () => {
  const said = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.";
  expect(parseCards(said)).toEqual({ gpus: [], temperatures: [], powers: [] });
});

test("cards of AMD tell by files", () => {
  const made = tree().set({
    "sys/class/drm/card1/device/gpu_busy_percent": 12,
    "sys/class/drm/card1/device/mem_info_vram_used": 4_096,
    "sys/class/drm/card1-DP-1/status": "connected",
  });
  expect(sensorsOf(made).next().gpus).toEqual([
    { gpu: "card1", utilisation: 0.12, memoryUsedBytes: 4_096 },
  ]);
});

test("the clock is bounded where that was asked for, and given back as it was", () => {
  const policy = "sys/devices/system/cpu/cpufreq/policy0";
  const made = tree().set({
    [`${policy}/cpuinfo_min_freq`]: 800_000,
    [`${policy}/cpuinfo_max_freq`]: 4_000_000,
    [`${policy}/scaling_max_freq`]: 3_000_000,
  });
  const clock = () => Number(readFileSync(join(made.root, policy, "scaling_max_freq"), "utf8"));
  expect(sensorsOf(made).sensors.limitClock).toBeUndefined();
  const { sensors } = sensorsOf(made, { clock: true });
  sensors.limitClock?.(0.9);
  expect(clock()).toBe(3_000_000);
  sensors.limitClock?.(0.5);
  expect(clock()).toBe(2_000_000);
  sensors.limitClock?.(0.1);
  expect(clock()).toBe(800_000);
  sensors.limitClock?.(1);
  expect(clock()).toBe(3_000_000);
  expect(sensorsOf(tree(), { clock: true }).sensors.limitClock).toBeUndefined();
});
