/**
 * Records a terminal as an animated picture: `bun docs/pictures/record.ts SCENE`. A scene is a file of this folder that
 * types into real panes of tmux and waits for what real programs print; nothing in the picture is drawn by hand.
 */
import { basename, join } from "node:path";
import { type Frame, toSvg } from "./svg.ts";

/** What a scene can do. */
export interface Stage {
  /** Types like a person, key by key, into a pane. */
  readonly type: (pane: number, text: string) => Promise<void>;
  /** Presses a key by its tmux name, e.g. `Enter`, `C-d`. */
  readonly press: (pane: number, key: string) => Promise<void>;
  /** Waits until a pane shows this; fails after 30 s. */
  readonly sees: (pane: number, text: RegExp) => Promise<void>;
  /** Lets people read. */
  readonly pause: (ms: number) => Promise<void>;
  /** Begins the recording; what was before is not shown. */
  readonly roll: () => void;
}

/** A scene: its size, what it shows, and what happens. */
export interface Scene {
  /** Said to people who cannot see it. */
  readonly label: string;
  readonly columns: number;
  /** Rows of each pane, from above. */
  readonly panes: readonly number[];
  /** Titles of the panes. */
  readonly titles: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly play: (stage: Stage) => Promise<void>;
  readonly end: () => Promise<void>;
}

// eslint-disable-next-line no-control-regex
const CODES = /\u001B\[[0-9;]*m/g;
const RESET = "\u001B[0m";

const FRAME_MS = 80;
const KEY_MS = 45;
const WAIT_MS_MAX = 30_000;

async function tmux(...args: readonly string[]): Promise<string> {
  const child = Bun.spawn(["tmux", "-L", "moult-record", ...args], { stderr: "pipe" });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) {
    throw new Error(`tmux ${args[0]}: ${await new Response(child.stderr).text()}`);
  }
  return text;
}

/** Lines that each say all of their colours: tmux says a colour once, however many lines have it. */
function linesOf(text: string): readonly string[] {
  let carried = "";
  return text.split("\n").map((line) => {
    const whole = carried + line;
    const codes: readonly string[] = whole.match(CODES) ?? [];
    carried = codes.slice(codes.lastIndexOf(RESET) + 1).join("");
    return whole;
  });
}

async function record(scene: Scene): Promise<readonly Frame[]> {
  const { columns, panes, folder, env } = scene;
  const settings = Object.entries({ ...env, PS1: "$ ", TERM: "xterm-256color" });
  const shell = `env ${settings.map(([name, value]) => `'${name}=${value}'`).join(" ")} bash --norc --noprofile`;
  for (const [index, rows] of panes.entries()) {
    const size = ["-x", String(columns), "-y", String(rows)];
    await tmux("new-session", "-d", "-s", `pane${index}`, ...size, "-c", folder, shell);
    await tmux("set-option", "-t", `pane${index}`, "status", "off");
  }
  const frames: Frame[] = [];
  let rolling: number | undefined;
  const ended = new AbortController();
  const look = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      if (rolling !== undefined) {
        const texts = await Promise.all(
          panes.map((_rows, index) => tmux("capture-pane", "-e", "-p", "-t", `pane${index}`)),
        );
        frames.push({
          at: performance.now() - rolling,
          panes: texts.map(linesOf),
        });
      }
      await Bun.sleep(FRAME_MS);
    }
  };
  const looking = look();
  const press = async (pane: number, ...keys: readonly string[]): Promise<void> => {
    await tmux("send-keys", "-t", `pane${pane}`, ...keys);
  };
  await scene.play({
    type: async (pane, text) => {
      for (const key of text) {
        await press(pane, "-l", key === ";" ? String.raw`\;` : key);
        await Bun.sleep(KEY_MS);
      }
    },
    press,
    sees: async (pane, text) => {
      const until = performance.now() + WAIT_MS_MAX;
      while (!text.test(await tmux("capture-pane", "-p", "-t", `pane${pane}`))) {
        if (performance.now() > until) throw new Error(`Pane ${pane} never showed ${String(text)}`);
        await Bun.sleep(50);
      }
    },
    pause: (ms) => Bun.sleep(ms),
    roll: () => {
      rolling = performance.now();
    },
  });
  ended.abort();
  await looking;
  return frames;
}

const name = basename(process.argv[2] ?? "");
const { scene } = (await import(join(import.meta.dir, `${name}.scene.ts`))) as { scene: Scene };
try {
  const frames = await record(scene);
  const file = join(import.meta.dir, `${name}.svg`);
  await Bun.write(file, toSvg(scene, frames));
  process.stdout.write(`${file}: ${frames.length} frames\n`);
} finally {
  await tmux("kill-server").catch(() => undefined);
  await scene.end();
}
