/** Opens the database file and brings its schema up to date. It knows pragmas and migrations, not queries. */
import { Database } from "bun:sqlite";
import { type BunSQLiteDatabase, drizzle } from "drizzle-orm/bun-sqlite";
import { migrate } from "drizzle-orm/bun-sqlite/migrator";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as v from "valibot";
import { MoultError } from "../../schemas/error.ts";
import { storageFailure } from "./failure.ts";

const MIGRATIONS = resolve(import.meta.dir, "../../migrations");

/** What drizzle-kit writes down of the migrations it generated. */
const Journal = v.object({ entries: v.array(v.object({ when: v.number() })) });

/** The handle that the queries share. */
export type Db = BunSQLiteDatabase;

/** An open database. */
export interface Opened {
  readonly db: Db;
  readonly client: Database;
}

/**
 * Opens (or creates) `file` and migrates it.
 *
 * `synchronous=NORMAL` with WAL: what was committed survives the death of the process at any point, SIGKILL
 * included. When the power fails, the last commits may be missing; the file stays whole.
 *
 * @throws {MoultError} `internal`, with what to do: damaged, read-only, full, held by another process, or written by a newer moult. The file is left as it was.
 */
export function openDatabase(file: string): Opened {
  let client: Database | undefined;
  try {
    client = new Database(file, { strict: true, create: true });
    // First, so that the others wait for a lock instead of failing.
    client.run("PRAGMA busy_timeout = 5000");
    client.run("PRAGMA journal_mode = WAL");
    client.run("PRAGMA synchronous = NORMAL");
    client.run("PRAGMA foreign_keys = ON");
    const db = drizzle({ client });
    migrateOnce(client, db, file);
    return { db, client };
  } catch (error) {
    client?.close();
    throw storageFailure(`open the database "${file}"`, error);
  }
}

function migrateOnce(client: Database, db: Db, file: string): void {
  const newest = newestMigration();
  const present = lastMigration(client);
  if (present > newest) {
    throw new MoultError(
      "internal",
      `Cannot open the database "${file}": a newer moult wrote it; update moult, or name another home`,
    );
  }
  // Reading every migration file again costs more than asking for the last one.
  if (present < newest) migrate(db, { migrationsFolder: MIGRATIONS });
}

function newestMigration(): number {
  const text = readFileSync(join(MIGRATIONS, "meta/_journal.json"), "utf8");
  const { entries } = v.parse(Journal, JSON.parse(text));
  return Math.max(...entries.map(({ when }) => when));
}

function lastMigration(client: Database): number {
  const table = client
    .query("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'")
    .get();
  if (table === null) return 0;
  const row = client.query("SELECT max(created_at) AS at FROM __drizzle_migrations").get();
  return row !== null && typeof row === "object" && "at" in row ? Number(row.at) : 0;
}
