/** Hosts that are this test's: whatever bytes it likes come over a real control channel and a real unix socket. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Control, openControl } from "../../../adapters/linux/control.ts";
import { socketPair } from "../../../adapters/linux/syscalls.ts";
import type { Confined, Exit, Sandbox } from "../../../runtime/ports.ts";

/** A manifest that asks for nothing. */
export const PLAIN = { kind: "tool", description: "Innocent.", input: { type: "object" } };

/** One such host, from inside. */
export class HostileHost implements Confined {
  readonly pid = 0;
  readonly bundles: string;
  readonly work: string;
  readonly socket: string;
  /** What the daemon said. */
  readonly heard: Record<string, unknown>[] = [];
  readonly exited: Promise<Exit>;
  killedFor: string | undefined;
  /** What it does when the daemon says something. */
  onHeard: (frame: Record<string, unknown>) => void = () => undefined;
  /** Raw bytes that it answers to HTTP with. */
  httpAnswer: string | Uint8Array = "HTTP/1.1 404 no\r\ncontent-length: 0\r\n\r\n";
  readonly #exit = Promise.withResolvers<Exit>();
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  /** Bytes that the socket has not taken yet. */
  #unsent: Uint8Array = new Uint8Array(0);
  #isDone = false;
  #daemon: Control | undefined;
  #inside: Bun.Socket | undefined;
  #listener: (frame: unknown) => void = () => undefined;

  constructor(dir: string, id: number) {
    this.bundles = dir;
    this.work = dir;
    this.socket = join(dir, String(id));
    this.exited = this.#exit.promise;
    this.#server = createServer((connection) => {
      this.#connections.add(connection);
      connection.on("error", () => undefined);
      // As a process that has ended: otherwise the daemon gives it a while to say more.
      connection.on("close", () => this.kill("it closed its connections"));
      connection.once("data", () => connection.end(this.httpAnswer));
    }).listen(this.socket);
  }

  async open(): Promise<this> {
    const [ours, theirs] = socketPair();
    this.#daemon = await openControl({
      file: ours,
      onFrame: (frame) => this.#listener(frame),
      onBroken: (why) => this.kill(why),
      onClose: () => this.kill("it closed its control channel"),
    });
    let rest = "";
    const handlers: Bun.SocketHandler = {
      drain: () => this.#write(),
      data: (_, bytes) => {
        const lines = (rest + bytes.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const frame = JSON.parse(line) as Record<string, unknown>;
          this.heard.push(frame);
          if (frame["type"] === "load") this.say({ type: "ready", manifest: PLAIN });
          this.onHeard(frame);
        }
      },
    };
    const place = { fd: theirs, socket: handlers } as unknown;
    this.#inside = await Bun.connect(place as Bun.UnixSocketOptions);
    return this;
  }

  /** Sends bytes as they are, or a frame as a line. */
  say(what: string | Uint8Array | object): void {
    const isRaw = typeof what === "string" || what instanceof Uint8Array;
    this.#unsent = Buffer.concat([
      this.#unsent,
      Buffer.from(isRaw ? what : `${JSON.stringify(what)}\n`),
    ]);
    this.#write();
  }

  #write(): void {
    const taken = Math.max(0, this.#inside?.write(this.#unsent) ?? 0);
    this.#unsent = this.#unsent.subarray(taken);
    if (this.#isDone && this.#unsent.length === 0) this.#inside?.end();
  }

  /** Says what is left to say, and ends. */
  finish(): void {
    this.#isDone = true;
    this.#write();
  }

  send = (frame: object): void => this.#daemon?.send(frame);
  receive = (listener: (frame: unknown) => void): void => {
    this.#listener = listener;
  };
  cpuMs = (): number => 0;
  residentMiB = (): number => 0;

  kill(why: string): void {
    if (this.killedFor !== undefined) return;
    this.killedFor = why;
    this.#daemon?.close();
    this.#inside?.terminate();
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
    this.#exit.resolve({ code: null, signal: "SIGKILL", killedFor: why });
  }
}

/** Starts such hosts; `play` sees each before the daemon does. */
export class HostileSandbox implements Sandbox {
  readonly #dir = mkdtempSync(join(tmpdir(), "moult-hostile-"));
  readonly #play: (host: HostileHost) => void;
  readonly #hosts: HostileHost[] = [];

  constructor(play: (host: HostileHost) => void) {
    this.#play = play;
  }

  tier = () => ({ tier: "A", has: [], lacks: [] });

  async start(): Promise<Confined> {
    const host = await new HostileHost(this.#dir, this.#hosts.length).open();
    this.#hosts.push(host);
    this.#play(host);
    return host;
  }

  async close(): Promise<void> {
    for (const host of this.#hosts) host.kill("moult stops");
    rmSync(this.#dir, { recursive: true });
    await Promise.resolve();
  }
}
