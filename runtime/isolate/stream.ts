/** A function's stream as bytes for the wire. Runs inside a host. */
import { isMoultError, MoultError, messageOf } from "../../schemas/error.ts";

/** Anything that functions put into streams, as bytes. Throws `output/invalid`. */
export function toBytes(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new MoultError("output/invalid", "A stream carries texts or bytes, nothing else");
}

/**
 * Passes a function's stream on, one chunk for each that the caller takes. HTTP can not say why a body broke off, so
 * `onBroke` is told before it does.
 */
export function wireStream(
  stream: ReadableStream,
  onBroke: (error: MoultError) => void,
): ReadableStream<Uint8Array> {
  const reader = (stream as ReadableStream<unknown>).getReader();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(toBytes(value));
        } catch (error) {
          const text = messageOf(error);
          onBroke(isMoultError(error) ? error : new MoultError("tool/failed", text));
          controller.error(error);
        }
      },
      cancel: async (reason) => await reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
