/** A folder that looks like a machine's `/sys` and `/proc` to whoever reads its sensors. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A machine made of files. */
export class SensorTree {
  readonly root = mkdtempSync(join(tmpdir(), "moult-sensors-"));

  /** Writes files: paths below the root, and what they hold. */
  set(files: Readonly<Record<string, string | number>>): this {
    for (const [path, value] of Object.entries(files)) {
      const file = join(this.root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${value}\n`);
    }
    return this;
  }

  /** A processor with one temperature. */
  processor(celsius: number): this {
    return this.set({
      "sys/class/hwmon/hwmon0/name": "coretemp",
      "sys/class/hwmon/hwmon0/temp1_label": "Package id 0",
      "sys/class/hwmon/hwmon0/temp1_input": Math.round(celsius * 1_000),
      "sys/class/hwmon/hwmon0/temp1_crit": 100_000,
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
