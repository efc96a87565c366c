/** A server whose `/v1` answers from a model that says what a test wants it to, and remembers what it was asked. */
import { Answer } from "../../../runtime/model/answer.ts";
import type { Model, Models } from "../../../runtime/ports.ts";
import type { GenerateEvent, GenerateRequest } from "../../../schemas/model.ts";
import { serve, type TestServer } from "./server.ts";

const USAGE = {
  promptTokens: 9,
  cachedTokens: 4,
  completionTokens: 2,
  queueMs: 0,
  prefillMs: 1,
  decodeMs: 1,
  firstTokenMs: 1,
};
/** An answer that is a text. */
export const SAID: readonly GenerateEvent[] = [
  { type: "token", text: 'say "hi"\n' },
  { type: "done", finish: "stop", usage: USAGE, promptHash: "" },
];
/** A message of a user. */
export const hello = { role: "user", content: "hello" };

/** What a test asks and hears. */
export class V1Server {
  readonly asked: GenerateRequest[] = [];
  readonly embedded: (readonly string[])[] = [];
  /** What the model answers; an error ends it. */
  said: readonly (GenerateEvent | Error)[] = SAID;
  /** How often a reader has left before the end. */
  left = 0;
  /** How often one has let go of an answer that was not at its end. */
  dropped = 0;
  readonly server: TestServer;

  constructor() {
    const model = this.#model();
    const { embed: _embed, ...mute } = model;
    const known = new Set(["default", "real", "lab/big"]);
    const models: Models = {
      list: () => [
        { id: "real", created: 7, ownedBy: "moult", loaded: true },
        { id: "lab/big", created: 8, ownedBy: "lab", loaded: false },
      ],
      find: (id = "default") => (id === "mute" ? mute : known.has(id) ? model : undefined),
      close: async () => {},
    };
    this.server = serve({ models });
  }

  /** Forgets what was asked, and answers as at first. */
  reset(): void {
    this.asked.length = this.embedded.length = this.left = this.dropped = 0;
    this.said = SAID;
  }

  /** Asks for a completion of `hello`. */
  chat(body: object): Promise<Response> {
    const whole = { model: "default", messages: [hello], ...body };
    return this.server.post("/v1/chat/completions", whole);
  }

  #model(): Model {
    return {
      generate: (request, signal) => {
        this.asked.push(request);
        const answer = new Answer(() => {
          this.left++;
          this.dropped++;
        });
        signal?.addEventListener("abort", () => this.left++, { once: true });
        for (const event of this.said) {
          if (event instanceof Error) answer.fail(event);
          else answer.push(event);
        }
        return answer;
      },
      embed: async (texts) => {
        this.embedded.push(texts);
        return { vectors: texts.map(() => [0.6, 0, -0.8]), tokens: 3 * texts.length };
      },
      status: () => ({ name: "real.gguf" }) as ReturnType<Model["status"]>,
      watch: () => () => {},
      close: async () => {},
    };
  }
}

/** A tool as clients declare it. */
export function fn(name: string, more: object = {}): object {
  return { type: "function", function: { name, ...more } };
}

/** OpenAI's error document. */
interface Refused {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** The error of an answer. */
export async function openAiErrorOf(response: Response): Promise<Refused["error"]> {
  return ((await response.json()) as Refused).error;
}
