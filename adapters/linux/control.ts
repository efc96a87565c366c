/** A control channel over an inherited socket: JSON lines both ways. It does not know what the frames mean. */
import { LineReader, LineWriter } from "../../runtime/isolate/lines.ts";
import { FRAME_BYTES_MAX, parseLine, QUEUE_BYTES_MAX } from "../../runtime/isolate/protocol.ts";

/** One end of a control channel. */
export interface Control {
  readonly send: (frame: object) => void;
  readonly close: () => void;
}

/** Opens our end. `onBroken` is told, once, why the other side can not be trusted any more. */
export async function openControl(options: {
  readonly file: number;
  readonly onFrame: (frame: unknown) => void;
  readonly onBroken: (why: string) => void;
  readonly onClose: () => void;
  /** Bytes of one incoming line. @default what a host may send */
  readonly lineBytesMax?: number;
}): Promise<Control> {
  let broken = false;
  const fail = (why: string) => {
    if (broken) return;
    broken = true;
    options.onBroken(why);
  };
  const reader = new LineReader({
    bytesMax: options.lineBytesMax ?? FRAME_BYTES_MAX,
    onLine(line) {
      if (broken) return;
      try {
        options.onFrame(parseLine(line));
      } catch {
        fail("it sent a control frame that is not JSON");
      }
    },
    onTooLong: () => fail("it sent a control frame that is too long"),
  });
  const handlers: Bun.SocketHandler = {
    data: (_, bytes) => reader.feed(bytes),
    drain: () => writer.drain(),
    close: () => options.onClose(),
    error: () => undefined, // `close` follows.
  };
  // Bun takes an open descriptor here; its types do not say so.
  const place = { fd: options.file, socket: handlers } as unknown;
  const socket = await Bun.connect(place as Bun.UnixSocketOptions);
  const writer = new LineWriter({
    sink: (bytes) => socket.write(bytes),
    bytesMax: QUEUE_BYTES_MAX,
    onFull: () => fail("it does not read its control channel"),
  });
  return {
    send: (frame) => {
      if (!broken) writer.send(frame);
    },
    close: () => {
      broken = true;
      socket.terminate();
    },
  };
}
