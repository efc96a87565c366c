/** Takes updates in, however they came: in order within a chat, files first, and says which may be acknowledged. */
import * as v from "valibot";
import type { Arrival, Inbound, Log } from "../../runtime/ports.ts";
import { MoultError, PASSING, isMoultError } from "../../schemas/error.ts";
import { OWNER, type Principal } from "../../schemas/message.ts";
import type { Fetched } from "./files.ts";
import {
  type Bot,
  type Incoming,
  Numbered,
  type Understood,
  type Waiting,
  chatOf,
  understand,
} from "./updates.ts";

/** Tries of an update whose failure may be its own fault; then it is given up, so that it stops no others. */
const TRIES_MAX = 5;

/** These may end, or may be the update's fault. */
const DOUBTFUL = /^(?:function\/|output\/invalid$|tool\/failed$)/;

/** What taking in needs. */
export interface IntakeParts {
  readonly allow: readonly string[];
  readonly log: Log;
  readonly bot: () => Bot;
  /** Asks Telegram who the bot is. Rejects when it does not say. */
  readonly identify: (inbound: Inbound) => Promise<void>;
  readonly fetchFile: (waiting: Waiting, inbound: Inbound) => Promise<Fetched>;
}

/** A message whose files are there, on its way to `accept`. */
class Prepared {
  readonly incoming: Incoming;
  readonly fetched: readonly Fetched[];

  constructor(incoming: Incoming, fetched: readonly Fetched[]) {
    this.incoming = incoming;
    this.fetched = fetched;
  }
}

/** Takes updates in. */
export class Intake {
  readonly #parts: IntakeParts;
  /** What is under way, by chat. */
  readonly #chains = new Map<number, Promise<unknown>>();
  /** Failed tries, by update. */
  readonly #tries = new Map<number, number>();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Takes an update in. `true`: it may be acknowledged; `false`: it has to come again. Never rejects. */
  take(payload: unknown, inbound: Inbound): Promise<boolean> {
    const chat = chatOf(payload);
    const before = this.#chains.get(chat) ?? Promise.resolve();
    const taken = before.then(() => this.#take(payload, inbound));
    this.#chains.set(chat, taken);
    void taken.then(() => {
      if (this.#chains.get(chat) === taken) this.#chains.delete(chat);
    });
    return taken;
  }

  /** What the gateway makes of a payload. Throws `input/invalid`. */
  accept(payload: unknown): Arrival {
    if (payload instanceof Prepared) return arrivalOf(payload.incoming, payload.fetched);
    const understood = this.#understand(payload);
    if (understood !== undefined && "incoming" in understood) {
      return arrivalOf(understood.incoming, []);
    }
    throw new MoultError("input/invalid", "This is no Telegram message for the bot");
  }

  #understand(payload: unknown): Understood | undefined {
    return understand(payload, this.#parts.bot(), this.#parts.allow);
  }

  async #take(payload: unknown, inbound: Inbound): Promise<boolean> {
    const { log, identify, fetchFile } = this.#parts;
    const numbered = v.safeParse(Numbered, payload);
    const update = numbered.success ? numbered.output.update_id : -1;
    try {
      let understood = this.#understand(payload);
      if (understood !== undefined && "unsure" in understood) {
        const isKnown = await identify(inbound).then(
          () => true,
          () => false,
        );
        if (!isKnown) return false;
        understood = this.#understand(payload);
      }
      if (understood === undefined || !("incoming" in understood)) {
        const reason = understood && "ignored" in understood ? understood.ignored : "no message";
        const facts = { channel: "telegram", update, chat: chatOf(payload), reason };
        log.debug(facts, "An update was ignored");
        return true;
      }
      const { incoming } = understood;
      const files = incoming.standing === "stranger" ? [] : incoming.files;
      const fetched = await Promise.all(files.map((file) => fetchFile(file, inbound)));
      await inbound.route(new Prepared(incoming, fetched));
    } catch (error) {
      return this.#afterFailure(update, error);
    }
    this.#tries.delete(update);
    return true;
  }

  #afterFailure(update: number, error: unknown): boolean {
    const { log } = this.#parts;
    const code = isMoultError(error) ? error.code : undefined;
    if (code !== undefined && PASSING.has(code)) {
      log.debug({ channel: "telegram", update, code }, "An update waits");
      return false;
    }
    const tries = (this.#tries.get(update) ?? 0) + 1;
    const mayPass = code === undefined || DOUBTFUL.test(code);
    if (mayPass && tries < TRIES_MAX) {
      this.#tries.set(update, tries);
      return false;
    }
    this.#tries.delete(update);
    const reason = isMoultError(error) ? error.message : "it broke the intake";
    log.error({ channel: "telegram", update, code, reason }, "An update could not be taken");
    return true;
  }
}

function arrivalOf(incoming: Incoming, fetched: readonly Fetched[]): Arrival {
  const { update, keys, conversation, standing } = incoming;
  const sender = String(update.from.id);
  const files = fetched.map(({ file }) => file);
  const full = { ...update, files };
  const attachments = fetched.flatMap(({ attachment }) => (attachment ? [attachment] : []));
  const names = [...files.map(({ kind, name }) => `[${kind} ${name}]`), ...update.extras];
  return {
    update: full,
    session: `telegram:${conversation}`,
    conversation,
    text: [...names, update.text].filter((part) => part !== "").join("\n") || "[file]",
    sender,
    principal: principalOf(sender, standing),
    keys,
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(standing === "stranger" ? { stranger: { conversation, text: turnedAway(sender) } } : {}),
  };
}

/** Whom the owner named acts for the owner; whom they let in with everyone else does not. */
function principalOf(sender: string, standing: Incoming["standing"]): Principal {
  return standing === "owner" ? OWNER : { id: `telegram:${sender}`, role: "invoker" };
}

function turnedAway(sender: string): string {
  return `I do not know you, so I can not answer. Your id is ${sender}. If this is your own bot, add the id to channels.telegram.allow in moult.yaml and start moult again.`;
}
