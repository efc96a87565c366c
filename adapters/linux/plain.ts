/** Where there is no Linux: plain processes. They are separate and have an empty environment, and nothing more. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Brood, upWithin } from "../../runtime/isolate/brood.ts";
import type { Confined, Exit, Sandbox } from "../../runtime/ports.ts";
import { readOutput, signalName } from "./output.ts";
import { buildHostProgram, bunPath, pathOf } from "./program.ts";

const START_MS_MAX = 20_000;

/** Starts processes that are not confined, and says so. */
export class PlainSandbox implements Sandbox {
  readonly #run = mkdtempSync(join(process.platform === "win32" ? tmpdir() : "/tmp", "moult-"));
  readonly #brood = new Brood(this.#run);
  #program: Promise<string> | undefined;

  tier() {
    return {
      tier: "E",
      has: ["processes: one per function", "environment: empty"],
      lacks: [
        "files, network and programs: nothing confines a function on this system (run moult on Linux for that)",
      ],
    };
  }

  async start(options: Parameters<Sandbox["start"]>[0]): Promise<Confined> {
    const program = await (this.#program ??= buildHostProgram(this.#run));
    const folder = this.#brood.folder(["fn", "s", "work"]);
    return await this.#brood.raise(new PlainProcess(folder, program, options));
  }

  async close(): Promise<void> {
    await this.#brood.close();
  }
}

class PlainProcess implements Confined {
  readonly socket: string;
  readonly bundles: string;
  readonly work: string;
  readonly exited: Promise<Exit>;
  readonly #child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #up = Promise.withResolvers<undefined>();
  #isUp = false;
  #listener: ((frame: unknown) => void) | undefined;
  #killedFor: string | undefined;

  constructor(
    folder: string,
    program: string,
    { files, onOutput }: Parameters<Sandbox["start"]>[0],
  ) {
    this.socket = join(folder, "s", "k");
    this.bundles = join(folder, "fn");
    this.work = join(folder, "work");
    this.#child = Bun.spawn([bunPath(), "--no-orphans", "--no-install", program, this.socket], {
      cwd: this.work,
      env: { BUN_OPTIONS: "--no-install", ...pathOf(files.exec) },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      serialization: "json",
      ipc: (frame) => this.#hear(frame),
    });
    void readOutput(this.#child.stdout, onOutput);
    void readOutput(this.#child.stderr, onOutput);
    this.exited = this.#follow(folder);
  }

  get pid() {
    return this.#child.pid;
  }

  send(frame: object): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.send(frame);
  }

  receive(listener: (frame: unknown) => void): void {
    this.#listener = listener;
  }

  cpuMs(): number {
    return 0; // Known after its end only; the time limit holds all the same.
  }

  residentMiB(): number {
    return 0;
  }

  kill(why: string): void {
    this.#killedFor ??= why;
    this.#child.kill("SIGKILL");
  }

  async whenUp(): Promise<void> {
    await upWithin(START_MS_MAX, this, this.#up.promise);
  }

  #hear(frame: unknown): void {
    if (this.#isUp) {
      this.#listener?.(frame);
      return;
    }
    this.#isUp = true;
    this.#up.resolve(undefined);
  }

  async #follow(folder: string): Promise<Exit> {
    await this.#child.exited;
    rmSync(folder, { recursive: true, force: true });
    const exit = { code: this.#child.exitCode, signal: signalName(this.#child.signalCode) };
    return this.#killedFor === undefined ? exit : { ...exit, killedFor: this.#killedFor };
  }
}
