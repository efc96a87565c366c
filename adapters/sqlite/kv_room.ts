/** How much a function may store. It counts values, and stores none. */
import { and, eq, sql } from "drizzle-orm";
import type { KvWrite } from "../../runtime/ports.ts";
import { MoultError } from "../../schemas/error.ts";
import { kv } from "../../schemas/tables.ts";
import type { Db } from "./database.ts";

const p = sql.placeholder;

/** Bytes that one function may store: what it stores stays, and the disk is everybody's. */
const STORED_BYTES_MAX = 64 * 1_048_576;
/** Bytes that an entry takes beside its key and its value: so many empty ones are something too. */
const ENTRY_BYTES = 128;

/**
 * Returns what throws `function/limit` when there is no room for values that a function is to store.
 *
 * @param bytesMax The most that one function may store @default 64 MiB
 */
export function kvRoom(
  db: Db,
  bytesMax = STORED_BYTES_MAX,
): (fn: string, writes: readonly KvWrite[]) => void {
  const isEntry = and(eq(kv.fn, p("fn")), eq(kv.key, p("key")));
  const bytes = sql<
    number | null
  >`sum(octet_length(${kv.key}) + octet_length(${kv.value}) + ${ENTRY_BYTES})`;
  const all = db
    .select({ bytes })
    .from(kv)
    .where(eq(kv.fn, p("fn")))
    .prepare();
  const one = db.select({ bytes }).from(kv).where(isEntry).prepare();
  // By function, and never too small: a commit that fails is counted, a value that is replaced counts twice.
  const stored = new Map<string, number>();
  return (fn, writes) => {
    const more = writes.reduce((sum, entry) => sum + bytesOf(entry), 0);
    const least = stored.get(fn) ?? all.get({ fn })?.bytes ?? 0;
    stored.set(fn, least + more);
    if (more === 0 || least + more <= bytesMax) return;
    const replaced = new Set(writes.map(({ key }) => key));
    const before = [...replaced].reduce((sum, key) => sum + (one.get({ fn, key })?.bytes ?? 0), 0);
    const now = all.get({ fn })?.bytes ?? 0;
    stored.set(fn, now + more);
    if (now + more - before <= bytesMax || more <= before) return;
    stored.set(fn, now);
    throw new MoultError(
      "function/limit",
      `"${fn}" has stored ${String(bytesMax >> 20)} MiB, which is the most; it has to delete some values first`,
      { limit: "kv" },
    );
  };
}

/** Of a value that is set; one that is deleted takes nothing. */
function bytesOf({ key, value }: KvWrite): number {
  if (value === undefined) return 0;
  return Buffer.byteLength(key) + Buffer.byteLength(JSON.stringify(value)) + ENTRY_BYTES;
}
