/** Hosts that nothing confines: a folder for each, and an orderly end for all. Knows neither processes nor threads. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Confined, Exit } from "../ports.ts";
import { MoultError } from "../../schemas/error.ts";

/** What a sandbox without walls has started. */
export class Brood {
  readonly #run: string;
  readonly #living = new Set<Confined>();
  #lastId = 0;

  /** @param run Folder below which each has its own. */
  constructor(run: string) {
    this.#run = run;
  }

  /** A new folder with these in it. */
  folder(names: readonly string[]): string {
    const folder = join(this.#run, String(++this.#lastId));
    for (const name of ["", ...names]) mkdirSync(join(folder, name), { mode: 0o700 });
    return folder;
  }

  /** Looks after a host from now on. Resolves with it when it is up. */
  async raise<T extends Confined & { readonly whenUp: () => Promise<void> }>(host: T): Promise<T> {
    this.#living.add(host);
    void host.exited.then(() => this.#living.delete(host));
    await host.whenUp();
    return host;
  }

  /** Ends all of them, and removes the folder. */
  async close(): Promise<void> {
    const living = [...this.#living];
    for (const host of living) host.kill("moult stops");
    await Promise.all(living.map(async ({ exited }) => await exited));
    rmSync(this.#run, { recursive: true, force: true });
  }
}

/**
 * Waits until a host has said its first word, which must come within `ms`.
 *
 * @throws {MoultError} `internal` when it ended instead
 */
export async function upWithin(
  ms: number,
  host: Pick<Confined, "kill" | "exited">,
  word: Promise<undefined>,
): Promise<void> {
  const late = setTimeout(() => host.kill("it did not start in time"), ms);
  const exit: Exit | undefined = await Promise.race([word, host.exited]);
  clearTimeout(late);
  if (exit !== undefined)
    throw new MoultError("internal", "Cannot start a function's host: it ended at once");
}
