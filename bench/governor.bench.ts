/** Whether a model spares a hot machine, keeps to a power cap, and gets along with neighbours. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Sensors } from "../adapters/linux/sensors.ts";
import { createMeter } from "../adapters/prometheus/meter.ts";
import { type ModelOptions, startModel } from "../runtime/model/client.ts";
import type { GovernorOptions } from "../runtime/model/governor.ts";
import type { Model } from "../runtime/ports.ts";
import { benchModel } from "./gguf/make.ts";
import { type Preset, isPreset } from "./gguf/presets.ts";
import {
  type Bench,
  type Report,
  type Row,
  atLeast,
  atMost,
  fact,
  median,
  option,
  optionList,
  until,
} from "./harness.ts";
import { type Felt, PlayedMachine } from "./played_machine.ts";
import { Prompts } from "./prompts.ts";

const CORES = availableParallelism();
const SLOTS = 4;
const CONTEXT_TOKENS = 512;
const PROMPT_TOKENS = 16;
const ANSWER_TOKENS = 16;
/** Ten below where the played processor switches itself off. */
const CELSIUS_MAX = 90;
const AIR = { mild: 25, hot: 52 };
const POWER_MAX = 26;
/** The cap is that of a mean: the first reading beyond it has been drawn by then. */
const POWER_MEAN_FELT = 40;
const CALM_S = 20;
const WAVE_S = 60;
const AFTER_S = 60;
const ROUNDS = 3;
/** Untuned, a single token may take seconds. */
const FLEET_MS = 20_000;
const SETTLE_MS_MAX = 120_000;

/** One claim. */
export const bench: Bench = {
  title: "Heat, power and neighbours",
  about: `0.5 billion parameters, Q4_K, ${SLOTS} chats without end. Temperature and power are played in a folder from the CPU time that the model's process really takes: all cores add 45 °C and 30 W. The air goes from ${AIR.mild} to ${AIR.hot} °C for ${WAVE_S} s and back. Neighbours are two busy processes for each core; the untuned default is that of node-llama-cpp, max(4, cores) threads; in turns, medians of ${ROUNDS} rounds of ${FLEET_MS / 1_000} s.`,
  onlyByName: true,
  run: async () => {
    const rows: Row[] = [];
    for (const name of optionList("PARTS", Object.keys(PARTS)))
      rows.push(...((await PARTS[name]?.())?.rows ?? []));
    return { rows, notes: [`${CORES} cores. One thread is the least that a model uses.`] };
  },
};

type Part = Pick<Report, "rows">;

const PARTS: Readonly<Record<string, () => Promise<Part>>> = {
  heat: () => heatWave(true),
  ungoverned: () => heatWave(false),
  power: powerCap,
  neighbours,
};

/** A small model is enough to see whether all of this works. */
const preset = (): Preset => optionList("MODELS", ["0.5b"]).find(isPreset) ?? "0.5b";

async function heatWave(isGoverned: boolean): Promise<Part> {
  const seconds = option("SECONDS", 1);
  return await onMachine({ enabled: isGoverned }, async ({ model, machine, chats }) => {
    await Bun.sleep(CALM_S * 1_000 * seconds);
    const before = chats.rate();
    machine.take();
    machine.air = AIR.hot;
    await Bun.sleep(WAVE_S * 1_000 * seconds);
    const hottest = Math.max(...machine.take().map(({ celsius }) => celsius));
    const during = chats.rate();
    machine.air = AIR.mild;
    await Bun.sleep((AFTER_S / 2) * 1_000 * seconds);
    chats.rate();
    await Bun.sleep((AFTER_S / 2) * 1_000 * seconds);
    const after = chats.rate();
    if (!isGoverned) return { rows: [fact("hottest without a governor", hottest, "°C")] };
    const slow = model.status().governed?.because.filter((text) => text.includes("°C")) ?? [];
    return {
      rows: [
        atMost("hottest during the wave", hottest, CELSIUS_MAX, "°C"),
        atLeast("written during the wave, of what was before", during / before, 0.1, "×"),
        atLeast("written after the wave, of what was before", after / before, 0.8, "×"),
        atMost("causes of heat that are left afterwards", slow.length, 0, ""),
      ],
    };
  });
}

async function powerCap(): Promise<Part> {
  return await onMachine({ powerMax: POWER_MAX }, async ({ machine }) => {
    const seconds = option("SECONDS", 1);
    await Bun.sleep(10_000 * seconds);
    machine.take();
    await Bun.sleep(WAVE_S * 1_000 * seconds);
    return {
      rows: [atMost("most power, mean of ten seconds", meanMax(machine.take()), POWER_MAX, "W")],
    };
  });
}

function meanMax(felt: readonly Felt[]): number {
  let most = 0;
  for (let from = 0; from + POWER_MEAN_FELT <= Math.max(felt.length, POWER_MEAN_FELT); from++) {
    const part = felt.slice(from, from + POWER_MEAN_FELT);
    most = Math.max(most, part.reduce((sum, { watts }) => sum + watts, 0) / part.length);
  }
  return most;
}

async function neighbours(): Promise<Part> {
  const tuned = await open({});
  const untuned = await open({ threads: Math.max(4, CORES), threadsFixed: true });
  const busy = Array.from({ length: 2 * CORES }, () =>
    Bun.spawn([process.execPath, "-e", "for (;;) {}"], { stdio: ["ignore", "ignore", "ignore"] }),
  );
  try {
    const rates: (readonly [number, number])[] = [];
    for (let round = 0; round < option("ROUNDS", ROUNDS); round++)
      rates.push([await fleetRate(tuned, round), await fleetRate(untuned, round)]);
    const won = median(rates.map(([ours, theirs]) => ours / theirs));
    const rows: Row[] = [
      atLeast("tokens/s beside busy neighbours, of the untuned default", won, 3, "×"),
      fact("tokens/s beside busy neighbours", median(rates.map(([ours]) => ours)), "tokens/s"),
      fact("the same, untuned", median(rates.map(([, theirs]) => theirs)), "tokens/s"),
    ];
    return { rows };
  } finally {
    for (const process of busy) process.kill("SIGKILL");
    await Promise.all([tuned.close(), untuned.close()]);
  }
}

/** Tokens a second of answers in all slots; at least one token is counted, for untuned there may be none. */
async function fleetRate(model: Model, round: number): Promise<number> {
  const ms = option("FLEET_MS", FLEET_MS);
  const signal = AbortSignal.timeout(ms);
  const answers = Array.from({ length: SLOTS }, async (_, chat) => {
    const prompts = new Prompts(100 * round + chat);
    let tokens = 0;
    while (!signal.aborted) tokens += await answerTo(model, prompts.next(PROMPT_TOKENS), signal);
    return tokens;
  });
  const tokens = (await Promise.all(answers)).reduce((sum, count) => sum + count, 0);
  // What native code has begun it ends, beside whoever is measured next.
  await until("the slots to be free", () => model.status().running === 0 || undefined, {
    everyMs: 100,
    limitMs: SETTLE_MS_MAX,
  });
  return Math.max(1, tokens) / (ms / 1_000);
}

/** Pieces of text of one answer, which are its tokens as long as they do not come faster than they are sent. */
async function answerTo(
  model: Model,
  content: string,
  signal?: AbortSignal,
  tokensMax = ANSWER_TOKENS,
): Promise<number> {
  const messages = [{ role: "user", content }] as const;
  let pieces = 0;
  for await (const event of model.generate({ lane: "interactive", messages, tokensMax }, signal))
    if (event.type === "token") pieces++;
  return pieces;
}

/** Chats that never end. */
class Chats {
  readonly #abort = new AbortController();
  readonly #ends: Promise<void>[];
  readonly #model: Model;
  #tokens = 0;
  #at = performance.now();

  constructor(model: Model) {
    this.#model = model;
    this.#ends = Array.from({ length: SLOTS }, (_, chat) => this.#chat(new Prompts(chat)));
  }

  /** Tokens a second since this was asked last. */
  rate(): number {
    const now = performance.now();
    const rate = this.#tokens / ((now - this.#at) / 1_000);
    [this.#tokens, this.#at] = [0, now];
    return rate;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#ends);
  }

  async #chat(prompts: Prompts): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted)
      this.#tokens += await answerTo(this.#model, prompts.next(PROMPT_TOKENS), signal);
  }
}

interface Played {
  readonly model: Model;
  readonly machine: PlayedMachine;
  readonly chats: Chats;
}

async function onMachine(
  governor: GovernorOptions,
  play: (played: Played) => Promise<Part>,
): Promise<Part> {
  // This process has none of the work; its child has, and is a part of its tree.
  const machine = new PlayedMachine(process.pid);
  const model = await open({ device: new Sensors({ root: machine.root }), governor });
  const chats = new Chats(model);
  try {
    return await play({ model, machine, chats });
  } finally {
    await chats.stop();
    await model.close();
    machine.remove();
  }
}

async function open(options: Partial<ModelOptions>): Promise<Model> {
  const silent = (): void => {};
  const model = startModel({
    path: benchModel(preset(), "Q4_K"),
    embedded: false,
    slots: SLOTS,
    contextTokens: CONTEXT_TOKENS,
    gpu: false,
    hostEntry: join(import.meta.dir, "../adapters/llama/host.ts"),
    log: { debug: silent, info: silent, warn: silent, error: silent },
    meter: createMeter(),
    ...options,
  });
  // What is first asked waits until it is loaded.
  await answerTo(model, "hello", undefined, 1);
  return model;
}
