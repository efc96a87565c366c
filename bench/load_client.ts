/**
 * A process that sends one HTTP request over and over on several keep-alive connections, one in flight on each.
 * Raw sockets, because the client must cost less than what it measures. Its one argument is a `LoadOrder` as JSON;
 * it prints a `LoadResult`. Loopback only.
 */
import type { Socket } from "bun";

/** What to send, and for how long. */
export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Milliseconds of sending that are not counted, then milliseconds that are. */
  readonly warmMs: number;
  readonly countMs: number;
}

/** What came back. Times in milliseconds. */
export interface LoadResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly answers: number;
  /** Answers with another status than 200, and connections that broke. */
  readonly failures: number;
}

const EMPTY: Buffer = Buffer.alloc(0);
/** Latencies kept; a loopback server cannot fill this in the seconds we run. */
const SAMPLES_MAX = 4_000_000;

/** Runs the client in a process of its own and waits for its result. */
export async function sendLoad(order: LoadOrder): Promise<LoadResult> {
  const child = Bun.spawn(
    [process.execPath, "--no-install", import.meta.path, JSON.stringify(order)],
    {
      stdout: "pipe",
      stderr: "inherit",
      timeout: order.warmMs + order.countMs + 15_000,
    },
  );
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0)
    throw new Error(`The load client ended with ${child.exitCode ?? child.signalCode}`);
  return JSON.parse(text) as LoadResult; // Printed by this very file.
}

interface Connection {
  /** Bytes of an answer that is not complete yet. */
  rest: Buffer;
  sentAt: number;
  /** Length of the last whole answer. Most answers of a server are equally long, which spares parsing. */
  usual: number;
}

/** Length of the first whole HTTP answer in `data`; 0 when more bytes must come. */
function answerLength(data: Buffer): number {
  const headEnd = data.indexOf("\r\n\r\n");
  if (headEnd < 0) return 0;
  const head = data.toString("latin1", 0, headEnd).toLowerCase();
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  if (length !== undefined) {
    const total = headEnd + 4 + Number(length);
    return data.length >= total ? total : 0;
  }
  if (!head.includes("transfer-encoding: chunked"))
    throw new Error(`Cannot find the end of this answer: ${head}`);
  const end = data.indexOf("0\r\n\r\n", headEnd + 4);
  return end < 0 ? 0 : end + 5;
}

async function main(order: LoadOrder): Promise<LoadResult> {
  const headers = Object.entries(order.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(
    `POST ${order.path} HTTP/1.1\r\nhost: 127.0.0.1:${order.port}\r\n${headers.join("")}` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(order.body)}\r\n\r\n${order.body}`,
  );
  const samples: number[] = [];
  const begin = performance.now() + order.warmMs;
  const end = begin + order.countMs;
  let failures = 0;

  const send = (socket: Socket<Connection>) => {
    socket.data.sentAt = performance.now();
    // A request is far smaller than a socket's buffer, which is empty while we wait for an answer.
    if (socket.write(request) !== request.length) throw new Error("The request was cut");
  };
  const onData = (socket: Socket<Connection>, chunk: Buffer) => {
    const state = socket.data;
    const data = state.rest.length === 0 ? chunk : Buffer.concat([state.rest, chunk]);
    const length = data.length === state.usual ? data.length : answerLength(data);
    state.rest = length === 0 ? Buffer.from(data) : EMPTY;
    if (length === 0) return;
    state.usual = length;
    const now = performance.now();
    if (data.toString("latin1", 9, 12) !== "200") failures++;
    else if (now >= begin && now < end && samples.length < SAMPLES_MAX)
      samples.push(now - state.sentAt);
    if (now < end) send(socket);
  };
  const sockets = await Promise.all(
    Array.from({ length: order.connections }, () =>
      Bun.connect<Connection>({
        hostname: "127.0.0.1",
        port: order.port,
        data: { rest: EMPTY, sentAt: 0, usual: -1 },
        socket: {
          open: send,
          data: onData,
          close: () => void (performance.now() < end && failures++),
        },
      }),
    ),
  );
  await Bun.sleep(end - performance.now() + 50);
  for (const socket of sockets) socket.terminate();

  const sorted = Float64Array.from(samples).toSorted();
  const at = (q: number) => sorted[Math.floor(q * sorted.length)] ?? Number.NaN;
  return {
    perSecond: (samples.length / order.countMs) * 1000,
    p50: at(0.5),
    p99: at(0.99),
    answers: samples.length,
    failures,
  };
}

if (import.meta.main) {
  console.log(JSON.stringify(await main(JSON.parse(Bun.argv[2] ?? "{}") as LoadOrder)));
}
