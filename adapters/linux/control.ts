/** A control channel over an inherited socket: JSON lines both ways. It does not know what the frames mean. */
import { LineReader, LineWriter } from "../../runtime/isolate/lines.ts";
import {
  CHUNK_BYTES,
  FRAME_BYTES_MAX,
  isDeep,
  parseLine,
  QUEUE_BYTES_MAX,
} from "../../runtime/isolate/protocol.ts";

/** The daemon's frames carry whole answers; only the host's own memory bounds them. */
const DAEMON_FRAME_BYTES_MAX = 64 * 1_048_576;

/** One end of a control channel. */
export interface Control {
  readonly send: (frame: object) => void;
  readonly close: () => void;
}

/** Frames and bytes a second; more can only be meant to keep us busy. */
const FLOOD = { frames: 50_000, bytes: 48 * 1_048_576 } as const;

/** Each call we send may be answered by so much more: its values, its log, its answer. */
const PER_CALL = { frames: 8, bytes: 65_536 } as const;
/** A piece of a body that we asked for, as base64 in a frame. */
const PER_PIECE_BYTES = CHUNK_BYTES * 2;

/** Counts what comes in one second. */
class FloodGauge {
  #calls = 0;
  #pieces = 0;
  #second = 0;
  #frames = 0;
  #bytes = 0;

  add(frames: number, bytes: number): boolean {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#frames = 0;
      this.#bytes = 0;
      this.#calls = 0;
      this.#pieces = 0;
    }
    this.#frames += frames;
    this.#bytes += bytes;
    return (
      this.#frames > FLOOD.frames + this.#calls * PER_CALL.frames ||
      this.#bytes > FLOOD.bytes + this.#calls * PER_CALL.bytes + this.#pieces * PER_PIECE_BYTES
    );
  }

  /** We asked for something ourselves. */
  asked(frame: object): void {
    this.#calls++;
    if ("type" in frame && frame.type === "want") this.#pieces++;
  }
}

/** Opens our end. `onBroken` is told, once, why the other side can not be trusted any more. */
export async function openControl(options: {
  readonly file: number;
  readonly onFrame: (frame: unknown) => void;
  readonly onBroken: (why: string) => void;
  readonly onClose: () => void;
  /** The other side is the daemon: it may send long frames, and many. @default false */
  readonly trusted?: boolean;
}): Promise<Control> {
  let broken = false;
  const gauge = options.trusted === true ? undefined : new FloodGauge();
  const fail = (why: string) => {
    if (broken) return;
    broken = true;
    options.onBroken(why);
  };
  const reader = new LineReader({
    bytesMax: options.trusted === true ? DAEMON_FRAME_BYTES_MAX : FRAME_BYTES_MAX,
    onLine(line) {
      if (broken) return;
      if (gauge?.add(1, 0) === true) {
        fail("it floods its control channel");
        return;
      }
      if (gauge !== undefined && isDeep(line)) {
        fail("it sent a control frame that is too deep");
        return;
      }
      let frame: unknown;
      try {
        frame = parseLine(line);
      } catch {
        fail("it sent a control frame that is not JSON");
        return;
      }
      try {
        options.onFrame(frame);
      } catch {
        fail("it sent a control frame that nobody could read");
      }
    },
    onTooLong: () => fail("it sent a control frame that is too long"),
  });
  const handlers: Bun.SocketHandler = {
    data: (_, bytes) => {
      if (gauge?.add(0, bytes.length) === true) fail("it floods its control channel");
      else reader.feed(bytes);
    },
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
      if (broken) return;
      gauge?.asked(frame);
      writer.send(frame);
    },
    close: () => {
      broken = true;
      socket.terminate();
    },
  };
}
