/** Opens the engine on a provider that tests play, and keeps what it hands over. */
import { startOpenai, type Patience } from "../../../adapters/openai/engine.ts";
import type { Engine, EngineOptions, ProviderOptions } from "../../../runtime/model/engine.ts";
import type { GenerateRequest, ToolCall } from "../../../schemas/model.ts";

/** The key that the engine is given. */
export const KEY = "sk-secret-0123456789";

/** Of pauses little, of silence much: a busy machine is silent, too. */
const PATIENCE: Patience = {
  firstMs: 60_000,
  nextMs: 60_000,
  lastMs: 60_000,
  again: { firstMs: 1, maxMs: 2 },
  look: { firstMs: 1, maxMs: 2 },
};

/** What a provider's model is asked with. */
export interface Opening {
  readonly provider?: Partial<ProviderOptions>;
  /** @default true */
  readonly hasKey?: boolean;
  readonly options?: Partial<EngineOptions>;
  readonly patience?: Partial<Patience>;
  readonly tell?: (waitingFor: string | undefined) => void;
}

/** Starts the engine. */
export async function openEngine(
  url: string,
  { provider, hasKey = true, options, patience, tell = () => {} }: Opening = {},
): Promise<Engine> {
  const named = { name: "there", model: "some-model", url, loopbackOnly: false };
  return await startOpenai(
    {
      path: "provider:there/some-model",
      provider: { ...named, ...(hasKey && { key: KEY }), ...provider },
      embedded: false,
      slots: 4,
      gpu: false,
      ...options,
    },
    tell,
    { ...PATIENCE, ...patience },
  );
}

/** A request of one message. */
export const hello = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  lane: "interactive",
  messages: [{ role: "user", content: "Hello" }],
  ...more,
});

/** Asks, and gives back everything that came. */
export async function answerOf(
  engine: Engine,
  request: GenerateRequest = hello(),
  signal: AbortSignal = new AbortController().signal,
) {
  let text = "";
  let thoughts = "";
  const calls: ToolCall[] = [];
  const sink = {
    token: (piece: string) => void (text += piece),
    thought: (piece: string) => void (thoughts += piece),
    call: (call: ToolCall) => void calls.push(call),
  };
  const { finish, usage, promptHash } = await engine.generate(request, sink, signal);
  return { text, thoughts, calls, finish, usage, promptHash };
}
