/** A model that plays a script: for tests, benchmarks and demonstrations. Runs wherever an engine runs. */
import path from "node:path";
import { parseScript, type Played, play, type Step } from "./script.ts";
import { contentHash } from "../../runtime/content_hash.ts";
import { pause } from "../../runtime/pause.ts";
import {
  type Engine,
  type EngineAnswer,
  type EngineOptions,
  SCRIPTED_PREFIX,
  type Sink,
} from "../../runtime/model/engine.ts";
import { MoultError } from "../../schemas/error.ts";
import type { ChatMessage, GenerateRequest } from "../../schemas/model.ts";

/** What a scripted model says it holds, when nothing is configured. */
const CONTEXT_TOKENS_DEFAULT = 8_192;
/** A token is about this many characters, so that usage looks real. */
const CHARS_PER_TOKEN = 4;
const TOKENS_DEFAULT = 512;

/** Loads the script named by `options.path`. */
export async function startScripted(options: EngineOptions): Promise<Engine> {
  const file = options.path.slice(SCRIPTED_PREFIX.length);
  const steps = parseScript(await readScript(file), path.basename(file));
  const contextTokens = options.contextTokens ?? CONTEXT_TOKENS_DEFAULT;
  return {
    info: { name: "scripted", contextTokens, slots: options.slots, threads: 1 },
    generate: (request, sink, signal) => generate(steps, request, sink, signal),
    close: async () => {},
  };
}

async function readScript(file: string): Promise<string> {
  try {
    return await Bun.file(file).text();
  } catch (error) {
    const text = `Cannot read the model's script "${file}"; check \`model.path\``;
    throw new MoultError("model/unavailable", text, undefined, error);
  }
}

async function generate(
  steps: readonly Step[],
  request: GenerateRequest,
  sink: Sink,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  const startedAt = performance.now();
  const played = bounded(play(steps, request.messages), request);
  const { step } = played;
  await pause(step.delayMs, signal);
  if (step.crash && step.reply === undefined) crash();
  const firstAt = performance.now();
  if (step.thought !== undefined && !signal.aborted) sink.thought?.(step.thought);
  const words = splitWords(played.reply).slice(0, request.tokensMax ?? TOKENS_DEFAULT);
  let sent = 0;
  for (const word of words) {
    if (signal.aborted) break;
    sink.token(word);
    sent++;
    // Half-way, and after what was sent has left the process.
    if (step.crash && sent * 2 >= words.length) await Bun.sleep(20).then(crash);
    await pause(step.tokenMs, signal);
  }
  const calls = signal.aborted ? [] : emitCalls(played, sink);
  const completionTokens = sent + calls.length;
  return {
    finish: finishOf(played, sent, signal),
    promptHash: hashOf(request.messages),
    usage: {
      promptTokens: tokensOf(request.messages),
      cachedTokens: 0,
      completionTokens,
      prefillMs: firstAt - startedAt,
      decodeMs: performance.now() - firstAt,
    },
  };
}

/** What of a step a request takes: its text up to a stop, as many of its calls as may be made. */
function bounded(played: Played, { stop = [], toolChoice, callsMax }: GenerateRequest): Played {
  const ends = stop.map((text) => played.reply.indexOf(text)).filter((at) => at !== -1);
  const reply = ends.length === 0 ? played.reply : played.reply.slice(0, Math.min(...ends));
  const calls = toolChoice === "none" ? [] : played.calls.slice(0, callsMax);
  return { ...played, reply, calls };
}

function finishOf(played: Played, sent: number, signal: AbortSignal): EngineAnswer["finish"] {
  if (signal.aborted) return "cancelled";
  if (played.calls.length > 0) return "tool_calls";
  if (sent < splitWords(played.reply).length) return "length";
  return played.step.finish ?? "stop";
}

function emitCalls(played: Played, sink: Sink): readonly string[] {
  return played.calls.map((call) => {
    const id = `call_${crypto.randomUUID().slice(0, 8)}`;
    sink.call({ id, ...call });
    return id;
  });
}

/** Words with the space after them: the tokens of a scripted model. */
function splitWords(text: string): readonly string[] {
  return text.match(/\S+\s*|\s+/gu) ?? [];
}

function tokensOf(messages: readonly ChatMessage[]): number {
  const chars = messages.reduce((sum, message) => sum + message.content.length, 0);
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

function hashOf(messages: readonly ChatMessage[]): string {
  return contentHash(JSON.stringify(messages)).slice(0, 16);
}

function crash(): never {
  process.kill(process.pid, "SIGKILL");
  throw new Error("Unreachable: the process is gone");
}
