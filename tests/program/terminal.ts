/** moult at a real terminal, as a user has it. */
import { join } from "node:path";
import { until } from "../waiting.ts";
import { keep } from "../children.ts";

/** `moult dev` in a pseudo terminal. */
export function dev(dir: string, home = process.env["HOME"]) {
  return atTerminal(dir, ["dev"], home);
}

const MAIN = join(import.meta.dir, "../../main.ts");

/** One command in a pseudo terminal. */
export function atTerminal(dir: string, line: readonly string[], home = process.env["HOME"]) {
  const {
    MOULT_HOME: _home,
    MOULT_URL: _url,
    MOULT_KEY: _key,
    NO_COLOR: _no,
    ...env
  } = process.env;
  let shown = "";
  // A piece may end in the middle of a character.
  const decoder = new TextDecoder();
  const child = keep(
    Bun.spawn([process.execPath, "--no-install", MAIN, ...line], {
      cwd: dir,
      env: { ...env, HOME: home, TERM: "xterm" },
      terminal: {
        cols: 120,
        data: (_terminal, bytes) => void (shown += decoder.decode(bytes, { stream: true })),
      },
    }),
  );
  return {
    child,
    type: (keys: string) => child.terminal?.write(keys),
    /** Everything shown so far, without colours. */
    text: () => Bun.stripANSI(shown),
    shows: (text: string) =>
      until(() => {
        const now = Bun.stripANSI(shown);
        if (now.includes(text)) return true;
        // Nothing more comes: better than to wait for the time limit.
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`It ended, and did not show "${text}": ${now}`);
        return false;
      }),
    /** Ends it whatever it does: Ctrl-C would only cancel a turn that is not quite over. */
    end: async (): Promise<void> => {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}
