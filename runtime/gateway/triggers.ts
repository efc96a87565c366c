/**
 * Starts functions at the times of their cron triggers: one turn per tick, whatever is restarted in between. Says which
 * triggers of any kind lead nowhere.
 *
 * A tick's turn has a key of its own, so that beginning it again changes nothing; how far a trigger has come is written
 * down after that. It knows when a turn is to begin, not how one runs.
 */
import type { EventHub } from "../events.ts";
import type { Functions } from "../load/functions.ts";
import type { Clock, InboxRow, Log, Store } from "../ports.ts";
import { PASSING, isMoultError } from "../../schemas/error.ts";
import type { FunctionInfo, Manifest } from "../../schemas/function.ts";
import { OWNER } from "../../schemas/message.ts";
import type { RuntimeEvent } from "../../schemas/turn.ts";
import type { Agent } from "./agent.ts";
import { type Armed, cronTriggers, nameOf, orderOf } from "./armed.ts";
import type { Hooks } from "./hooks.ts";
import { Marks } from "./marks.ts";
import { newestTick, tickAfter } from "./schedule.ts";

/** Protocol and channel of turns whose answer is sent to nobody. */
export const CRON = "cron";

/** The longest sleep: a clock that was set, or a machine that slept, is noticed after it. */
const LOOK_MS_MAX = 30_000;

/** A tick that comes later than this after its time, because nobody was awake, was missed. */
const LATE_MS_MAX = 60_000;

/** Before what could not be begun or written down is tried again. */
const RETRY_MS = 5_000;

/** Triggered turns that are open at once: people who write at that moment still get a place. */
const OPEN_MAX = 64;

/** Of one trigger: a turn that runs and one that waits. Further ticks are skipped. */
const OPEN_PER_TRIGGER_MAX = 2;

/** What can change the triggers of a function. */
const CHANGES: ReadonlySet<RuntimeEvent["type"]> = new Set([
  "function.loaded",
  "function.failed",
  "function.removed",
  "function.rolled_back",
  "function.pending",
]);

/** Where an answer goes. */
export type Address = Pick<InboxRow, "protocol" | "channel" | "conversation" | "session">;

/** What triggers need. */
export interface TriggersParts {
  readonly store: Store;
  readonly functions: Functions;
  readonly clock: Clock;
  readonly log: Log;
  readonly hub: EventHub;
  readonly begin: Agent["begin"];
  readonly wait: Agent["wait"];
  /** The conversation that `telegram:12345` names, if its channel is there and can deliver. */
  readonly address: (name: string) => Address | undefined;
  readonly hooks: Hooks;
  /** Milliseconds of the longest sleep. @default 30_000 */
  readonly lookMsMax?: number;
}

/** All cron triggers, on one timer. */
export class Triggers {
  readonly #parts: TriggersParts;
  readonly #lookMsMax: number;
  readonly #marks: Marks;
  readonly #armed = new Map<string, Armed>();
  /** Next ticks that were looked up, by trigger. */
  readonly #next = new Map<string, number>();
  /** Turns that have not ended, each with its trigger. */
  readonly #open = new Map<string, string>();
  readonly #changed = new Set<string>();
  #isPrepared = false;
  #isClosed = false;
  #unsubscribe: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  /** Somebody asked for a look while one was made. */
  #isAsked = false;
  #lookedAt = 0;
  /** Since when ticks come at their time; those well before it were missed. */
  #awakeSince = 0;

  constructor(parts: TriggersParts) {
    this.#parts = parts;
    this.#lookMsMax = parts.lookMsMax ?? LOOK_MS_MAX;
    this.#marks = new Marks(parts.store);
  }

  /** Begins to look. To be called when functions are loaded and turns can begin. */
  start(): void {
    this.#unsubscribe = this.#parts.hub.subscribe(({ type, name }) => {
      if (!CHANGES.has(type) || typeof name !== "string") return;
      this.#parts.hooks.changed();
      this.#changed.add(name);
      this.#ask();
    });
    this.#ask();
  }

  /** Begins nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unsubscribe?.();
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** Looks soon. Further calls before that are one with it. */
  #ask(): void {
    if (this.#looking === undefined) this.#sleep(0);
    else this.#isAsked = true;
  }

  #sleep(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().then((sleepMs) => {
        this.#looking = undefined;
        const isAsked = this.#isAsked;
        this.#isAsked = false;
        if (isAsked) this.#sleep(0);
        else if (sleepMs !== undefined) this.#sleep(sleepMs);
      });
    }, ms);
    this.#timer.unref();
  }

  /** Begins what is due. Returns how long to sleep; `undefined`: until a function changes. Never rejects. */
  async #look(): Promise<number | undefined> {
    try {
      if (!this.#isPrepared) await this.#prepare();
      for (const name of this.#changed) this.#arm(name, this.#parts.functions.get(name));
      this.#changed.clear();
      const isHeld = await this.#beginDue();
      await this.#marks.save();
      if (this.#armed.size === 0) return undefined;
      // A turn that ends makes room, and asks.
      return isHeld ? this.#lookMsMax : this.#idleMs();
    } catch (error) {
      if (!this.#isClosed) {
        const text = "Cron triggers could not be looked after; it is tried again";
        this.#parts.log.error({ error }, text);
      }
      return RETRY_MS;
    }
  }

  /** Reads what the last process left. */
  async #prepare(): Promise<void> {
    const { store, functions, clock, hooks } = this.#parts;
    await this.#marks.load();
    for (const { turn, sender } of await store.unfinished()) {
      if (sender.startsWith(`${CRON} `)) this.#follow(turn, sender.slice(CRON.length + 1));
    }
    this.#lookedAt = this.#awakeSince = clock.now();
    // What an earlier run has built is loaded without an event.
    hooks.changed();
    const infos = functions.list();
    for (const info of infos) this.#arm(info.name, info);
    const known = new Set(infos.map(({ name }) => name));
    for (const name of this.#marks.names()) if (!known.has(name)) this.#arm(name, undefined);
    this.#isPrepared = true;
  }

  /** Takes the triggers of a function as they are now. Those that are gone are forgotten: if they return, they are new. */
  #arm(name: string, info: FunctionInfo | undefined): void {
    const manifest = info?.manifest;
    // Nobody knows which triggers a file has that is broken since the start.
    if (info !== undefined && manifest === undefined) return;
    const now = this.#parts.clock.now();
    const declared = manifest === undefined ? [] : cronTriggers(name, manifest);
    const keys = new Set(declared.map(({ key }) => key));
    for (const key of this.#marks.keysOf(name)) {
      if (keys.has(key)) continue;
      this.#armed.delete(key);
      this.#next.delete(key);
      this.#marks.forget(key);
    }
    for (const one of declared) {
      this.#armed.set(one.key, one);
      if (this.#marks.get(one.key) === undefined) this.#mark(one.key, now);
    }
    if (manifest !== undefined) this.#warn(name, manifest);
  }

  /** Says which triggers of a function do not do what its author may expect. */
  #warn(name: string, { triggers }: Manifest): void {
    const { hooks, address } = this.#parts;
    for (const trigger of triggers) {
      const unknown = ["mqtt", "event"].find((kind) => kind in trigger);
      if (unknown !== undefined) {
        this.#notice(name, `Triggers of the kind "${unknown}" are not run by this version`);
      }
      const fault = "http" in trigger ? hooks.fault(name, trigger.http) : undefined;
      if (fault !== undefined) this.#notice(name, fault);
      const to = "cron" in trigger ? trigger.to : undefined;
      if (to === undefined || address(to) !== undefined) continue;
      const where = `answers are kept in the session ${CRON}:${name}`;
      this.#notice(name, `No channel can deliver to "${to}"; ${where}`);
    }
  }

  /** Begins due ticks, the oldest first. `true`: there are more, and too many turns are open. */
  async #beginDue(): Promise<boolean> {
    const now = this.#parts.clock.now();
    // It slept longer than it meant to: the machine did, or the clock was set.
    if (now - this.#lookedAt > this.#lookMsMax + LATE_MS_MAX) this.#awakeSince = now;
    this.#lookedAt = now;
    const due: { readonly one: Armed; readonly at: number }[] = [];
    for (const one of this.#armed.values()) {
      // The clock was set back. Ticks that come a second time have their turn already.
      if (this.#markOf(one) > now) this.#mark(one.key, now);
      const at = this.#nextOf(one);
      if (at <= now) due.push({ one, at });
    }
    for (const { one } of due.toSorted((a, b) => a.at - b.at)) {
      if (this.#isClosed) return false;
      if (this.#open.size >= OPEN_MAX) return true;
      await this.#tick(one, now);
    }
    return false;
  }

  /** Deals with the newest due tick of a trigger. Throws what may pass; the tick is due again then. */
  async #tick(one: Armed, now: number): Promise<void> {
    const { key, name, trigger } = one;
    const tick = newestTick(trigger, this.#markOf(one), now);
    if (tick === undefined) return;
    const facts = { function: name, cron: trigger.cron, tick: new Date(tick).toISOString() };
    const { log } = this.#parts;
    const isMissed = tick < this.#awakeSince - LATE_MS_MAX;
    const open = [...this.#open.values()].filter((other) => other === key).length;
    if (isMissed && trigger.catchUp === "none") {
      log.info(facts, "A tick was missed and is not caught up");
    } else if (open >= OPEN_PER_TRIGGER_MAX) {
      this.#notice(name, `The tick of ${facts.tick} is skipped: those before it have not ended`);
    } else {
      if (isMissed) log.info(facts, "Ticks were missed; the newest one runs now");
      await this.#begin(one, facts);
    }
    this.#mark(key, tick);
  }

  async #begin(one: Armed, facts: { readonly tick: string }): Promise<void> {
    const { begin, functions, log, address } = this.#parts;
    const { key, name, trigger } = one;
    const { input, to } = trigger;
    const manifest = functions.get(name)?.manifest;
    if (manifest === undefined) return;
    const kept = { protocol: CRON, channel: CRON, conversation: name, session: `${CRON}:${name}` };
    try {
      const { turn, duplicate } = await begin({
        ...((to === undefined ? undefined : address(to)) ?? kept),
        ...orderOf(name, manifest, { input, words: `[${CRON}] ${name} ${facts.tick}` }),
        sender: `${CRON} ${key}`,
        principal: OWNER,
        keys: [`${CRON} ${key} ${facts.tick}`],
      });
      if (!duplicate) this.#follow(turn, key);
    } catch (error) {
      const code = isMoultError(error) ? error.code : "internal";
      // With any other, the tick is given up.
      if (PASSING.has(code)) throw error;
      // The same tick with other words: it was begun before the file changed.
      if (code !== "message/conflict") log.error({ ...facts, error }, "A tick could not be begun");
    }
  }

  /** Counts a turn as open until it has ended, and says so when it failed. */
  #follow(turn: string, key: string): void {
    const { log, wait } = this.#parts;
    this.#open.set(turn, key);
    wait(turn)
      .then(({ outcome, reply }) => {
        if (outcome !== "failed" && outcome !== "refused") return;
        const facts = { function: nameOf(key), turn, outcome };
        log.warn(facts, `A triggered run came to nothing: ${reply}`);
      })
      // It goes on at the next start, or its session was deleted.
      .catch(() => undefined)
      .finally(() => {
        const wasFull = this.#open.size >= OPEN_MAX;
        this.#open.delete(turn);
        if (wasFull) this.#ask();
      });
  }

  #notice(name: string, text: string): void {
    this.#parts.log.warn({ function: name }, text);
    this.#parts.hub.publish("function.log", { name, level: "warn", facts: {}, text });
  }

  #mark(key: string, at: number): void {
    this.#marks.set(key, at);
    this.#next.delete(key);
  }

  #markOf({ key }: Armed): number {
    return this.#marks.get(key) ?? this.#parts.clock.now();
  }

  #nextOf(one: Armed): number {
    const known = this.#next.get(one.key);
    if (known !== undefined) return known;
    const next = tickAfter(one.trigger, this.#markOf(one)) ?? Infinity;
    this.#next.set(one.key, next);
    return next;
  }

  #idleMs(): number {
    const now = this.#parts.clock.now();
    let sleepMs = this.#lookMsMax;
    for (const one of this.#armed.values()) sleepMs = Math.min(sleepMs, this.#nextOf(one) - now);
    return Math.max(sleepMs, 0);
  }
}
