/**
 * What channel functions make of updates and replies. It knows that a function may translate for a transport, not
 * how functions run nor what a transport is connected to.
 */
import * as v from "valibot";
import { checkValue } from "../check_value.ts";
import { contentHash } from "../content_hash.ts";
import type { Functions } from "../load/functions.ts";
import type { Arrival, InboxRow, Log, Transport } from "../ports.ts";
import { fromWire } from "../../schemas/error.ts";
import type { FunctionInfo } from "../../schemas/function.ts";
import { Drop, InboundMessage, SessionName } from "../../schemas/message.ts";

/** Characters of a hash that stands for a conversation whose name a session cannot have. */
const HASH_CHARS = 24;

/** A message, and who translated it. */
export type Received =
  | Pick<InboxRow, "session" | "channel" | "conversation" | "sender" | "principal" | "text">
  | { readonly dropped: string };

const Translated = v.union([InboundMessage, Drop]);

/** The channel functions of the registry. */
export class Channels {
  readonly #functions: Functions;
  readonly #log: Log;

  constructor(functions: Functions, log: Log) {
    this.#functions = functions;
    this.#log = log;
  }

  /**
   * Translates an update with the channel function of its transport. With several, the first that does not drop it
   * counts, the owner's before the built-in ones. Without one, the transport's own reading is the message.
   *
   * @throws {MoultError} what the channel function failed with; nothing is accepted then
   */
  async receive(protocol: string, transport: Transport, arrival: Arrival): Promise<Received> {
    const { session, sender, principal, text } = arrival;
    let dropped: string | undefined;
    for (const { name } of this.#via(protocol)) {
      const call = { body: JSON.stringify(arrival.update), principal, session };
      const result = await this.#functions.run(name, call, "receive");
      if (result.error !== undefined) throw fromWire(result.error);
      const title = `The channel "${name}" returned neither a message nor a reason to drop it`;
      const message = checkValue(Translated, result.output, { code: "output/invalid", title });
      if ("drop" in message) {
        dropped ??= `${name}: ${message.drop}`;
        continue;
      }
      // A client that fetches its reply has named the session itself.
      const named = transport.send === undefined ? session : sessionOf(name, message.conversation);
      return { ...message, principal, channel: name, session: named };
    }
    if (dropped !== undefined) return { dropped };
    const { conversation = session } = arrival;
    return { session, sender, principal, text, channel: transport.channel, conversation };
  }

  /** The reply as its channel wants it; as it is, when there is nobody to render it or that fails. */
  async render(row: InboxRow, text: string): Promise<string> {
    const info = this.#functions.get(row.channel);
    if (text === "" || info?.kind !== "channel" || info.manifest?.renders !== true) return text;
    const { principal, session, turn } = row;
    const call = { body: JSON.stringify(text), principal, session, turn };
    const { output, error } = await this.#functions.run(row.channel, call, "render");
    if (typeof output === "string") return output;
    const facts = { function: row.channel, turn, code: error?.code ?? "output/invalid" };
    this.#log.warn(facts, "A channel could not render a reply; it goes out as it is");
    return text;
  }

  #via(protocol: string): readonly FunctionInfo[] {
    return this.#functions
      .list()
      .filter(({ manifest, state }) => manifest?.via === protocol && state !== "pending")
      .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  }
}

function rank({ origin }: FunctionInfo): number {
  return origin === "user" ? 0 : 1;
}

/** The session of a conversation; one whose name has other characters goes by its hash. */
export function sessionOf(channel: string, conversation: string): string {
  const name = `${channel}:${conversation}`;
  if (v.is(SessionName, name)) return name;
  return `${channel}:${contentHash(conversation).slice(0, HASH_CHARS)}`;
}
