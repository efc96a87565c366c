/** A tool from nothing: `moult new`, a slip that its example shows at the save, and the tool in use. */
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Scene } from "./record.ts";

const MAIN = resolve(import.meta.dir, "../../main.ts");

const root = await mkdtemp(join(tmpdir(), "moult-scene-"));
const folder = join(root, "my-agent");
await mkdir(folder);
const command = join(root, "moult");
await Bun.write(command, `#!/bin/sh\nexec ${process.execPath} --no-install ${MAIN} "$@"\n`);
await chmod(command, 0o755);

const SLIP = "sed -i 's/Hello, \\${/Helo, ${/' functions/tools/greet.ts";
const MEND = "sed -i 's/Helo/Hello/' functions/tools/greet.ts";

/** What `record.ts` plays. */
export const scene: Scene = {
  label:
    'Two terminals. Above, "moult new tool greet" writes a tool and its test; a slip is saved and mended. Below, "moult dev" loads each save within milliseconds, runs the example and the test, shows what was expected and what came, and answers "greet Ada" by calling the tool',
  columns: 84,
  panes: [5, 20],
  titles: ["~/my-agent", "~/my-agent · moult dev"],
  folder,
  env: { PATH: `${root}:${process.env["PATH"] ?? ""}`, HOME: root, MOULT_HOME: join(root, "home") },
  async play({ type, press, sees, pause, roll }) {
    const run = async (pane: number, line: string): Promise<void> => {
      await type(pane, line);
      await pause(250);
      await press(pane, "Enter");
    };
    await run(1, "clear; moult dev --port 0");
    await sees(1, /model ready/);
    await press(0, "C-l");
    // The folder that the scene is played in is of no interest.
    await press(1, "C-l");
    await pause(1_000);
    roll();
    await pause(800);
    await run(0, "moult new tool greet");
    await sees(1, /greet[^\n]*\n?[^\n]*test/);
    await pause(2_500);
    await press(0, "C-l");
    await run(0, SLIP);
    await sees(1, /Helo, Ada/);
    await pause(4_500);
    await run(0, MEND);
    await pause(2_500);
    await run(1, "greet Ada");
    await sees(1, /· greet/);
    await pause(3_000);
  },
  end: () => rm(root, { recursive: true, force: true }),
};
