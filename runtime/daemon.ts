/**
 * The life of a daemon: starts its parts in the right order, says how it is, ends them in the right order.
 * Knows the parts only by their ports.
 */
import type { EventHub } from "./events.ts";
import type { Agent } from "./gateway/agent.ts";
import type { OpenHome } from "./home.ts";
import type { Functions } from "./load/functions.ts";
import type { Loader } from "./load/loader.ts";
import type { Clock, Log, Meter, Model, Models, Sandbox, Store } from "./ports.ts";
import { OWNER } from "../schemas/message.ts";
import type { RuntimeEvent, TurnEvent } from "../schemas/turn.ts";

/** The server of a daemon, once it listens. */
export interface Listener {
  readonly url: string;
  readonly waitingRequests: () => number;
  readonly stop: () => Promise<void>;
}

/** Everything that a daemon is made of. */
export interface DaemonParts {
  readonly version: string;
  readonly home: OpenHome;
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly log: Log & { readonly close: () => Promise<void> };
  readonly meter: Meter;
  readonly store: Store;
  readonly model: Model;
  readonly models: Models;
  readonly sandbox: Sandbox;
  readonly hosts: { readonly close: () => Promise<void> };
  readonly loader: Loader;
  readonly agent: Agent;
  /** Opens the server. It is called first, so that the daemon can say how it is while the rest starts. */
  readonly listen: (daemon: Daemon) => Listener;
  /** Ends the daemon after so long without a request. @default never */
  readonly idleExitMs?: number;
}

/** Between two looks at whether the daemon is idle. */
const IDLE_LOOK_MS = 5_000;

/** A daemon that runs. */
export class Daemon {
  readonly #parts: DaemonParts;
  readonly #startedAt: number;
  #listener: Listener | undefined;
  #isLoaded = false;
  #usedAt: number;
  #idleTimer: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;
  readonly #loaded = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #ending = Promise.withResolvers<void>();
  /** Resolves when functions are loaded and unfinished turns are in their lanes, or when the daemon ends before. */
  readonly loaded = this.#loaded.promise;
  /** Resolves when it was told to end. */
  readonly ending = this.#ending.promise;
  /** Resolves when everything has ended. */
  readonly stopped = this.#stopped.promise;

  constructor(parts: DaemonParts) {
    this.#parts = parts;
    this.#startedAt = this.#usedAt = parts.clock.now();
  }

  /** Listens, then loads functions and resumes turns. Throws what `listen` throws, with everything ended again. */
  async start(): Promise<void> {
    const { home, version, listen, idleExitMs, loader, agent } = this.#parts;
    try {
      this.#listener = listen(this);
      const temporary = idleExitMs === undefined ? {} : { temporary: true };
      home.announce({ pid: process.pid, url: this.#listener.url, version, ...temporary });
      await loader.start();
      // Functions first: a resumed turn may need one.
      await loader.settled();
      await agent.start();
      this.#isLoaded = true;
      this.#loaded.resolve();
    } catch (error) {
      const wasTold = this.#stopping !== undefined;
      await this.stop();
      // Told to end while it started: what broke by that is no failure.
      if (wasTold) return;
      throw error;
    }
    if (idleExitMs !== undefined) this.#watchIdle(idleExitMs);
  }

  /** Where it listens. */
  get url(): string {
    return this.#listener?.url ?? "";
  }

  /** What is loaded. */
  get functions(): Functions {
    return this.#parts.loader;
  }

  /** Calls back at each runtime event. Returns the way to stop. */
  watch(listener: (event: RuntimeEvent) => void): () => void {
    return this.#parts.hub.subscribe(listener);
  }

  /**
   * Sends a line typed at a terminal and follows its turn. Aborting cancels the turn.
   *
   * @yields {TurnEvent} the events of its turn
   * @throws {MoultError} what `Agent.route` throws
   */
  async *say(session: string, text: string, signal: AbortSignal): AsyncIterable<TurnEvent> {
    const { agent } = this.#parts;
    const routed = await agent.route("terminal", { session, text, principal: OWNER });
    if ("dropped" in routed) return;
    signal.addEventListener("abort", () => void agent.cancel(routed.turn), { once: true });
    yield* agent.follow(routed.turn, 0);
  }

  /** To be told of what nothing has caught: it is written down and counted. */
  fault(kind: "promise" | "exception", error: unknown): void {
    const { log, meter } = this.#parts;
    log.error({ error, kind }, "Something broke that nothing has caught; this is a fault of moult");
    meter.count("moult_faults_total", { kind });
  }

  /** To be told of each request, so that a daemon in use does not end for idleness. */
  used(): void {
    this.#usedAt = this.#parts.clock.now();
  }

  /** Whether messages can be answered now; if not, why. */
  ready(): { readonly ok: boolean; readonly reasons: readonly string[] } {
    const reasons: string[] = [];
    if (!this.#isLoaded) reasons.push("Functions are loading");
    const { state, reason } = this.#parts.model.status();
    if (state !== "ready") reasons.push(`The model is ${state}${reason ? `: ${reason}` : ""}`);
    for (const { channel, state: connection, reason: why } of this.#parts.agent.health()) {
      if (connection !== "up") reasons.push(`${channel} is ${connection}${why ? `: ${why}` : ""}`);
    }
    return { ok: reasons.length === 0, reasons };
  }

  /** How the channels are that hold a connection. */
  channels(): ReturnType<Agent["health"]> {
    return this.#parts.agent.health();
  }

  /** How it is, as one JSON document. */
  async status(): Promise<object> {
    const { version, home, model, models, sandbox, loader, store, clock, agent } = this.#parts;
    const functions = loader.list();
    return {
      version,
      pid: process.pid,
      home: home.dir,
      url: this.url,
      upMs: clock.now() - this.#startedAt,
      ready: this.ready(),
      channels: agent.health(),
      model: model.status(),
      models: models.list(),
      sandbox: sandbox.tier(),
      functions: {
        loaded: functions.filter(({ state }) => state === "ready").length,
        failed: functions.filter(({ state }) => state === "failed").length,
        pending: functions.filter(({ state }) => state === "pending").length,
      },
      outboxPending: await store.outboxPending(),
    };
  }

  /** Ends everything: no new requests, running turns a few seconds, then functions, model and files. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(this.#stopped.resolve);
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { home, log, store, model, models, sandbox, hosts, loader, agent } = this.#parts;
    clearInterval(this.#idleTimer);
    this.#ending.resolve();
    // Who waits for the start is told by the agent that there is none.
    this.#loaded.resolve();
    const end = async (name: string, ending: () => unknown): Promise<void> => {
      try {
        await ending();
      } catch (error) {
        log.error({ error, part: name }, "A part did not end in order");
      }
    };
    await Promise.all([
      end("http", () => this.#listener?.stop()),
      end("agent", () => agent.close()),
    ]);
    await end("loader", () => loader.close());
    await Promise.all([
      end("hosts", () => hosts.close()),
      end("model", () => model.close()),
      end("models", () => models.close()),
    ]);
    await end("sandbox", () => sandbox.close());
    await end("store", () => store.close());
    await end("log", () => log.close());
    home.release();
  }

  #watchIdle(idleExitMs: number): void {
    const look = Math.min(IDLE_LOOK_MS, idleExitMs);
    this.#idleTimer = setInterval(() => {
      const { clock, model } = this.#parts;
      // A model that loads, or is on its way from the network, is what the owner waits for.
      const { running, state } = model.status();
      const busy =
        running > 0 || state === "loading" || (this.#listener?.waitingRequests() ?? 0) > 0;
      if (busy) this.used();
      else if (clock.now() - this.#usedAt >= idleExitMs) void this.stop();
    }, look);
    this.#idleTimer.unref();
  }
}
