/** Waits for what must come. No test has a clock of its own: the runner's time limit ends a wait in vain. */
import { readFileSync } from "node:fs";

/** Waits until `check` gives a value, or says yes. */
export async function until<T>(
  check: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    await Bun.sleep(2);
  }
}

/** Whether a process runs; a dead one that nobody has waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^\) [ZX]/.test(stat.slice(stat.lastIndexOf(")")));
  } catch {
    return false;
  }
}
