/** What starting the daemon costs. */
import { type Place, makePlace, spawnDaemon } from "./daemon.ts";
import { type Bench, type Report, type Row, atMost, fact, median } from "./harness.ts";
import { cpuMs } from "./process_tree.ts";

const ROUNDS = 5;

interface Start {
  readonly healthyCpuS: number;
  readonly readyCpuS: number;
  readonly healthyMs: number;
  readonly readyMs: number;
}

/** One claim. */
export const bench: Bench = {
  title: "Start",
  about: `CPU seconds of the whole process tree from the start of the command to the first 200, with the embedded model; medians of ${ROUNDS}. The first start has an empty home, the second one finds what the first left. OpenClaw 2026.9.6 burns 12.5 CPU-s until it is ready.`,
  run: measure,
};

async function measure(): Promise<Report> {
  const first: Start[] = [];
  const second: Start[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const place = makePlace("hello");
    try {
      first.push(await start(place));
      second.push(await start(place));
    } finally {
      place.remove();
    }
  }
  return { rows: [...rows("first start", first), ...rows("second start", second)] };
}

async function start(place: Place): Promise<Start> {
  const begin = performance.now();
  const daemon = spawnDaemon(place);
  try {
    await daemon.healthy();
    const healthy = { healthyMs: performance.now() - begin, healthyCpuS: cpuMs(daemon.pid) / 1000 };
    await daemon.ready();
    const ready = { readyMs: performance.now() - begin, readyCpuS: cpuMs(daemon.pid) / 1000 };
    return { ...healthy, ...ready };
  } catch (error) {
    console.error(daemon.output());
    throw error;
  } finally {
    await daemon.stop();
  }
}

function rows(which: string, starts: readonly Start[]): Row[] {
  const middle = (field: keyof Start) => median(starts.map((one) => one[field]));
  return [
    atMost(`${which} → /healthz`, middle("healthyCpuS"), 0.3, "CPU-s"),
    atMost(`${which} → /readyz`, middle("readyCpuS"), 1.5, "CPU-s"),
    fact(`${which} → /healthz, by the clock`, middle("healthyMs"), "ms"),
    fact(`${which} → /readyz, by the clock`, middle("readyMs"), "ms"),
  ];
}
