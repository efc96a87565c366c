/**
 * Loaded before drizzle-orm. To know two things of Postgres by sight it imports all columns that Postgres has, sixty files;
 * moult has none of them.
 */
import { plugin } from "bun";

/** What stands for each file: no table of SQLite has any of it. */
const UNNEEDED: Readonly<Record<string, string>> = {
  "columns/enum": "export const isPgEnum = () => false;",
  "primary-keys":
    'export class PrimaryKeyBuilder { static [Symbol.for("drizzle:entityKind")] = "PgPrimaryKeyBuilder"; }',
};

plugin({
  name: "unneeded",
  setup(build) {
    for (const [file, contents] of Object.entries(UNNEEDED))
      build.onLoad({ filter: new RegExp(`/drizzle-orm/pg-core/${file}\\.js$`) }, () => ({
        loader: "js",
        contents,
      }));
  },
});
