/**
 * A server that answers `POST /v1/chat/completions`, moult's or another, and one client for all of them: both sides of a
 * comparison are asked, read and timed by the same code.
 */
import { cpuMs } from "./process_tree.ts";

/** A server that is ready. */
export interface ChatServer {
  readonly name: string;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The process whose tree does the work. */
  readonly pid: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** One message. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** What is asked. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly tokensMax: number;
  /** Other fields of the body: `tools`, `response_format`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  /** Called at each piece of text with the times of all so far. */
  readonly onPiece?: (pieces: readonly number[]) => void;
}

/** How an answer came. Times in milliseconds since it was asked for. */
export interface ChatTiming {
  readonly firstMs: number;
  readonly lastMs: number;
  /** When it was asked for: `performance.now()`. */
  readonly askedAt: number;
  /** When each piece of text came: `performance.now()`. A piece is a token, where the server does not hold some back. */
  readonly pieces: readonly number[];
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly text: string;
  readonly finish: string;
}

/** The part of a chunk that is read. */
interface Chunk {
  readonly choices?: readonly Choice[];
  readonly usage?: Usage | null;
  readonly error?: { readonly message?: string };
}

interface Choice {
  readonly delta?: { readonly content?: string | null };
  readonly finish_reason?: string | null;
}

interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number };
}

/** Asks and reads the stream to its end. Throws when the server refuses, fails or breaks off. */
export async function chat(server: ChatServer, request: ChatRequest): Promise<ChatTiming> {
  const askedAt = performance.now();
  const response = await send(server, request, true);
  const pieces: number[] = [];
  let text = "";
  let finish = "";
  let usage: Usage | undefined;
  for await (const chunk of chunks(response)) {
    usage = chunk.usage ?? usage;
    const [choice] = chunk.choices ?? [];
    finish = choice?.finish_reason ?? finish;
    const piece = textOf(choice);
    if (piece === "") continue;
    pieces.push(performance.now());
    text += piece;
    request.onPiece?.(pieces);
  }
  if (usage === undefined) throw new Error(`${server.name} ended without its usage`);
  return { askedAt, pieces, text, finish, ...timesOf(pieces, askedAt), ...tokensOf(usage) };
}

const textOf = (choice: Choice | undefined): string => choice?.delta?.content ?? "";

const timesOf = (pieces: readonly number[], askedAt: number) => ({
  firstMs: (pieces[0] ?? Number.NaN) - askedAt,
  lastMs: (pieces.at(-1) ?? Number.NaN) - askedAt,
});

const tokensOf = (usage: Usage) => ({
  promptTokens: usage.prompt_tokens,
  completionTokens: usage.completion_tokens,
  cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
});

/** Asks for a whole answer; the parsed body. Throws when the server refuses or fails. */
export async function complete(server: ChatServer, request: ChatRequest): Promise<unknown> {
  return await (await send(server, request, false)).json();
}

/** CPU milliseconds that the server's processes burnt while `work` ran, with its result. */
export async function burnt<T>(
  server: ChatServer,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpuMs: number }> {
  const before = cpuMs(server.pid);
  const result = await work();
  return { result, cpuMs: cpuMs(server.pid) - before };
}

async function send(
  server: ChatServer,
  { messages, tokensMax, extra, signal }: ChatRequest,
  stream: boolean,
): Promise<Response> {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...server.headers, "content-type": "application/json" },
    body: JSON.stringify({
      model: "default",
      messages,
      max_tokens: tokensMax,
      temperature: 0,
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
      ...extra,
    }),
    // Answers of large models take their time; the caller's signal ends what takes too long.
    ...({ timeout: false } as object),
    // A server may close a connection that rested, in the very moment in which it is used again.
    keepalive: false,
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.ok) return response;
  const told = (await response.text()).slice(0, 300);
  throw new Error(`${server.name} answers ${response.status}: ${told}`);
}

async function* chunks(response: Response): AsyncGenerator<Chunk> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of response.body ?? []) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const data = line.startsWith("data:") ? line.slice(5).trim() : "";
      if (data === "" || data === "[DONE]") continue;
      const chunk = JSON.parse(data) as Chunk;
      if (chunk.error !== undefined) throw new Error(`The server fails: ${chunk.error.message}`);
      yield chunk;
    }
  }
}
