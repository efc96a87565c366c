/** Many conversations in turns for a long time: what the K/V cache keeps, and what it takes. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ChatMessage, type ChatTiming, chat } from "./chat_server.ts";
import { benchModel } from "./gguf/make.ts";
import {
  type Bench,
  type Report,
  type Row,
  atLeast,
  atMost,
  fact,
  median,
  option,
} from "./harness.ts";
import { type MoultServer, metric, startMoult } from "./moult_server.ts";
import { memory } from "./process_tree.ts";
import { Prompts } from "./prompts.ts";

const CONVERSATIONS = 64;
const MINUTES = 10;
const SLOTS = 4;
const CONTEXT_TOKENS = 4_096;
/** A conversation that is longer than this is left, and another one begun in its place. */
const TALK_TOKENS_MAX = 1_500;
const FIRST_TOKENS = 400;
const TURN_TOKENS = 60;
const ANSWER_TOKENS = 24;
/** All conversations at their longest are 192 MiB: memory holds a third of them. */
const QUOTA = { ramMiB: 64, diskMiB: 256 };
const SAMPLE_MS = 5_000;
const BARS = { hitRate: 95, growth: 1.05 };

/** One claim. */
export const bench: Bench = {
  title: "Conversations in rotation",
  about: `${CONVERSATIONS} conversations take turns for ${MINUTES} minutes on ${SLOTS} slots (7 M parameters, F16), ${SLOTS} at once; each grows to ${TALK_TOKENS_MAX} tokens and is then replaced by a new one. The hit rate counts the tokens of a prompt that the same conversation had sent before. Memory: proportional set size of all processes; the last third of the time against the first, its first minute left out. Quota: ${QUOTA.ramMiB} MiB in memory and ${QUOTA.diskMiB} MiB on disk, the largest of samples every ${SAMPLE_MS / 1_000} s.`,
  onlyByName: true,
  run: measure,
};

async function measure(): Promise<Report> {
  const model = benchModel("tiny", "F16");
  const room = { model, slots: SLOTS, contextTokens: CONTEXT_TOKENS, threads: 1 };
  const moult = await startMoult(room, { kv: QUOTA });
  try {
    const until = performance.now() + option("MINUTES", MINUTES) * 60_000;
    const rotation = new Rotation(moult, until);
    const samples: Sample[] = [];
    const watching = watch(moult, until, samples);
    await rotation.run();
    await watching;
    return { rows: [...rotation.rows(), ...rowsOf(samples)] };
  } finally {
    await moult.stop();
  }
}

/** One conversation, and how many tokens of its last prompt will come again. */
interface Talk {
  /** Of this conversation; the next one in its place has another. */
  name: string;
  messages: ChatMessage[];
  known: number;
}

const newTalk = (): Talk => ({ name: crypto.randomUUID(), messages: [], known: 0 });

class Rotation {
  readonly #moult: MoultServer;
  readonly #until: number;
  readonly #prompts = new Prompts(1);
  readonly #talks: Talk[] = Array.from({ length: CONVERSATIONS }, newTalk);
  readonly #firstMs: number[] = [];
  #next = 0;
  #turns = 0;
  #failed = 0;
  /** Tokens that could have been known, and those that were. */
  #possible = 0;
  #hit = 0;

  constructor(moult: MoultServer, until: number) {
    this.#moult = moult;
    this.#until = until;
  }

  /** Turns of one conversation after the other, as many at once as there are slots. */
  async run(): Promise<void> {
    const one = async () => {
      while (performance.now() < this.#until) {
        const talk = this.#talks[this.#next++ % CONVERSATIONS];
        if (talk !== undefined) await this.#turn(talk);
      }
    };
    await Promise.all(Array.from({ length: SLOTS }, one));
  }

  rows(): readonly Row[] {
    return [
      fact("turns", this.#turns),
      atMost("turns that failed", this.#failed, 0, ""),
      fact("tokens that could be known", this.#possible),
      atLeast("of them known", (this.#hit / this.#possible) * 100, BARS.hitRate, "%"),
      fact("first token of a turn that goes on", median(this.#firstMs), "ms"),
    ];
  }

  async #turn(talk: Talk): Promise<void> {
    const words = talk.messages.length === 0 ? FIRST_TOKENS : TURN_TOKENS;
    talk.messages.push({ role: "user", content: this.#prompts.next(words) });
    this.#turns++;
    let turn: ChatTiming;
    try {
      turn = await chat(this.#moult, {
        messages: talk.messages,
        tokensMax: ANSWER_TOKENS,
        extra: { prompt_cache_key: talk.name },
      });
    } catch (error) {
      this.#failed++;
      console.error(error);
      Object.assign(talk, newTalk());
      return;
    }
    talk.messages.push({ role: "assistant", content: turn.text });
    if (talk.known > 0) this.#firstMs.push(turn.firstMs);
    this.#possible += talk.known;
    this.#hit += Math.min(talk.known, turn.cachedTokens);
    // Words of a random model are cut into other tokens when they are read again: only prompts come again as they were.
    talk.known = turn.promptTokens;
    if (turn.promptTokens > TALK_TOKENS_MAX) Object.assign(talk, newTalk());
  }
}

interface Sample {
  readonly at: number;
  readonly pssMiB: number;
  readonly warmMiB: number;
  readonly coldMiB: number;
}

async function watch(moult: MoultServer, until: number, samples: Sample[]): Promise<void> {
  const { daemon } = moult;
  const tier = async (name: string) =>
    (await metric(daemon, "moult_kv_cache_bytes", (labels) => labels.includes(`"${name}"`))) /
    2 ** 20;
  while (performance.now() < until) {
    const warmMiB = await tier("warm");
    // What it says, and what there is.
    const coldMiB = Math.max(await tier("cold"), sizeOf(join(moult.place.home, "kv")) / 2 ** 20);
    samples.push({ at: performance.now(), pssMiB: memory(daemon.pid).pssMiB, warmMiB, coldMiB });
    await Bun.sleep(Math.min(SAMPLE_MS, Math.max(0, until - performance.now())));
  }
}

/** Bytes of all files below a folder; 0 when there is none. */
function sizeOf(folder: string): number {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  // One may go between the listing and the look.
  const sizes = files.map((file) => statSync(join(folder, file), { throwIfNoEntry: false }));
  return sizes.reduce((sum, stat) => sum + (stat?.isFile() === true ? stat.size : 0), 0);
}

function rowsOf(samples: readonly Sample[]): readonly Row[] {
  const [begin = 0, end = 0] = [samples[0]?.at, samples.at(-1)?.at];
  const warmedUp = Math.min(60_000, (end - begin) / 10);
  const third = (end - begin - warmedUp) / 3;
  const between = (from: number, to: number) =>
    median(samples.filter(({ at }) => at >= from && at <= to).map(({ pssMiB }) => pssMiB));
  const first = between(begin + warmedUp, begin + warmedUp + third);
  const last = between(end - third, end);
  const largest = (field: "warmMiB" | "coldMiB") => Math.max(...samples.map((one) => one[field]));
  return [
    fact("memory, first third", first, "MiB"),
    atMost("memory, last third", last / first, BARS.growth, "× the first"),
    atMost("K/V in memory, at most", largest("warmMiB"), QUOTA.ramMiB, "MiB"),
    atMost("K/V on disk, at most", largest("coldMiB"), QUOTA.diskMiB, "MiB"),
  ];
}
