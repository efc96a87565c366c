/**
 * Graphics cards: those of NVIDIA by `nvidia-smi`, which takes a moment and is therefore asked beside everything else; those
 * of AMD by the kernel's files. Where there are none, nothing is started.
 */
import { namesIn, numberIn } from "./sensor_files.ts";
import type { GpuReading, Power, Temperature } from "../../runtime/model/device.ts";

/** It takes up to a second of a processor on large machines. */
const ASK_MS = 5_000;
/** What was told longer ago says nothing any more. */
const STALE_MS = 60_000;
/** A driver that hangs must not leave a process behind. */
const ANSWER_MS_MAX = 10_000;
/** Of a card that does not say at which temperature it slows down. */
const CELSIUS_MAX = 83;
const CARDS_MAX = 64;
const FIELDS = "index,utilization.gpu,memory.used,temperature.gpu,power.draw";
const MIB = 1_048_576;

/** What cards tell. */
export interface Cards {
  readonly gpus: readonly GpuReading[];
  readonly temperatures: readonly Temperature[];
  readonly powers: readonly Power[];
}

const NONE: Cards = { gpus: [], temperatures: [], powers: [] };

/** The graphics cards of a machine. */
export class Gpus {
  readonly #root: string;
  readonly #program: string | undefined;
  #nvidia = NONE;
  #askedAt = -Infinity;
  #toldAt = -Infinity;
  #asks = false;

  /** @param program `nvidia-smi`; `undefined`: there is none */
  constructor(root: string, program: string | undefined) {
    this.#root = root;
    const hasDriver = numberOfEntries(root, "proc/driver/nvidia") > 0;
    this.#program = hasDriver ? program : undefined;
  }

  /** What was last told. Asks again where that was a while ago; the answer is there the next time. */
  read(now: number): Cards {
    if (this.#program !== undefined && !this.#asks && now - this.#askedAt >= ASK_MS) {
      this.#askedAt = now;
      void this.#ask(this.#program, now);
    }
    const nvidia = now - this.#toldAt < STALE_MS ? this.#nvidia : NONE;
    return { ...nvidia, gpus: [...nvidia.gpus, ...this.#amd()] };
  }

  async #ask(program: string, now: number): Promise<void> {
    this.#asks = true;
    try {
      const child = Bun.spawn([program, `--query-gpu=${FIELDS}`, "--format=csv,noheader,nounits"], {
        stdin: "ignore",
        stdout: "pipe",
        stderr: "ignore",
        timeout: ANSWER_MS_MAX,
        killSignal: "SIGKILL",
      });
      const text = await child.stdout.text();
      if ((await child.exited) !== 0) return;
      this.#nvidia = parseCards(text);
      this.#toldAt = now;
    } catch {
      // It is not there, or is not ours to start: there is nothing to tell then.
    } finally {
      this.#asks = false;
    }
  }

  /** Their temperatures and power are with those of all chips. */
  #amd(): readonly GpuReading[] {
    const folder = `${this.#root}/sys/class/drm`;
    return namesIn(folder).flatMap((card) => {
      if (!/^card\d+$/.test(card)) return [];
      const busy = numberIn(folder, card, "device/gpu_busy_percent");
      const used = numberIn(folder, card, "device/mem_info_vram_used");
      if (busy === undefined && used === undefined) return [];
      return [
        {
          gpu: card,
          ...(busy !== undefined && { utilisation: busy / 100 }),
          ...(used !== undefined && { memoryUsedBytes: used }),
        },
      ];
    });
  }
}

/** Reads what `nvidia-smi` prints; what a card does not tell is `[N/A]` or `[Not Supported]`. */
export function parseCards(text: string): Cards {
  const lines = text.split("\n").slice(0, CARDS_MAX);
  const rows = lines
    .map((line) => line.split(",").map(numberOf))
    .filter(([index]) => index !== undefined);
  const named = rows.map(([index, ...rest]) => ({ gpu: `nvidia${index}`, rest }));
  return {
    gpus: named.map(({ gpu, rest: [busy, mib] }) => ({
      gpu,
      ...(busy !== undefined && { utilisation: busy / 100 }),
      ...(mib !== undefined && { memoryUsedBytes: mib * MIB }),
    })),
    temperatures: named.flatMap(({ gpu, rest: [, , celsius] }) =>
      celsius === undefined ? [] : [{ sensor: gpu, celsius, limit: CELSIUS_MAX }],
    ),
    powers: named.flatMap(({ gpu, rest: [, , , watts] }) =>
      watts === undefined ? [] : [{ sensor: gpu, watts, counts: true }],
    ),
  };
}

function numberOf(text: string): number | undefined {
  return /^\s*\d{1,9}(?:\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function numberOfEntries(...path: readonly string[]): number {
  return namesIn(...path).length;
}
