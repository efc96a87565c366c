/**
 * The stream of a chat completion. What a chunk has in common with all others is written once: each piece of text costs
 * one short concatenation. Keeps its reader's pace; text that comes meanwhile is joined before it gets here.
 */
import { type Completion, finishReason, toolCallOf, usageOf } from "./completion.ts";
import { errorDocument } from "./errors.ts";
import type { Log } from "../../../runtime/ports.ts";
import { isMoultError } from "../../../schemas/error.ts";
import type { GenerateEvent } from "../../../schemas/model.ts";

/** Proxies and phones close a silent connection; a comment keeps it. */
const HEARTBEAT_MS = 15_000;

/** What a stream is made of. */
export interface ChunkStream {
  readonly completion: Completion;
  /** The last chunk before the end has the usage. */
  readonly includeUsage: boolean;
  /** What was asked for first, and is here already or on its way. */
  readonly first: Promise<IteratorResult<GenerateEvent>>;
  readonly events: AsyncIterator<GenerateEvent>;
  readonly signal: AbortSignal;
  /** Called once when it has ended, by either side. */
  readonly close: () => void;
  readonly log: Log;
}

/** A response that sends chunks as they come, and at last `[DONE]`. */
export function chunkStream(stream: ChunkStream): Response {
  const body = new ReadableStream<string>({
    type: "direct",
    pull: (controller) => send(stream, controller),
    cancel: () => stream.close(),
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // nginx would hold tokens back.
      "x-accel-buffering": "no",
    },
  });
}

async function send(
  stream: ChunkStream,
  controller: ReadableStreamDirectController,
): Promise<void> {
  const { events, signal } = stream;
  const write = chunksOf(stream);
  const heartbeat = setInterval(() => {
    void controller.write(": alive\n\n");
    void controller.flush();
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    let next = await stream.first;
    while (next.done !== true && !signal.aborted) {
      const text = write(next.value);
      if (text !== "") {
        void controller.write(text);
        await controller.flush();
      }
      next = await events.next();
    }
  } catch (error) {
    if (!isMoultError(error)) stream.log.error({ error }, "A completion failed");
    if (!signal.aborted) void controller.write(`data: ${JSON.stringify(errorDocument(error))}\n\n`);
  } finally {
    clearInterval(heartbeat);
    stream.close();
    controller.close();
  }
}

/** What each event is on the wire; empty: nothing. */
function chunksOf({ completion, includeUsage }: ChunkStream): (event: GenerateEvent) => string {
  const { id, created, model } = completion;
  const base = JSON.stringify({ id, object: "chat.completion.chunk", created, model }).slice(0, -1);
  const nothing = includeUsage ? ',"usage":null' : "";
  const head = `data: ${base},"choices":[{"index":0,"delta":`;
  const tail = `,"logprobs":null,"finish_reason":null}]${nothing}}\n\n`;
  const heads = { token: `${head}{"content":`, thought: `${head}{"reasoning_content":` };
  const textTail = `}${tail}`;
  let begun = `${head}{"role":"assistant","content":"","refusal":null}${tail}`;
  let calls = 0;
  return (event) => {
    const opening = event.type === "queued" ? "" : begun;
    if (event.type !== "queued") begun = "";
    switch (event.type) {
      case "queued":
        return "";
      case "token":
      case "thought":
        return `${opening}${heads[event.type]}${JSON.stringify(event.text)}${textTail}`;
      case "tool_call": {
        const call = { index: calls++, ...toolCallOf(event.call) };
        return `${opening}${head}{"tool_calls":[${JSON.stringify(call)}]}${tail}`;
      }
      case "done": {
        const reason = JSON.stringify(finishReason(event.finish));
        const usage = `data: ${base},"choices":[],"usage":${JSON.stringify(usageOf(event.usage))}}\n\n`;
        const last = `${head}{},"logprobs":null,"finish_reason":${reason}}]${nothing}}\n\n`;
        return `${opening}${last}${includeUsage ? usage : ""}data: [DONE]\n\n`;
      }
    }
  };
}
