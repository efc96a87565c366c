/** What the daemon costs while nobody asks for anything. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { makePlace, withDaemon } from "./daemon.ts";
import { type Bench, type Report, atMost, fact } from "./harness.ts";
import { cpuMs, memory, tree } from "./process_tree.ts";

const SETTLE_MS = 30_000;
const WATCH_MS = 30_000;
const EMBEDDED = join(import.meta.dir, "../models/moult-mini.gguf");

/** One claim. */
export const bench: Bench = {
  title: "Idle",
  about:
    "The daemon with the embedded model after one answered question and 30 s of rest. Memory is the proportional set size (PSS) of all its processes together, less the weights; CPU is of the whole tree over 30 s more. OpenClaw 2026.9.6 holds 880 MB.",
  run: measure,
};

async function measure(): Promise<Report> {
  const place = makePlace("hello");
  try {
    return await withDaemon(place, {}, async (daemon) => {
      await daemon.turn("bench:idle", "What is 6 times 7?");
      await Bun.sleep(SETTLE_MS);
      const before = cpuMs(daemon.pid);
      await Bun.sleep(WATCH_MS);
      const burnt = cpuMs(daemon.pid) - before;
      const used = memory(daemon.pid);
      // Weights are either mapped, or copied into the heap by an engine that does not map them.
      const weights = used.weightsMiB > 0 ? used.weightsMiB : statSync(EMBEDDED).size / 2 ** 20;
      const processes = tree(daemon.pid).length;
      return {
        rows: [
          atMost("memory of all processes, weights not counted", used.pssMiB - weights, 150, "MiB"),
          atMost("CPU, of one core", (burnt / WATCH_MS) * 100, 1, "%"),
          fact("memory with the weights", used.pssMiB, "MiB"),
          fact("processes", processes),
        ],
        notes:
          used.hidden === 0
            ? []
            : [`${used.hidden} processes could not be read and are missing from the sums.`],
      };
    });
  } finally {
    place.remove();
  }
}
