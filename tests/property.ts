/**
 * What must hold for any input. fast-check lives with the tools; where they are not installed such tests are skipped.
 * The seed is the same each time, unless `MOULT_FUZZ` asks for more.
 */
import { test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type * as FastCheck from "./tools/node_modules/fast-check/lib/fast-check.js";

/** fast-check. */
export type Check = typeof FastCheck;

const ENTRY = join(import.meta.dir, "tools/node_modules/fast-check/lib/fast-check.js");
const check = existsSync(ENTRY) ? ((await import(ENTRY)) as Check) : undefined;

/** `MOULT_FUZZ=50`: fifty times as many inputs, other ones each time. */
const TIMES = Number(process.env["MOULT_FUZZ"] ?? 1);
const SEED = TIMES === 1 ? 20_261_122 : Date.now() % 2_147_483_647;
const MS_MAX = 120_000;

/** A test that something holds for `runs` inputs. What fails is made small and shown, with the seed and the path to it. */
export function holds(
  name: string,
  runs: number,
  make: (check: Check) => FastCheck.IProperty<unknown> | FastCheck.IAsyncProperty<unknown>,
): void {
  test.skipIf(check === undefined)(
    name,
    async () => {
      if (check === undefined) return;
      await check.assert(make(check) as FastCheck.IAsyncProperty<unknown>, {
        seed: SEED,
        numRuns: runs * TIMES,
        endOnFailure: false,
      });
    },
    MS_MAX * TIMES,
  );
}
