/** A provider that does what it is told, byte by byte: splits, cuts, refuses, falls silent. Speaks HTTP by hand. */
import type { Socket } from "bun";

/** What the provider does with one request. */
export interface Deed {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent one after another, each in a packet of its own. */
  readonly pieces?: readonly (string | Uint8Array)[];
  /** What follows: an orderly end, a broken connection, or nothing more. @default "end" */
  readonly ending?: "end" | "break" | "silence";
}

/** A request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A provider on loopback. */
export interface ProviderServer extends Disposable {
  /** Where its API begins. */
  readonly url: string;
  readonly port: number;
  /** What happens at the next requests for answers or vectors, one after another. */
  readonly script: Deed[];
  /** What it says of its models. */
  models: Deed;
  readonly asked: Asked[];
  /** Resolves when a connection ended that it had not ended itself. */
  readonly left: Promise<void>;
}

/** One event. */
export const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

/** A chunk with a delta. */
export const delta = (said: object, finish: string | null = null): string =>
  event({ choices: [{ index: 0, delta: said, finish_reason: finish }] });

/** A whole stream that says a text. */
export const saying = (...words: readonly string[]): Deed => ({
  pieces: [...words.map((content) => delta({ content })), delta({}, "stop"), "data: [DONE]\n\n"],
});

/** A refusal as OpenAI words it. */
export const refusing = (status: number, error: object, headers = {}): Deed => ({
  status,
  headers,
  type: "application/json",
  pieces: [JSON.stringify({ error })],
});

/** Starts a provider. */
export function serveProvider(port = 0): ProviderServer {
  const script: Deed[] = [];
  const asked: Asked[] = [];
  const left = Promise.withResolvers<void>();
  const received = new WeakMap<Socket, string>();
  const ended = new WeakSet<Socket>();
  /** Told when a connection takes more, or is closed. */
  const waiting = new WeakMap<Socket, () => void>();
  const provider = {
    models: {
      type: "application/json",
      pieces: ['{"object":"list","data":[{"id":"some-model"},{"id":"other"}]}'],
    } as Deed,
  };
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(socket, data) {
        const text = (received.get(socket) ?? "") + data.toString("latin1");
        received.set(socket, text);
        const request = parse(text);
        if (request === undefined) return;
        received.set(socket, "");
        asked.push(request);
        const deed = request.method === "GET" ? provider.models : (script.shift() ?? NOTHING);
        void answer(socket, deed);
      },
      drain(socket) {
        waiting.get(socket)?.();
      },
      close(socket) {
        if (!ended.has(socket)) left.resolve();
        waiting.get(socket)?.();
      },
      error() {},
    },
  });

  /** A socket takes as much as it has room for: where its reader is slow, that is not everything. */
  async function write(socket: Socket, piece: string | Uint8Array): Promise<void> {
    let rest = Buffer.from(piece);
    for (;;) {
      const taken = socket.write(rest);
      if (taken < 0 || taken === rest.length) return; // Closed, or all of it.
      rest = rest.subarray(taken);
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(socket, resolve);
      await promise;
    }
  }

  async function answer(socket: Socket, deed: Deed): Promise<void> {
    const { status = 200, type = "text/event-stream", headers = {}, pieces = [] } = deed;
    const lines = Object.entries({ "content-type": type, connection: "close", ...headers });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    socket.setNoDelay(true);
    await write(socket, `HTTP/1.1 ${status} Said\r\n${head}\r\n`);
    for (const piece of pieces) {
      await write(socket, piece);
      socket.flush();
      await Bun.sleep(1);
    }
    if (deed.ending === "silence") return;
    ended.add(socket);
    if (deed.ending === "break") socket.terminate();
    else socket.end();
  }

  return Object.assign(provider, {
    url: `http://127.0.0.1:${listener.port}/v1`,
    port: listener.port,
    script,
    asked,
    left: left.promise,
    [Symbol.dispose]: () => listener.stop(true),
  });
}

const NOTHING: Deed = { status: 500, type: "text/plain", pieces: ["Nothing is scripted"] };

/** `undefined`: it is not whole yet. */
function parse(text: string): Asked | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  const body = text.slice(end + 4);
  if (body.length < Number(headers["content-length"] ?? 0)) return undefined;
  const utf8 = Buffer.from(body, "latin1").toString("utf8");
  return { method, path, headers, body: body === "" ? {} : JSON.parse(utf8) };
}
