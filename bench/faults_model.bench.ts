/** What happens to people when the model's process dies, its file is broken, or there is no room. */
import { copyFileSync, readFileSync, statSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Daemon, makePlace, spawnDaemon } from "./daemon.ts";
import { benchModel } from "./gguf/make.ts";
import { makeMemoryGroup } from "./memory_group.ts";
import {
  type Bench,
  type Report,
  type Row,
  exactly,
  fact,
  isAlive,
  option,
  seeded,
  until,
} from "./harness.ts";
import { DISK_MIB, diskFull, flipBit, readOnly, statesBroken } from "./kept_faults.ts";
import { type ModelState, modelState, startMoult } from "./moult_server.ts";
import { Prompts } from "./prompts.ts";

const SLOTS = 4;
const TURNS = 6;
const KILLS = 3;
const FLIPS = 12;
/** A turn says so much at most: the host is killed in its midst. */
const CONTEXT_TOKENS = 2_048;
/** Less than the half-billion model needs. */
const MEMORY_MIB = 400;
const SETTLED_MS_MAX = 90_000;

/** One claim. */
export const bench: Bench = {
  title: "When the model fails",
  about: `The real daemon with models of random weights. Its model host is killed with SIGKILL while ${TURNS} sessions are being answered, ${KILLS} times; the half-billion model has to do with ${MEMORY_MIB} MiB; then memory runs out for a host in the midst of its answers; model files are cut off, and ${FLIPS} have one bit of their head turned over, half of them where their tensors are described; what was kept of conversations is broken, cut off or another home's; conversations are put aside on a disk of ${DISK_MIB} MiB, and on one that becomes read-only. The daemon must live through all of it, every turn must be answered or fail with a reason, and every message must be in its session afterwards.`,
  onlyByName: true,
  run: measure,
};

async function measure(): Promise<Report> {
  const rows: Row[] = [];
  const notes: string[] = [];
  rows.push(...(await killed()));
  rows.push(...(await broken()));
  rows.push(...(await statesBroken(tinyRoom())));
  for (const part of [exhausted, starved, diskFull, readOnly]) {
    const found = await part(tinyRoom());
    if (typeof found === "string") notes.push(found);
    else rows.push(...found);
  }
  return { rows, notes };
}

const tinyRoom = () => ({
  model: benchModel("tiny", "F16"),
  slots: SLOTS,
  contextTokens: CONTEXT_TOKENS,
  threads: 1,
});

/** The host is killed while sessions are answered. */
async function killed(): Promise<readonly Row[]> {
  const moult = await startMoult(tinyRoom());
  const { daemon } = moult;
  try {
    const sessions = Array.from({ length: TURNS }, (_, index) => `bench:fault-${index}`);
    const outcomes: string[] = [];
    const sent: string[] = [];
    const prompts = new Prompts(1);
    const kills = option("KILLS", KILLS);
    for (let kill = 0; kill < kills; kill++) {
      const { pid } = await modelState(daemon);
      const turns = sessions.map(async (session) => {
        const text = prompts.next(12);
        sent.push(text);
        outcomes.push(await outcomeOf(daemon, session, text));
      });
      await until("somebody to be answered", async () => (await running(daemon)) || undefined);
      process.kill(pid, "SIGKILL");
      await Promise.all(turns);
      await settled(daemon, (state) => state.state === "ready");
    }
    const kept = await Promise.all(sessions.map((session) => said(daemon, session)));
    const lost = sent.filter((text) => !kept.flat().includes(text));
    return [
      fact("host killed while it answers: turns", outcomes.length),
      fact("…answered", outcomes.filter((outcome) => outcome === "answered").length),
      exactly("…neither answered nor failed with a reason", outcomes.filter(isUnclear).length, 0),
      exactly("…messages lost", lost.length, 0),
      exactly("…the daemon lives", isAlive(daemon.pid) ? "yes" : "no", "yes"),
      exactly("…and answers again", await outcomeOf(daemon, "bench:after", "hello"), "answered"),
    ];
  } finally {
    await moult.stop();
  }
}

/** `answered`, or the reason of a failure; empty when there is none. */
async function outcomeOf(daemon: Daemon, session: string, text: string): Promise<string> {
  const response = await daemon.ask(`/api/sessions/${session}/messages`, {
    method: "POST",
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(300_000),
  });
  const reply = (await response.json()) as {
    outcome?: string;
    reply?: string;
    error?: { code: string; message: string };
  };
  if (reply.outcome === "answered") return "answered";
  return reply.error?.message ?? reply.reply ?? "";
}

const isUnclear = (outcome: string): boolean => outcome.trim() === "";

async function running(daemon: Daemon): Promise<boolean> {
  const response = await daemon.ask("/api/status");
  const { model } = (await response.json()) as { model: { running: number } };
  return model.running > 0;
}

/** What the user said in a session. */
async function said(daemon: Daemon, session: string): Promise<readonly string[]> {
  const response = await daemon.ask(`/api/sessions/${session}/messages`);
  const messages = (await response.json()) as readonly { role: string; content: string }[];
  return messages.filter(({ role }) => role === "user").map(({ content }) => content);
}

async function settled(
  daemon: Daemon,
  is: (state: ModelState) => boolean = ({ state }) => state !== "loading",
): Promise<ModelState> {
  const ask = async () => {
    const state = await modelState(daemon);
    return is(state) ? state : undefined;
  };
  return await until("the model's fate", ask, { everyMs: 50, limitMs: SETTLED_MS_MAX });
}

/** Files that are cut off or have a bit turned over. */
async function broken(): Promise<readonly Row[]> {
  const whole = benchModel("mini", "F16");
  const cut = await lives((file) => {
    copyFileSync(whole, file);
    truncateSync(file, Math.floor(statSync(whole).size * 0.6));
  });
  const random = seeded(1);
  const fates: Fate[] = [];
  const shapes = tensorsIn(whole);
  for (let flip = 0; flip < option("FLIPS", FLIPS); flip++) {
    fates.push(
      await lives((file) => {
        copyFileSync(whole, file);
        // In turns somewhere in the head, and among names, shapes and places of tensors.
        if (flip % 2 === 0) flipBit(file, random, shapes.end);
        else flipBit(file, random, shapes.end - shapes.start, shapes.start);
      }),
    );
  }
  const body = await lives((file) => {
    copyFileSync(whole, file);
    flipBit(file, () => 0.5, statSync(whole).size);
  });
  return [
    exactly("file cut off: the daemon lives", cut.alive ? "yes" : "no", "yes"),
    { ...fact("…and says why there is no model", cut.reason), pass: cut.reason !== "" },
    exactly(
      "a bit of the head turned over: daemons that died",
      fates.filter((fate) => !fate.alive).length,
      0,
    ),
    exactly("…that do not say what is wrong", fates.filter((fate) => !fate.clear).length, 0),
    fact("…that answer all the same", fates.filter((fate) => fate.reason === "").length),
    exactly("a bit of the weights turned over: the daemon lives", body.alive ? "yes" : "no", "yes"),
  ];
}

interface Fate {
  readonly alive: boolean;
  /** Why there is no model; empty when there is one. */
  readonly reason: string;
  /** There is a model that answers or fails with a reason, or a reason why there is none. */
  readonly clear: boolean;
}

/** Starts a daemon with a model file that `make` writes, and asks it something. */
async function lives(make: (file: string) => void): Promise<Fate> {
  const place = makePlace();
  const file = join(place.root, "broken.gguf");
  make(file);
  const keys = { path: file, slots: 1, contextTokens: 512, threads: 1 };
  const config = JSON.stringify({ model: keys, functions: { builtins: false } });
  const daemon = spawnDaemon(place, { config: place.write("moult.yaml", config) });
  try {
    await daemon.healthy();
    const { state, reason: told = "" } = await settled(daemon);
    // The folder has another name each time.
    const reason = told.replaceAll(`${place.root}/`, "");
    if (state === "failed") return { alive: isAlive(daemon.pid), reason, clear: reason !== "" };
    const outcome = await outcomeOf(daemon, "bench:broken", "hello");
    return { alive: isAlive(daemon.pid), reason: "", clear: !isUnclear(outcome) };
  } catch (error) {
    console.error(error, daemon.output());
    return { alive: isAlive(daemon.pid), reason: "", clear: false };
  } finally {
    await daemon.stop();
    place.remove();
  }
}

/** Where a model file tells of its tensors. */
function tensorsIn(file: string): { readonly start: number; readonly end: number } {
  const bytes = readFileSync(file);
  const last = bytes.lastIndexOf(".weight");
  return { start: bytes.indexOf("token_embd.weight"), end: last + 40 };
}

/** A model that is larger than the memory. */
async function exhausted(): Promise<readonly Row[] | string> {
  const group = makeMemoryGroup(MEMORY_MIB);
  if (group === undefined)
    return "Memory: this user may not make a control group, so nothing could be limited.";
  const place = makePlace();
  const keys = { path: benchModel("0.5b", "Q4_K"), slots: 1, contextTokens: 512, threads: 1 };
  const config = JSON.stringify({ model: keys, functions: { builtins: false } });
  const daemon = spawnDaemon(place, { config: place.write("moult.yaml", config) });
  // Before it starts its model host, which begins in the same group.
  group.add(daemon.pid);
  try {
    await daemon.healthy();
    const { state, reason: why = "" } = await settled(daemon);
    const reason = why.replaceAll(`${dirname(keys.path)}/`, "");
    const told = await outcomeOf(daemon, "bench:memory", "hello");
    return [
      exactly("memory exhausted: the daemon lives", isAlive(daemon.pid) ? "yes" : "no", "yes"),
      exactly("…the model", state, "failed"),
      { ...fact("…and why", reason), pass: /memory/i.test(reason) },
      exactly("…who asks is told", isUnclear(told) ? "no" : "yes", "yes"),
    ];
  } finally {
    await daemon.stop();
    place.remove();
    await group.remove();
  }
}

/** Memory runs out while sessions are answered: the kernel ends the model host. */
async function starved(): Promise<readonly Row[] | string> {
  // What it holds already stays where it was counted: this is for what it asks for from now on.
  const group = makeMemoryGroup(1);
  if (group === undefined) return "Memory: this user may not make a control group.";
  const moult = await startMoult(tinyRoom());
  const { daemon } = moult;
  try {
    const { pid } = await modelState(daemon);
    const prompts = new Prompts(3);
    const texts = Array.from({ length: TURNS }, () => prompts.next(400));
    const turns = texts.map((text, index) => outcomeOf(daemon, `bench:starved-${index}`, text));
    await until("somebody to be answered", async () => (await running(daemon)) || undefined);
    group.add(pid);
    const outcomes = await Promise.all(turns);
    const { restarts } = await settled(daemon, ({ state }) => state === "ready");
    const kept = await Promise.all(texts.map((_, index) => said(daemon, `bench:starved-${index}`)));
    return [
      fact("memory runs out while it answers: turns", outcomes.length),
      fact("…hosts that the kernel ended", restarts),
      exactly("…neither answered nor failed with a reason", outcomes.filter(isUnclear).length, 0),
      exactly("…messages lost", texts.filter((text) => !kept.flat().includes(text)).length, 0),
      exactly("…and answers again", await outcomeOf(daemon, "bench:after", "hello"), "answered"),
    ];
  } finally {
    await moult.stop();
    await group.remove();
  }
}
