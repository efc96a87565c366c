/** The governor on machines that are played: readings with a clock turned by hand. */
import { expect, test } from "bun:test";
import { type GoverningParts, DeviceWatch } from "../../../runtime/model/governing.ts";
import { Governor, type GovernorOptions, type Governing } from "../../../runtime/model/governor.ts";
import type { Readings } from "../../../runtime/model/device.ts";
import { recordingMeter } from "./answers.ts";

const CALM: Readings = { temperatures: [], powers: [], gpus: [], onBattery: false, memory: {} };
const WHOLE = { threads: 8, slots: 4 };
const EVERYTHING = { threads: 8, batchTokens: 512, slots: 4, rest: 0 };

function hot(celsius: number, limit = 90): Readings {
  return { ...CALM, temperatures: [{ sensor: "cpu", celsius, limit }] };
}

function drawing(watts: number): Readings {
  return { ...CALM, powers: [{ sensor: "package-0", watts, counts: true }] };
}

/** A governor that feels something every second. */
function governed(options: GovernorOptions = {}) {
  const governor = new Governor(WHOLE, options);
  let now = 0;
  return (readings: Readings, seconds = 1): Governing => {
    for (let n = 0; n < seconds; n++) governor.feel(readings, (now += 1_000));
    return governor.governing();
  };
}

test("a machine that is cool, or tells nothing, is used as a whole", () => {
  const feel = governed();
  expect(feel(CALM, 100)).toEqual({ limits: EVERYTHING, clock: 1, because: [] });
  expect(feel(hot(60), 100)).toEqual({ limits: EVERYTHING, clock: 1, because: [] });
});

test("near its limit it is slowed down step by step, above the limit as far as it goes", () => {
  const feel = governed();
  const first = feel(hot(85));
  expect(first.limits).toEqual({ threads: 5, batchTokens: 256, slots: 3, rest: 0 });
  expect(first.because).toEqual(["cpu has 85 °C (limit 90)"]);
  expect(feel(hot(85), 2).limits).toEqual({ threads: 3, batchTokens: 128, slots: 1, rest: 0 });
  const other = governed();
  expect(other(hot(91)).limits.threads).toBe(5);
  expect(other(hot(90))).toMatchObject({
    limits: { threads: 1, batchTokens: 64, slots: 1, rest: 0.4 },
    clock: 0.5,
  });
  expect(governed()(hot(95)).limits.threads).toBe(1);
});

test("between hot and cool nothing changes, and cool is only who stays it", () => {
  const feel = governed();
  feel(hot(91), 2);
  const slow = feel(hot(80), 600);
  expect(slow.limits.threads).toBe(1);
  for (let n = 0; n < 50; n++) {
    feel(hot(70), 5);
    expect(feel(hot(80)).limits.threads).toBe(1);
  }
  expect(feel(hot(70), 12).limits.threads).toBe(3);
  expect(feel(hot(70), 10).limits.threads).toBe(5);
  expect(feel(hot(70), 10)).toEqual({ limits: EVERYTHING, clock: 1, because: [] });
});

test("a heat wave: the machine stays below its limit, works on, and recovers", () => {
  const feel = governed();
  let celsius = 50;
  let ambient = 25;
  let { limits } = feel(hot(celsius));
  const seen: number[] = [];
  let least = Infinity;
  for (let second = 0; second < 3_600; second++) {
    if (second === 600) ambient = 45;
    if (second === 2_400) ambient = 25;
    // All threads heat it to 55 degrees above what surrounds it, slowly.
    const target = ambient + 15 + 5 * limits.threads;
    celsius += (target - celsius) / 40;
    ({ limits } = feel(hot(celsius)));
    seen.push(celsius);
    least = Math.min(least, limits.threads);
  }
  expect(Math.max(...seen)).toBeLessThan(90);
  expect(least).toBeLessThan(WHOLE.threads);
  expect(least).toBeGreaterThan(0);
  expect(limits).toEqual(EVERYTHING);
});

test("the owner's temperature comes before the sensor's; a limit that is none is not believed", () => {
  expect(governed({ temperatureMax: 70 })(hot(75)).limits.threads).toBe(1);
  expect(governed({ temperatureMax: 95 })(hot(85)).limits.threads).toBe(8);
  expect(governed()(hot(90, 0)).limits.threads).toBe(1);
  expect(governed()(hot(90, 10_000)).limits.threads).toBe(1);
});

test("no broken sensor and no disk slows anything down", () => {
  const broken = [-273.15, 65_261, Number.NaN, Infinity];
  const temperatures = broken.map((celsius) => ({ sensor: "broken", celsius }));
  const disk = { sensor: "nvme", celsius: 95, isComputing: false };
  const cold = { sensor: "outside", celsius: -30 };
  const readings = { ...CALM, temperatures: [...temperatures, disk, cold] };
  expect(governed()(readings, 60).limits).toEqual(EVERYTHING);
});

test("of several sensors the one that is nearest to its limit decides", () => {
  const temperatures = [
    { sensor: "cool", celsius: 80, limit: 100 },
    { sensor: "warm", celsius: 66, limit: 70 },
  ];
  expect(governed()({ ...CALM, temperatures }).because).toEqual(["warm has 66 °C (limit 70)"]);
});

test("power is bounded where the owner bounds it", () => {
  expect(governed()(drawing(500), 60).limits).toEqual(EVERYTHING);
  const feel = governed({ powerMax: 30 });
  expect(feel(drawing(29)).limits.threads).toBe(5);
  expect(feel(drawing(35), 2)).toMatchObject({
    limits: { threads: 1 },
    because: ["it draws 35.0 W (limit 30)"],
  });
  expect(feel(drawing(20), 31).limits).toEqual(EVERYTHING);
});

test("a power cap holds: what is drawn stays below it once it was felt", () => {
  const feel = governed({ powerMax: 40 });
  let { limits } = feel(drawing(10));
  const drawn: number[] = [];
  for (let second = 0; second < 600; second++) {
    const watts = 10 + 6 * limits.threads;
    ({ limits } = feel(drawing(watts)));
    drawn.push(watts);
  }
  expect(drawn.filter((watts) => watts > 40).length).toBeLessThan(30);
  expect(drawn.slice(-300).reduce((sum, watts) => sum + watts, 0) / 300).toBeLessThan(40);
});

test("where memory is short fewer run at once, with all threads", () => {
  const feel = governed();
  const short = { totalBytes: 16e9, availableBytes: 0.5e9 };
  expect(feel({ ...CALM, memory: short }).limits).toEqual({ ...EVERYTHING, slots: 3 });
  expect(feel({ ...CALM, memory: { totalBytes: 16e9, availableBytes: 5e7 } }).limits.slots).toBe(1);
  expect(governed()({ ...CALM, memory: { stalled: 0.7 } }).limits.slots).toBe(1);
  expect(
    feel({ ...CALM, memory: { totalBytes: 16e9, availableBytes: 9e9 } }, 40).limits.slots,
  ).toBe(4);
});

test("beside noisy neighbours steps are shorter, and never so short as when it is hot", () => {
  const feel = governed();
  expect(feel({ ...CALM, cpuStalled: 1 }, 600).limits).toEqual({ ...EVERYTHING, batchTokens: 256 });
});

test("on battery it is modest", () => {
  const feel = governed();
  expect(feel({ ...CALM, onBattery: true })).toMatchObject({
    limits: { threads: 5, slots: 4 },
    because: ["it runs on battery"],
  });
  expect(feel(CALM).limits).toEqual(EVERYTHING);
});

test("a small model is never slowed down to nothing", () => {
  const governor = new Governor({ threads: 1, slots: 1 });
  expect(governor.feel(hot(140), 0).limits).toEqual({
    threads: 1,
    batchTokens: 64,
    slots: 1,
    rest: 0.4,
  });
});

test("what was an hour ago says nothing of now", () => {
  const governor = new Governor(WHOLE);
  governor.feel(hot(95), 0);
  expect(governor.feel(hot(50), 3_600_000).limits).toEqual(EVERYTHING);
});

/** A watch over a machine whose readings are set by hand. */
function watched() {
  const machine = { readings: CALM, reads: 0, clock: 1 };
  const changes: Governing[] = [];
  let now = 0;
  const meter = recordingMeter();
  const parts: GoverningParts = {
    device: {
      read: () => {
        machine.reads++;
        return machine.readings;
      },
      limitClock: (share) => (machine.clock = share),
    },
    options: {},
    meter,
    onChange: (governing) => changes.push(governing),
    now: () => (now += 1_000),
  };
  return { machine, changes, meter, watch: new DeviceWatch(parts) };
}

test("a watch reads nothing while nobody asks for anything, and tells each change once", () => {
  const { machine, changes, watch } = watched();
  watch.loaded(WHOLE);
  expect(machine.reads).toBe(0);
  machine.readings = hot(95);
  watch.work();
  watch.look();
  watch.look();
  expect(machine.reads).toBe(3);
  expect(machine.clock).toBe(0.5);
  expect(changes.map(({ limits }) => limits.threads)).toEqual([1]);
  watch.rest();
  expect(machine.clock).toBe(1);
});

test("who asks for metrics gets the readings, also before there is a model", () => {
  const { machine, meter } = watched();
  machine.readings = {
    ...hot(41),
    powers: [{ sensor: "package-0", watts: 7, counts: true }],
    gpus: [{ gpu: "nvidia0", utilisation: 0.5, memoryUsedBytes: 1_024 }],
  };
  meter.collectNow();
  expect(Object.fromEntries(meter.seen)).toEqual({
    'device_temperature_celsius{"sensor":"cpu"}': 41,
    'device_power_watts{"sensor":"package-0"}': 7,
    'gpu_utilization_ratio{"gpu":"nvidia0"}': 0.5,
    'gpu_memory_used_bytes{"gpu":"nvidia0"}': 1_024,
  });
});
