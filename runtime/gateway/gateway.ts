/** The front of the agent: an update becomes a message, the message a durable row, the row a turn in its lane. */
import type { EventHub } from "../events.ts";
import type { Functions } from "../load/functions.ts";
import type { Arrival, Clock, Inbound, Log, Meter, Model, Store, Transport } from "../ports.ts";
import { SessionMemory } from "../turn/memory.ts";
import { MoultError } from "../../schemas/error.ts";
import { TEXT_CHARS_MAX } from "../../schemas/message.ts";
import type { TurnEvent } from "../../schemas/turn.ts";
import type { Agent, Routed } from "./agent.ts";
import { Attachments } from "./attachments.ts";
import { Channels, sessionOf } from "./channels.ts";
import { commandOf } from "./commands.ts";
import { DeliveryLoop } from "./delivery.ts";
import { HOOK, Hooks } from "./hooks.ts";
import { type LaneLimits, Lanes } from "./lanes.ts";
import { checkSession } from "./session_name.ts";
import { type Address, CRON, Triggers } from "./triggers.ts";
import { Turns } from "./turns.ts";

/** Characters of history that a client gets. */
const HISTORY_CHARS_MAX = 1_000_000;

/** Letters that a client gets. */
const LETTERS_MAX = 200;

/** Strangers who are told so within a minute. What is told to more of them would hold up everybody else's replies. */
const STRANGERS_MAX = 20;
const STRANGERS_MS = 60_000;

/** What an agent is made of. */
export interface AgentParts {
  readonly store: Store;
  readonly model: Model;
  readonly functions: Functions;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly hub: EventHub;
  /** Folder of files that come with messages; made when the first one comes. */
  readonly attachments: string;
  readonly lanes?: LaneLimits;
  /** A turn ends after this. @default 600_000 */
  readonly turnMsMax?: number;
  /** Milliseconds that running turns have when the daemon ends. @default 4_000 */
  readonly closeMsMax?: number;
  /** Milliseconds between two looks at the clock, at most. @default 30_000 */
  readonly lookMsMax?: number;
}

/** Makes an agent. What is asked of it before `start()` waits, so that older messages come first. */
export function createAgent(parts: AgentParts): Agent {
  return new Gateway(parts);
}

class Gateway implements Agent {
  readonly #parts: AgentParts;
  readonly #transports = new Map<string, Transport>();
  readonly #channels: Channels;
  readonly #lanes: Lanes;
  readonly #turns: Turns;
  readonly #delivery: DeliveryLoop;
  readonly #attachments: Attachments;
  readonly #triggers: Triggers;
  /** Resolves when the turns of the last process are in their lanes. */
  readonly #started = Promise.withResolvers<void>();
  /** When the last strangers were told. */
  #strangersAt: readonly number[] = [];
  #closed = false;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    // Who asks before the start is told; nobody has to ask.
    this.#started.promise.catch(() => undefined);
    this.#attachments = new Attachments(parts.attachments);
    this.#channels = new Channels(parts.functions, parts.log);
    this.#lanes = new Lanes(parts.lanes);
    const transport = (protocol: string): Transport | undefined => this.#transports.get(protocol);
    const protocols = (): Iterable<string> => this.#transports.keys();
    this.#delivery = new DeliveryLoop({ ...parts, transport, protocols });
    this.#turns = new Turns({
      ...parts,
      transport,
      lanes: this.#lanes,
      memory: new SessionMemory(),
      render: (row, text) => this.#channels.render(row, text),
      delivers: (protocol) => {
        const registered = transport(protocol);
        // Of a transport that is gone for now, nobody fetches either: its reply waits in the outbox.
        return registered === undefined || registered.send !== undefined;
      },
      wakeDelivery: () => this.#delivery.wake(),
    });
    for (const channel of [CRON, HOOK]) this.register(channel, { channel, accept: refuse });
    this.hooks = new Hooks(
      parts.functions,
      (channel) => this.#named(channel)?.webhook !== undefined,
    );
    const { begin, wait, hooks } = this;
    const address = (name: string): Address | undefined => this.#address(name);
    this.#triggers = new Triggers({ ...parts, begin, wait, address, hooks });
  }

  readonly register: Agent["register"] = (protocol, transport) => {
    if (this.#transports.has(protocol)) {
      throw new TypeError(`The protocol "${protocol}" has a transport already`);
    }
    this.#transports.set(protocol, transport);
  };

  readonly route: Agent["route"] = async (protocol, payload) => {
    const transport = this.#transports.get(protocol);
    if (transport === undefined) {
      throw new MoultError("channel/unsupported", `Unsupported protocol: "${protocol}"`);
    }
    await this.#started.promise;
    if (this.#closed) throw stopping();
    try {
      const routed = await this.#accept(protocol, transport, payload);
      this.#count(transport, resultOf(routed));
      return routed;
    } catch (error) {
      this.#count(transport, "rejected");
      throw error;
    }
  };

  readonly wait: Agent["wait"] = async (turn, signal) => {
    await this.#started.promise;
    return await this.#turns.wait(turn, signal);
  };

  readonly follow: Agent["follow"] = (...asked) => this.#follow(...asked);

  readonly cancel: Agent["cancel"] = async (turn) => {
    await this.#started.promise;
    return this.#turns.cancel(turn);
  };

  readonly trace: Agent["trace"] = async (turn) => {
    const trace = await this.#parts.store.trace(turn);
    if (trace === undefined) throw new MoultError("turn/not-found", `There is no turn "${turn}"`);
    return trace;
  };

  readonly sessions: Agent["sessions"] = () => this.#parts.store.sessions();

  readonly session: Agent["session"] = (session) => this.#parts.store.session(session);

  readonly history: Agent["history"] = async (session) => {
    checkSession(session);
    return await this.#parts.store.history(session, HISTORY_CHARS_MAX, true);
  };

  readonly forget: Agent["forget"] = async (session) => {
    checkSession(session);
    await this.#started.promise;
    await this.#turns.cancelAll(session);
    this.#parts.model.forget?.(session);
    return await this.#parts.store.forget(session);
  };

  readonly letters: Agent["letters"] = () => this.#parts.store.letters(LETTERS_MAX);

  readonly start: Agent["start"] = async () => {
    const { store } = this.#parts;
    try {
      for (const row of await store.unfinished()) {
        this.#turns.add(row, row.attempts === 0 ? [] : await store.events(row.turn));
      }
    } catch (error) {
      this.#started.reject(error);
      throw error;
    }
    this.#started.resolve();
    await this.#delivery.start();
    for (const [protocol, transport] of this.#transports) {
      transport.open?.(this.#inbound(protocol, transport));
    }
    this.#triggers.start();
  };

  readonly begin: Agent["begin"] = async (order) => {
    await this.#started.promise;
    return await this.#write(order);
  };

  readonly webhook: Agent["webhook"] = async (channel, request, signal) => {
    const transport = this.#named(channel);
    if (transport?.webhook === undefined) {
      throw new MoultError("channel/unsupported", `There is no webhook "${channel}"`);
    }
    await this.#started.promise;
    return await transport.webhook(request, signal);
  };

  readonly hooks: Agent["hooks"] & Hooks;

  readonly health: Agent["health"] = () =>
    this.#transports
      .values()
      .flatMap(({ channel, health }) => (health ? [{ channel, ...health() }] : []))
      .toArray();

  readonly close: Agent["close"] = async () => {
    this.#closed = true;
    this.#started.reject(stopping());
    await this.#triggers.close();
    const closing = this.#transports.values().map(async (transport) => await transport.close?.());
    await Promise.allSettled(closing);
    await this.#turns.close();
    await this.#delivery.close();
  };

  async *#follow(...asked: Parameters<Agent["follow"]>): AsyncGenerator<TurnEvent> {
    await this.#started.promise;
    yield* this.#turns.follow(...asked);
  }

  async #accept(protocol: string, transport: Transport, payload: unknown): Promise<Routed> {
    const arrival = transport.accept(payload);
    if (arrival.stranger !== undefined) return await this.#turnAway(protocol, transport, arrival);
    const received = await this.#channels.receive(protocol, transport, arrival);
    if ("dropped" in received) {
      const facts = { channel: transport.channel, reason: received.dropped };
      this.#parts.log.info(facts, "A channel dropped an update");
      return received;
    }
    const { attachments = [], keys } = arrival;
    const command = transport.commands === true ? commandOf(received.text) : undefined;
    return await this.#write({
      ...received,
      protocol,
      keys,
      ...(attachments.length === 0 ? {} : { attachments }),
      ...(command === undefined ? {} : { work: { kind: "command", command } }),
    });
  }

  /** Writes a message down and puts it into its lane. */
  async #write(
    asked: Parameters<Store["accept"]>[0],
  ): Promise<Exclude<Routed, { dropped: string }>> {
    const { keys: _keys, ...message } = asked;
    checkSession(message.session);
    checkText(message.text);
    // The channel function may have taken its time.
    if (this.#closed) throw stopping();
    const release = this.#lanes.reserve(message.session);
    try {
      const accepted = await this.#parts.store.accept(asked);
      const { turn, session, acceptedAt, result } = accepted;
      if (result === "conflict") {
        const text = "This message id was used before with another text; use a new id";
        throw new MoultError("message/conflict", text, { turn });
      }
      if (result === "accepted") this.#turns.add({ ...message, turn, acceptedAt, attempts: 0 });
      return { turn, session, duplicate: result === "duplicate" };
    } finally {
      release();
    }
  }

  /** A stranger is told once, of many only some at a time; what they wrote is not kept. */
  async #turnAway(protocol: string, transport: Transport, arrival: Arrival): Promise<Routed> {
    const { stranger, sender, principal } = arrival;
    const { channel } = transport;
    const dropped = { dropped: "the sender is not in the allow list" };
    const now = this.#parts.clock.now();
    this.#strangersAt = this.#strangersAt.filter((at) => Math.abs(now - at) < STRANGERS_MS);
    // Those who write again later are told then.
    if (this.#strangersAt.length >= STRANGERS_MAX) return dropped;
    const { conversation = "", text = "" } = stranger ?? {};
    const session = sessionOf(channel, conversation);
    const keys = [`stranger ${sender}`];
    const notice = { protocol, channel, session, conversation, sender, principal, text, keys };
    this.#strangersAt = [...this.#strangersAt, now];
    if (await this.#parts.store.tell(notice)) this.#delivery.wake();
    // Told before: it takes nobody's place.
    else this.#strangersAt = this.#strangersAt.toSpliced(this.#strangersAt.indexOf(now), 1);
    return dropped;
  }

  #named(channel: string): Transport | undefined {
    return this.#transports.values().find((one) => one.channel === channel);
  }

  /** Where a conversation is that is named as its session would be, if somebody can deliver there. */
  #address(name: string): Address | undefined {
    const at = name.indexOf(":");
    const channel = name.slice(0, at);
    const conversation = name.slice(at + 1);
    const via = this.#parts.functions.get(channel)?.manifest?.via;
    for (const [protocol, transport] of this.#transports) {
      if (transport.send === undefined) continue;
      if (protocol !== via && transport.channel !== channel) continue;
      return { protocol, channel, conversation, session: sessionOf(channel, conversation) };
    }
    return undefined;
  }

  #inbound(protocol: string, transport: Transport): Inbound {
    const { store } = this.#parts;
    // No function can have this name.
    const owner = `channel:${transport.channel}`;
    return {
      route: async (payload) => {
        await this.route(protocol, payload);
      },
      keep: this.#attachments.keep,
      get: (key) => store.kvGet(owner, key),
      set: (key, value) => store.kvCommit(owner, [{ key, value }]),
    };
  }

  #count(transport: Transport, result: string): void {
    const labels = { channel: transport.channel, result };
    this.#parts.meter.count("moult_inbox_messages_total", labels);
  }
}

function refuse(): never {
  throw new MoultError("channel/unsupported", "Only triggers send messages here");
}

function stopping(): MoultError {
  return new MoultError("model/unavailable", "The daemon is stopping; send it again later");
}

function resultOf(routed: Routed): string {
  if ("dropped" in routed) return "dropped";
  return routed.duplicate ? "duplicate" : "accepted";
}

function checkText(text: string): void {
  if (text.trim() === "") throw new MoultError("input/invalid", "The text is empty");
  if (text.length > TEXT_CHARS_MAX) {
    throw new MoultError("body/too-large", `The text is longer than ${TEXT_CHARS_MAX} characters`);
  }
}
