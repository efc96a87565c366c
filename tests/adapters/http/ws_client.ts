/** A WebSocket client for tests: frames are kept, so that none is missed between two looks. */

/** A frame of the server. */
export interface Frame {
  readonly type: string;
  readonly id?: string | number;
  readonly turn?: string;
  readonly [field: string]: unknown;
}

/** An open socket. */
export interface Client {
  readonly socket: WebSocket;
  /** Everything that came. */
  readonly frames: readonly Frame[];
  readonly send: (frame: unknown) => void;
  /** The first frame, come or to come, that fits. */
  readonly find: (fits: (frame: Frame) => boolean) => Promise<Frame>;
  /** The first frame of a type. */
  readonly first: (type: string) => Promise<Frame>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly close: () => Promise<void>;
}

/** How to connect. */
export interface ConnectOptions {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

/** Connects; rejects when the server says no. */
export async function connect(url: string, options: ConnectOptions): Promise<Client> {
  const { path = "/ws", headers = {}, protocols = [] } = options;
  const socket = new WebSocket(url.replace("http", "ws") + path, {
    headers: { ...headers },
    protocols: [...protocols],
  });
  const frames: Frame[] = [];
  let wake = (): void => {};
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener("close", ({ code, reason }) => {
      resolve({ code, reason });
      wake();
    });
  });
  socket.addEventListener("message", ({ data }) => {
    frames.push(JSON.parse(String(data)) as Frame);
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("Not let in")));
  });
  const find: Client["find"] = async (fits) => {
    for (;;) {
      const frame = frames.find(fits);
      if (frame) return frame;
      if (socket.readyState !== WebSocket.OPEN) throw new Error("Closed before the frame came");
      const { promise, resolve } = Promise.withResolvers<void>();
      const before = wake;
      wake = () => {
        before();
        resolve();
      };
      await promise;
    }
  };
  return {
    socket,
    frames,
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    find,
    first: (type) => find((frame) => frame.type === type),
    closed,
    close: async () => {
      socket.close();
      await closed;
    },
  };
}

/** Status and body of a handshake that is not a WebSocket afterwards, or of one that is (status 101). */
export async function handshake(
  url: string,
  { path = "/ws", headers = {} }: ConnectOptions,
): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }> {
  const answer = await fetch(url + path, {
    headers: {
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    },
  });
  const text = answer.status === 101 ? "" : await answer.text();
  return { status: answer.status, headers: answer.headers, text };
}
