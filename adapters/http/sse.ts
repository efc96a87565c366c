/** Server-sent events: framing, heartbeat, and the reader's pace. Knows no event's meaning. */

/** Proxies and phones close a silent connection; a comment keeps it. */
const HEARTBEAT_MS = 15_000;

/** One event of a stream. */
export interface StreamEvent {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

/** The text of one event. JSON has no line breaks, so one `data:` line holds it. */
export function frame({ id, type, data }: StreamEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * A response that sends events as they come. The next event is asked for when the client took the last one;
 * `close` is called once, when either side has ended it.
 */
export function eventStream(events: AsyncIterable<StreamEvent>, close: () => void): Response {
  const iterator = events[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  const end = (): void => {
    clearInterval(heartbeat);
    close();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // The first comment sends the headers at once, before there is an event.
      controller.enqueue(encoder.encode(": moult\n\n"));
      heartbeat = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(": alive\n\n"));
      }, HEARTBEAT_MS);
      heartbeat.unref();
    },
    async pull(controller) {
      const next = await iterator.next().catch(() => undefined);
      if (next?.done === false) {
        controller.enqueue(encoder.encode(frame(next.value)));
        return;
      }
      end();
      controller.close();
    },
    async cancel() {
      end();
      await iterator.return?.();
    },
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
