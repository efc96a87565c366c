/** A web server for one file that does what it is told: cuts, lies, refuses, redirects. Speaks HTTP by hand. */
import type { Socket } from "bun";

/** What a server does with one request. */
export interface Deed {
  readonly status?: number;
  /** Ends the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Says nothing more after so many bytes. */
  readonly silentAfter?: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: Uint8Array;
  /** Does not know what a range is. @default false */
  readonly noRanges?: boolean;
  /** Milliseconds between two pieces of 64 KiB. @default 0 */
  readonly slowMs?: number;
}

/** A request as it came. */
export interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A server of `file` under every path. */
export interface FileServer {
  readonly url: string;
  /** What happens at the next requests, one after another; then everything works. */
  readonly script: Deed[];
  /** What always happens, to paths that begin so. */
  readonly always: Map<string, Deed | ((asked: Asked) => Deed)>;
  readonly asked: Asked[];
  readonly stop: () => void;
}

/** Starts a server on a free port. */
export function serveFile(file: Uint8Array, etag = '"one"'): FileServer {
  const script: Deed[] = [];
  const always: FileServer["always"] = new Map();
  const asked: Asked[] = [];
  const drains = new WeakMap<Socket, () => void>();
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket, data) {
        const request = parse(data.toString("latin1"));
        asked.push(request);
        const rule = [...always].find(([path]) => request.path.startsWith(path))?.[1];
        const ruled = typeof rule === "function" ? rule(request) : rule;
        const deed = ruled ?? script.shift() ?? {};
        void answer(socket, request, deed);
      },
      drain: (socket) => drains.get(socket)?.(),
      error() {},
    },
  });

  async function answer(socket: Socket, request: Asked, deed: Deed): Promise<void> {
    const { status, headers, body } = compose(request, deed, { file, etag });
    const lines = Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}: ${value}\r\n`],
    );
    socket.write(`HTTP/1.1 ${status} Said\r\n${lines.join("")}connection: close\r\n\r\n`);
    const { cutAfter = Infinity, silentAfter = Infinity, slowMs = 0 } = deed;
    const end = Math.min(body.length, cutAfter, silentAfter);
    for (let at = 0; at < end;) {
      const wrote = socket.write(body.subarray(at, Math.min(at + 65_536, end)));
      if (wrote < 0) return;
      at += wrote;
      if (wrote === 0) await new Promise<void>((resolve) => drains.set(socket, resolve));
      if (slowMs > 0) await Bun.sleep(slowMs);
    }
    if (silentAfter === Infinity) socket.end();
  }

  return {
    url: `http://127.0.0.1:${server.port}`,
    script,
    always,
    asked,
    stop: () => server.stop(true),
  };
}

interface Composed {
  readonly status: number;
  readonly headers: Deed["headers"] & object;
  readonly body: Uint8Array;
}

function compose(
  request: Asked,
  deed: Deed,
  { file, etag }: { readonly file: Uint8Array; readonly etag: string },
): Composed {
  const { status = 200, body: whole = file } = deed;
  const range = /^bytes=(\d+)-/.exec(request.headers["range"] ?? "");
  if (status !== 200 || deed.noRanges || range === null) return composed(status, whole, {});
  const from = Number(range[1]);
  if (from >= whole.length)
    return composed(416, new Uint8Array(), { "content-range": `bytes */${whole.length}` });
  const part = `bytes ${from}-${whole.length - 1}/${whole.length}`;
  return composed(206, whole.subarray(from), { "content-range": part });

  function composed(code: number, body: Uint8Array, own: object): Composed {
    const length = String(body.length);
    return {
      status: code,
      headers: { "content-length": length, etag, ...own, ...deed.headers },
      body,
    };
  }
}

function parse(text: string): Asked {
  const [first = "", ...rest] = text.split("\r\n");
  const headers = rest.flatMap((line) => {
    const colon = line.indexOf(":");
    return colon < 0 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]];
  });
  return {
    path: first.split(" ")[1] ?? "",
    headers: Object.fromEntries(headers) as Record<string, string>,
  };
}
