/** What a function gets as `ctx`, made of questions to the daemon. Runs inside a host. */
import type { CallContext, GenerateOptions, Logger } from "../define.ts";
import { MoultError } from "../../schemas/error.ts";
import { isRecord } from "../record.ts";
import type { Questions } from "./asking.ts";
import { fetchOutside } from "./fetch_outside.ts";
import type { CallFacts, HostChannel } from "./protocol.ts";
import { Transaction } from "./transaction.ts";

/** Characters of one log text. */
const LOG_CHARS_MAX = 16_000;

/** What a context is made from. */
export interface ContextParts {
  readonly facts: CallFacts;
  readonly signal: () => AbortSignal;
  readonly questions: Questions;
  readonly channel: HostChannel;
  readonly secrets: ReadonlyMap<string, string>;
}

/** The context of one call, and the values it sets. */
export function createContext(parts: ContextParts): {
  readonly ctx: CallContext;
  readonly kv: Transaction;
} {
  const { facts, questions, channel } = parts;
  const call = facts.id;
  const kv = new Transaction({
    // "No value" is no field at all on the wire.
    get: async (key) => await questions.ask({ op: "kv.get", call, key }),
    list: async (prefix, limit) =>
      (await questions.ask({ op: "kv.list", call, prefix, limit })) as {
        key: string;
        value: unknown;
      }[],
  });
  const stream = (options: GenerateOptions) =>
    questions.pieces({ op: "model", call, ...options }, parts.signal());
  const ctx: CallContext = {
    get signal() {
      return parts.signal();
    },
    log: createLogger(channel),
    secret(name) {
      const value = parts.secrets.get(name);
      if (value !== undefined) return value;
      const text = `Cannot read the secret "${name}": it is not declared in \`secrets\`, or the owner has not set it (moult secret set ${name})`;
      channel.send({ type: "denied", kind: "secret", text, wanted: name.slice(0, 200) });
      throw new MoultError("policy/denied", text);
    },
    fetch: async (url, init) => await fetchOutside(parts, url, init),
    model: {
      stream,
      async generate(options) {
        let text = "";
        for await (const piece of stream(options)) text += piece;
        return text;
      },
    },
    call: async (name, input) => await questions.ask({ op: "call", call, name, input }),
    kv,
    session: facts.session,
    principal: facts.principal,
    now: Date.now,
  };
  return { ctx, kv };
}

function createLogger(channel: HostChannel): Logger {
  const write =
    (level: "info" | "warn" | "error") =>
    (facts: unknown, text: unknown = "") =>
      channel.send({
        type: "log",
        level,
        facts: plainFacts(facts),
        text: String(text).slice(0, LOG_CHARS_MAX),
      });
  return { info: write("info"), warn: write("warn"), error: write("error") };
}

/** Facts as JSON has them, whatever they are; a log line must never fail a call. */
function plainFacts(facts: unknown): Readonly<Record<string, unknown>> {
  try {
    const json = JSON.stringify(facts);
    if (json.length > LOG_CHARS_MAX) return { cut: json.slice(0, LOG_CHARS_MAX) };
    const plain: unknown = JSON.parse(json);
    return isRecord(plain) ? plain : { facts: plain };
  } catch {
    return { facts: "not JSON" };
  }
}
