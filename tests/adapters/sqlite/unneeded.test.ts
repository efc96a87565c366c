/** What of drizzle-orm is left out: as much as is there, and nothing that is missed. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SQLITE = join(import.meta.dir, "../../../adapters/sqlite");

test("the store works without what Postgres has, which is not loaded", async () => {
  const folder = mkdtempSync(join(tmpdir(), "moult-unneeded-"));
  const program = `
    const { isPgEnum } = await import("drizzle-orm/pg-core/columns/enum");
    const { openStore } = await import("./store.ts");
    const store = openStore(process.argv.at(-1), { now: Date.now });
    const pending = await store.outboxPending();
    await store.close();
    const { PrimaryKeyBuilder } = await import("drizzle-orm/pg-core/primary-keys");
    const { entityKind } = await import("drizzle-orm");
    console.log(JSON.stringify([pending, isPgEnum.length, PrimaryKeyBuilder[entityKind]]));
  `;
  try {
    const preload = join(SQLITE, "unneeded.ts");
    const child = Bun.spawn(
      [process.execPath, "--no-install", "--preload", preload, "-e", program, join(folder, "db")],
      { cwd: SQLITE, stdout: "pipe", stderr: "pipe" },
    );
    const [out, error] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect(error).toBe("");
    expect(JSON.parse(out)).toEqual([0, 0, "PgPrimaryKeyBuilder"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
