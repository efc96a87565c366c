/** Processes that tests start: what still runs when the file has ended is killed, also after a test that took too long. */
import { afterAll } from "bun:test";

const children = new Set<Bun.Subprocess>();

// A test that runs out of time never comes to its own cleaning up.
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all([...children].map(async (child) => await child.exited));
});

/** Sees to it that a process does not outlive the test file that started it. */
export function keep<T extends Bun.Subprocess>(started: T): T {
  children.add(started);
  void started.exited.then(() => children.delete(started));
  return started;
}
