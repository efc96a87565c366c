/** Durable values of functions. Limits on keys and values are enforced where the function's call arrives. */
import { and, eq, gte, sql } from "drizzle-orm";
import type { KvWrite, Store } from "../../runtime/ports.ts";
import { MoultError } from "../../schemas/error.ts";
import { kv } from "../../schemas/tables.ts";
import type { Db } from "./database.ts";
import { method } from "./failure.ts";
import { kvRoom } from "./kv_room.ts";

const p = sql.placeholder;
/** JSON characters of the values of one listing. */
const LIST_CHARS_MAX = 4 * 1_048_576;

/** The values, over an open database. `write` joins a transaction that somebody else began. */
export function kvQueries(db: Db): Pick<
  Store,
  "kvGet" | "kvList" | "kvCommit" | "kvOwners" | "kvRoom"
> & {
  readonly write: (fn: string, writes: readonly KvWrite[]) => void;
} {
  const isEntry = and(eq(kv.fn, p("fn")), eq(kv.key, p("key")));
  const get = db.select({ value: kv.value }).from(kv).where(isEntry).prepare();
  const remove = db.delete(kv).where(isEntry).prepare();
  const set = db
    .insert(kv)
    .values({ fn: p("fn"), key: p("key"), value: p("value") })
    .onConflictDoUpdate({ target: [kv.fn, kv.key], set: { value: sql`excluded.value` } })
    .prepare();
  const page = db
    .select({ key: kv.key, value: kv.value })
    .from(kv)
    .where(
      and(
        eq(kv.fn, p("fn")),
        // The first condition lets the index skip; the second one ends it, whatever characters follow.
        gte(kv.key, p("prefix")),
        sql`substr(${kv.key}, 1, length(${p("prefix")})) = ${p("prefix")}`,
      ),
    )
    .orderBy(kv.key)
    .limit(p("limit"));
  const list = page.prepare();
  const owners = db.selectDistinct({ fn: kv.fn }).from(kv).prepare();
  const found = page.as("found");
  const size = db
    .select({ chars: sql<number | null>`sum(length(${found.value}))` })
    .from(found)
    .prepare();
  const write = (fn: string, writes: readonly KvWrite[]): void => {
    for (const { key, value } of writes) {
      if (value === undefined) remove.run({ fn, key });
      else set.run({ fn, key, value: JSON.stringify(value) });
    }
  };
  return {
    write,
    kvGet: method("read a function's value", (fn, key): unknown => {
      const row = get.get({ fn, key });
      return row === undefined ? undefined : JSON.parse(row.value);
    }),
    kvList: method("list a function's values", (fn, prefix, limit) => {
      // Measured first: to parse it all, only to refuse it, would hold up everybody.
      if ((size.get({ fn, prefix, limit })?.chars ?? 0) > LIST_CHARS_MAX)
        throw new MoultError(
          "tool/failed",
          `Cannot list "${prefix}": too much at once, use a limit`,
        );
      return list
        .all({ fn, prefix, limit })
        .map(({ key, value }) => ({ key, value: JSON.parse(value) as unknown }));
    }),
    kvCommit: method("keep a function's values", (fn, writes) =>
      db.transaction(() => write(fn, writes)),
    ),
    kvRoom: method("look up how much a function has stored", kvRoom(db)),
    kvOwners: method("look up who has values", () => owners.all().map(({ fn }) => fn)),
  };
}
