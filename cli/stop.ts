/** `moult stop`: asks the daemon to end, and waits until its process is gone. */
import { runningDaemon } from "../runtime/home.ts";
import { findDaemon, homeOf } from "./client.ts";
import { json, line } from "./print.ts";
import type { Command, Values } from "./program.ts";

/** A daemon finishes running turns first, but not for longer than this. */
const WAIT_MS = 20_000;

/** `moult stop` */
export const command: Command = {
  usage: "",
  async run(_program, _positionals, values) {
    const home = homeOf(values);
    const local = runningDaemon(home);
    const client = findDaemon(values);
    if (!client) {
      if (values["json"] === true) json({ stopped: false });
      else line(`No daemon runs for ${home}`);
      return 0;
    }
    await client.json("POST", "/api/stop");
    // `--url` may name another daemon than the home's, which is then left alone.
    if (local?.url === client.url) await waitForEnd(local.pid);
    if (values["json"] === true) json({ stopped: true });
    else line("Stopped");
    return 0;
  },
};

/**
 * Ends the daemon of a home that `moult chat` had started for itself, so that one which is meant to stay can take its
 * place. Any other daemon is left alone: the start then says who holds the home.
 */
export async function endTemporary(values: Values): Promise<void> {
  const daemon = runningDaemon(homeOf(values));
  if (daemon?.temporary !== true) return;
  const client = findDaemon({ ...values, url: daemon.url });
  await client?.json("POST", "/api/stop");
  await waitForEnd(daemon.pid);
}

async function waitForEnd(pid: number): Promise<void> {
  const until = Date.now() + WAIT_MS;
  while (alive(pid) && Date.now() < until) await Bun.sleep(20);
  if (alive(pid)) process.kill(pid, "SIGKILL");
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
