/** Whether a model that knows nothing can be made to call tools as they are declared. */
import { type ChatServer, complete } from "./chat_server.ts";
import { benchModel } from "./gguf/make.ts";
import { type Bench, type Report, exactly, fact, option, quantile } from "./harness.ts";
import { type CheckedSchema, misfit } from "./json_check.ts";
import { startMoult } from "./moult_server.ts";
import { Prompts } from "./prompts.ts";

const CALLS = 10_000;
const SLOTS = 4;
const CONTEXT_TOKENS = 2_048;
/** Of one request. */
const TOOLS_OFFERED = 4;
const PROMPT_TOKENS = 12;
/** A random model seldom ends a text by itself; what is cut off is no call, and is asked for again. */
const ANSWER_TOKENS = 512;
/** Asked more often than this for each call, the model is not going to make them. */
const ASKED_MAX = 4;
/** How different what the model says is: as likely as the weights have it. */
const TEMPERATURE = 1;

const text = { type: "string", maxLength: 12 } as const;
const object = (properties: Readonly<Record<string, CheckedSchema>>, ...optional: string[]) =>
  ({
    type: "object",
    properties,
    required: Object.keys(properties).filter((key) => !optional.includes(key)),
    additionalProperties: false,
  }) as const;

/** What tools ask for: everything that schemas of functions are made of. */
const TOOLS: Readonly<Record<string, CheckedSchema>> = {
  set_alarm: object({
    hour: { type: "integer", minimum: 0, maximum: 23 },
    daily: { type: "boolean" },
  }),
  set_light: object({
    room: { enum: ["kitchen", "hall", "bedroom"] },
    brightness: { type: "integer", minimum: 0, maximum: 100 },
  }),
  send_message: object({ to: text, text, urgent: { type: "boolean" } }, "urgent"),
  add_items: object({ items: { type: "array", items: text, minItems: 1, maxItems: 3 } }),
  move_to: object({ place: object({ x: { type: "number" }, y: { type: "number" } }) }),
  convert: object({
    amount: { type: "number", minimum: -1e6, maximum: 1e6 },
    unit: { enum: ["m", "km", "°C", "Å"] },
  }),
  remember: object({ key: { ...text, minLength: 1 }, value: { anyOf: [text, { type: "null" }] } }),
  book_table: object({
    guests: { type: "array", items: object({ name: text }), minItems: 1, maxItems: 2 },
    smoking: { const: false },
  }),
  set_timer: object(
    {
      minutes: { type: "integer", multipleOf: 5, minimum: 5, maximum: 720 },
      share: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
      volume: { type: "number", multipleOf: 0.25, minimum: -2, maximum: 2 },
    },
    "share",
    "volume",
  ),
  open_door: object({
    code: { type: "string", pattern: "^[A-Z]{2}-\\d{3,5}$" },
    day: { type: "string", pattern: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$" },
    note: { type: "string", pattern: '^"?[^/\\s]+\\\\?$', maxLength: 12 },
  }),
  label: object({
    tags: { type: "array", items: { enum: ["red", "green", "blue", 1, null] }, uniqueItems: true },
    values: { type: "object", additionalProperties: { type: "integer" }, maxProperties: 2 },
    at: { type: "array", prefixItems: [{ type: "integer" }, text], items: false, minItems: 2 },
  }),
  plan: {
    ...object({
      step: { $ref: "#/$defs/step" },
      when: {
        oneOf: [
          object({ kind: { const: "at" }, hour: { type: "integer", minimum: 0, maximum: 23 } }),
          object({ kind: { const: "never" } }),
        ],
      },
      priority: { type: ["integer", "null"], minimum: -3, maximum: 3 },
    }),
    $defs: {
      step: object(
        {
          name: { ...text, minLength: 2 },
          next: { type: "array", items: { $ref: "#/$defs/step" }, maxItems: 1 },
        },
        "next",
      ),
    },
  },
};

/** One claim. */
export const bench: Bench = {
  title: "Tool calls of a model that knows nothing",
  about: `${CALLS} calls of ${Object.keys(TOOLS).length} tools by a model with random weights (1,024 words, temperature ${TEMPERATURE}), for which nothing is likely and so everything happens, ${SLOTS} at once over \`/v1\`, offered four of them at a time, and asked for by its name or as any of them in turns. A checker of the bench's own judges names and arguments. An answer that reaches ${ANSWER_TOKENS} tokens before its call is whole is no call; it must be said to be cut off.`,
  onlyByName: true,
  run: measure,
};

async function measure(): Promise<Report> {
  const model = benchModel("mini", "F16");
  const room = { model, slots: SLOTS, contextTokens: CONTEXT_TOKENS, threads: 1 };
  // None of the conversations comes back.
  const server = await startMoult(room, { kv: { ramMiB: 0, diskMiB: 0 } });
  try {
    const calls = option("CALLS", CALLS);
    const count = new Count();
    const prompts = new Prompts(1);
    const began = performance.now();
    let asked = 0;
    const one = async () => {
      while (count.calls < calls && asked < calls * ASKED_MAX)
        await count.ask(server, prompts.next(PROMPT_TOKENS), asked++);
    };
    await Promise.all(Array.from({ length: SLOTS }, one));
    return {
      rows: [
        fact("calls", count.calls),
        exactly("of them with a name or arguments that do not fit", count.misfits.length, 0),
        exactly("calls asked for and not made, without saying why", count.unexplained, 0),
        exactly("requests that failed", count.failures.length, 0),
        exactly("calls were made", count.calls >= calls ? "all" : "too few", "all"),
        fact("answers cut off at the limit of tokens", count.cut),
        fact("a call takes: p50", quantile(count.callMs, 0.5), "ms"),
        fact("a call takes: p99", quantile(count.callMs, 0.99), "ms"),
        fact("in all", (performance.now() - began) / 60_000, "min"),
      ],
      notes: [...count.misfits, ...count.failures].slice(0, 5),
    };
  } finally {
    await server.stop();
  }
}

/** The part of an answer that is read. */
interface Answer {
  readonly choices: readonly {
    readonly finish_reason: string;
    readonly message: {
      readonly tool_calls?: readonly { readonly function: { name: string; arguments: string } }[];
    };
  }[];
}

/** What came of the questions. */
class Count {
  calls = 0;
  cut = 0;
  unexplained = 0;
  readonly misfits: string[] = [];
  readonly failures: string[] = [];
  readonly callMs: number[] = [];

  async ask(server: ChatServer, content: string, index: number): Promise<void> {
    const names = Object.keys(TOOLS);
    const from = (index * TOOLS_OFFERED) % names.length;
    const offered = names.slice(from, from + TOOLS_OFFERED);
    const name = offered[(index >> 1) % TOOLS_OFFERED] ?? "";
    const choice = index % 2 === 0 ? { type: "function", function: { name } } : "required";
    const tools = offered.map((one) => ({
      type: "function",
      function: { name: one, description: one.replace("_", " "), parameters: TOOLS[one] },
    }));
    const extra = { tools, tool_choice: choice, temperature: TEMPERATURE, seed: index };
    const began = performance.now();
    try {
      const messages = [{ role: "user", content }] as const;
      const request = { messages, tokensMax: ANSWER_TOKENS, extra };
      const answer = (await complete(server, request)) as Answer;
      this.#judge(answer, typeof choice === "string" ? undefined : name);
      this.callMs.push(performance.now() - began);
    } catch (error) {
      this.failures.push(error instanceof Error ? error.message : String(error));
    }
  }

  #judge({ choices: [choice] }: Answer, wanted: string | undefined): void {
    const calls = choice?.message.tool_calls ?? [];
    this.calls += calls.length;
    if (calls.length === 0 && choice?.finish_reason === "length") this.cut++;
    else if (calls.length === 0) this.unexplained++;
    for (const { function: call } of calls) {
      const wrong = wrongWith(call, wanted);
      if (wrong !== undefined) this.misfits.push(`${call.name} ${call.arguments}: ${wrong}`);
    }
  }
}

function wrongWith(
  call: { readonly name: string; readonly arguments: string },
  wanted: string | undefined,
): string | undefined {
  const schema = Object.hasOwn(TOOLS, call.name) ? TOOLS[call.name] : undefined;
  if (schema === undefined) return "there is no such tool";
  if (wanted !== undefined && call.name !== wanted) return `${wanted} was asked for`;
  try {
    return misfit(JSON.parse(call.arguments), schema);
  } catch {
    return "its arguments are no JSON";
  }
}
