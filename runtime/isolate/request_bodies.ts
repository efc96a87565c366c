/** Bodies of a host's requests: sent ahead of the request, or piece by piece when the network takes them. Trusts no host. */
import { MoultError } from "../../schemas/error.ts";

/** Bytes of bodies that a host may have sent ahead of their requests. */
const AHEAD_BYTES_MAX = 16 * 1_048_576;
/** Pieces of such bodies. A request follows its own at once. */
const AHEAD_MAX = 4_096;
/** Bytes of bodies that are kept for requests of one host, until those are answered. */
const KEPT_BYTES_MAX = 128 * 1_048_576;
/** Requests of which a piece may still come. */
const LATE_MAX = 4_096;

interface Streamed {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** Lets the stream ask for the next piece; absent: none is asked for. */
  came: (() => void) | undefined;
  /** Bytes that have to come; `undefined`: as many as it likes. */
  left: number | undefined;
}

/** How it speaks to the host. */
export interface BodyParts {
  /** The next piece of a body is wanted. */
  readonly want: (id: number) => void;
  /** The host sent what it was not asked for. */
  readonly kill: (why: string) => void;
}

/** The bodies of one host. */
export class RequestBodies {
  readonly #parts: BodyParts;
  readonly #ahead = new Map<number, Uint8Array[]>();
  readonly #streamed = new Map<number, Streamed>();
  /** Requests that were over when a piece was on its way. */
  readonly #late = new Set<number>();
  /** Bytes by request. */
  readonly #kept = new Map<number, number>();
  #aheadBytes = 0;
  #aheadCount = 0;
  #keptBytes = 0;

  constructor(parts: BodyParts) {
    this.#parts = parts;
  }

  /** A piece from the host, base64. Of a body that is streamed an empty one is the end. */
  hear(id: number, data: string): void {
    if (this.#late.delete(id)) return;
    const bytes = Buffer.from(data, "base64");
    const streamed = this.#streamed.get(id);
    if (streamed !== undefined) {
      this.#flow(id, streamed, bytes);
      return;
    }
    this.#aheadBytes += bytes.length;
    if (this.#aheadBytes > AHEAD_BYTES_MAX || ++this.#aheadCount > AHEAD_MAX) {
      this.#parts.kill("it sent more than a request may hold");
      return;
    }
    const pieces = this.#ahead.get(id);
    if (pieces === undefined) this.#ahead.set(id, [bytes]);
    else pieces.push(bytes);
  }

  /** The body that was sent ahead of a request; kept until `end`. Throws `function/limit`. */
  take(id: number): Uint8Array {
    const pieces = this.#ahead.get(id) ?? [];
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#ahead.delete(id);
    this.#aheadBytes -= bytes;
    this.#aheadCount -= pieces.length;
    if (this.#keptBytes + bytes > KEPT_BYTES_MAX)
      throw new MoultError(
        "function/limit",
        "Cannot send so many bodies at once; wait for some of the answers first",
        { limit: "bodies" },
      );
    this.#kept.set(id, bytes);
    this.#keptBytes += bytes;
    return Buffer.concat(pieces);
  }

  /** The body that the host sends while it is taken. @param bytes how long it has to be; absent: that shows */
  stream(id: number, bytes: number | undefined): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#streamed.set(id, { controller, came: undefined, left: bytes });
        },
        pull: async () => {
          const streamed = this.#streamed.get(id);
          if (streamed === undefined) return;
          const { promise, resolve } = Promise.withResolvers<void>();
          streamed.came = resolve;
          this.#parts.want(id);
          await promise;
        },
        cancel: () => this.#leave(id),
      },
      { highWaterMark: 0 },
    );
  }

  #flow(id: number, streamed: Streamed, bytes: Uint8Array): void {
    const { came, controller, left } = streamed;
    if (came === undefined || bytes.length > (left ?? bytes.length)) {
      this.#parts.kill("it sent more of a body than was asked for");
      return;
    }
    streamed.came = undefined;
    if (left !== undefined) streamed.left = left - bytes.length;
    if (bytes.length > 0) controller.enqueue(bytes);
    else this.#finish(id, streamed);
    came();
  }

  #finish(id: number, { controller, left }: Streamed): void {
    this.#streamed.delete(id);
    if (left === undefined || left === 0) controller.close();
    // Whoever reads it must not take what comes after for the rest of it.
    else controller.error(new MoultError("tool/failed", "The body is shorter than it was to be"));
  }

  /** The request is over: nothing of its body is needed any more. */
  end(id: number): void {
    this.#keptBytes -= this.#kept.get(id) ?? 0;
    this.#kept.delete(id);
    const streamed = this.#streamed.get(id);
    if (streamed === undefined) return;
    streamed.controller.error(new MoultError("tool/failed", "The request has ended"));
    this.#leave(id);
  }

  #leave(id: number): void {
    const came = this.#streamed.get(id)?.came;
    this.#streamed.delete(id);
    if (came === undefined) return;
    came();
    this.#late.add(id);
    const [oldest = id] = this.#late;
    if (this.#late.size > LATE_MAX) this.#late.delete(oldest);
  }
}
