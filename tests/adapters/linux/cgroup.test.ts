import { expect, test } from "bun:test";
import { closeSync, existsSync, mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createHeldGroup,
  ownGroup,
  removeGroup,
  removeStaleGroups,
  whyNoGroups,
} from "../../../adapters/linux/cgroup.ts";
import { keep } from "../../children.ts";
import { until } from "../../waiting.ts";

const mayGroup = process.platform === "linux" && whyNoGroups(ownGroup()) === undefined;
/** No process has this number, as none has ours in another container. */
const NOBODY = 99_999_999;

test.skipIf(!mayGroup)(
  "a group is its daemon's from its first moment on, however often others clear away",
  async () => {
    const parent = mkdtempSync(join(ownGroup() ?? tmpdir(), "test-"));
    const janitors = [1, 2].map(() =>
      keep(
        Bun.spawn([process.execPath, join(import.meta.dir, "janitor_main.ts"), parent], {
          stdout: "pipe",
        }),
      ),
    );
    for (const { stdout } of janitors) await stdout.getReader().read();
    for (let seat = 0; seat < 200; seat++) {
      const made = createHeldGroup(parent, `moult-${String(seat)}-${String(NOBODY)}`);
      if (made === undefined) throw new Error("No group was made");
      mkdirSync(join(made.folder, "1"));
      rmdirSync(join(made.folder, "1"));
      expect(existsSync(made.folder)).toBe(true);
      closeSync(made.file);
    }
    for (const janitor of janitors) janitor.kill("SIGKILL");
    await Promise.all(janitors.map(async ({ exited }) => await exited));
    // What nobody holds any more is anybody's to remove.
    removeStaleGroups(parent);
    await until(() => removeGroup(parent));
  },
);
