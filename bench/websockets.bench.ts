/** Many WebSockets: what a thousand idle ones cost, and whether fifty that stream are ever kept waiting. */
import { type Daemon, type Place, makePlace, withDaemon } from "./daemon.ts";
import { type Bench, type Report, atMost, exactly, fact, quantile } from "./harness.ts";
import { cpuMs, memory } from "./process_tree.ts";

const IDLE = 1_000;
const STREAMING = 50;
/** As many turns as the daemon runs at once; several sockets watch each of them. */
const TURNS = 16;
const TOKEN_MS = 20;
const TOKENS = 500;
/** Between two ticks. */
const TICK_MS = 10;
const BYTES_PER_MIB = 1_048_576;

/** One claim. */
export const bench: Bench = {
  title: "WebSockets",
  about: `${IDLE} sockets that only stay open, and ${STREAMING} beside them on which ${TURNS} turns (as many as run at once) stream ${TOKENS} tokens each, one every ${TOKEN_MS} ms, from a scripted model; every token goes to each socket that watches its turn. Memory is the proportional set size of the whole process tree, compared with a daemon that has answered one message. A stall is what a tick, a ping sent every ${TICK_MS} ms on one more socket, waits for its answer, and what a token comes later than its ${TOKEN_MS} ms; client and daemon share the machine.`,
  run: measure,
};

async function measure(): Promise<Report> {
  const place = makePlace();
  try {
    return await withDaemon(place, { config: configure(place) }, (daemon) => load(daemon));
  } finally {
    place.remove();
  }
}

function configure(place: Place): string {
  const words = Array.from({ length: TOKENS }, (_, index) => `word${index}`).join(" ");
  const steps = [{ match: "^stream", reply: words, tokenMs: TOKEN_MS }, { reply: "{{text}}" }];
  const script = place.write("script.jsonl", steps.map((step) => JSON.stringify(step)).join("\n"));
  const model = `model:\n  path: ${JSON.stringify(`scripted:${script}`)}\n  slots: ${TURNS}\n`;
  return place.write("moult.yaml", model);
}

async function load(daemon: Daemon): Promise<Report> {
  const warm = await follow(daemon, 0, "hello");
  await warm.done;
  warm.socket.close();
  const before = await megabytes(daemon);
  const idle = await Promise.all(Array.from({ length: IDLE }, () => open(daemon)));
  const withIdle = await megabytes(daemon);
  const ticks = await startTicks(daemon);
  const begin = performance.now();
  const cpuBefore = cpuMs(daemon.pid);
  const streams = await Promise.all(
    Array.from({ length: STREAMING }, (_, index) => follow(daemon, index, "stream")),
  );
  await Promise.all(streams.map(({ done }) => done));
  const cpu = (cpuMs(daemon.pid) - cpuBefore) / (performance.now() - begin);
  const { waits, ownLate } = ticks.stop();
  const withStreams = await megabytes(daemon);
  const late = streams.flatMap(({ gapsMs }) => gapsMs.map((ms) => ms - TOKEN_MS));
  const whole = streams.filter((stream) => stream.isWhole()).length;
  const closed = idle.filter(({ readyState }) => readyState !== WebSocket.OPEN).length;
  for (const socket of [...idle, ...streams.map((stream) => stream.socket)]) socket.close();
  return {
    rows: [
      fact(`memory before`, before, "MB"),
      fact(`memory more with ${IDLE} idle sockets`, withIdle - before, "MB"),
      atMost(`memory more with ${STREAMING} streaming ones too`, withStreams - before, 60, "MB"),
      atMost("longest stall of a tick", Math.max(...waits), 100, "ms"),
      fact("p99 of the ticks", quantile(waits, 0.99), "ms"),
      atMost("longest stall of a token", Math.max(...late), 100, "ms"),
      fact("p99 of the tokens", quantile(late, 0.99), "ms"),
      fact("longest stall of the measuring process itself", Math.max(...ownLate), "ms"),
      fact("CPU of the process tree while they stream", 100 * cpu, "% of a core"),
      exactly("streams that got every word once", whole, STREAMING),
      exactly("idle sockets that were closed", closed, 0),
    ],
  };
}

/** Memory of the daemon and its processes once it has come to rest. */
async function megabytes(daemon: Daemon): Promise<number> {
  await Bun.sleep(1_500);
  return (memory(daemon.pid).pssMiB * BYTES_PER_MIB) / 1e6;
}

function open(daemon: Daemon): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${daemon.port}/ws`, {
      headers: { authorization: `Bearer ${daemon.key()}` },
    });
    socket.addEventListener("open", () => resolve(socket));
    socket.addEventListener("error", () => reject(new Error("A WebSocket was refused")));
  });
}

/** What the server sends; each type has its own field. */
interface Frame {
  readonly type: string;
  readonly text: string;
  readonly reply: string;
  readonly error: { readonly message: string };
}

/** A socket that watches a turn. */
interface Stream {
  readonly socket: WebSocket;
  /** Times between two tokens. */
  readonly gapsMs: readonly number[];
  readonly done: Promise<void>;
  /** Whether its tokens make the reply. */
  readonly isWhole: () => boolean;
}

/** Joins the turn of one of the sessions: whoever comes first begins it. */
async function follow(daemon: Daemon, index: number, text: string): Promise<Stream> {
  const socket = await open(daemon);
  const gapsMs: number[] = [];
  let last = 0;
  let streamed = "";
  let reply = "";
  const done = new Promise<void>((resolve, reject) => {
    socket.addEventListener("close", () => reject(new Error("A WebSocket was closed")));
    socket.addEventListener("message", ({ data }) => {
      const now = performance.now();
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.type === "token") {
        if (last > 0) gapsMs.push(now - last);
        last = now;
        streamed += frame.text;
      } else if (frame.type === "done") {
        reply = frame.reply;
        resolve();
      } else if (frame.type === "error") reject(new Error(frame.error.message));
    });
  });
  const session = `bench:${index % TURNS}`;
  socket.send(JSON.stringify({ type: "message", session, text, id: text }));
  return { socket, gapsMs, done, isWhole: () => reply !== "" && streamed === reply };
}

/** What ticks found. */
interface Ticks {
  /** Milliseconds that each ping waited for its answer. */
  readonly waits: readonly number[];
  /** Milliseconds by which this process was late itself: what it says of others is no more exact. */
  readonly ownLate: readonly number[];
}

/** Sends pings until `stop()`. */
async function startTicks(daemon: Daemon): Promise<{ readonly stop: () => Ticks }> {
  const socket = await open(daemon);
  const waits: number[] = [];
  const ownLate: number[] = [];
  let sentAt = 0;
  let due = performance.now() + TICK_MS;
  socket.addEventListener("pong", () => {
    waits.push(performance.now() - sentAt);
    sentAt = 0;
  });
  const timer = setInterval(() => {
    const now = performance.now();
    ownLate.push(now - due);
    due = now + TICK_MS;
    if (sentAt > 0) return;
    sentAt = now;
    socket.ping();
  }, TICK_MS);
  return {
    stop: () => {
      clearInterval(timer);
      socket.close();
      return { waits, ownLate };
    },
  };
}
