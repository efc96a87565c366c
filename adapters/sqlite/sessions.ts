/** Sessions and their history. It knows rows and sizes, not windows. */
import { and, desc, eq, getTableColumns, gt, sql } from "drizzle-orm";
import type { HistoryItem, Store } from "../../runtime/ports.ts";
import { history, sessions } from "../../schemas/tables.ts";
import type { Db } from "./database.ts";
import { method } from "./failure.ts";

/** Items read at once, whatever their sizes. */
const ITEMS_MAX = 1_000;

/** Sessions in a list, newest first. */
const SESSIONS_MAX = 1_000;

const p = sql.placeholder;

/** The sessions, over an open database. */
export function sessionQueries(db: Db): Pick<Store, "history" | "session" | "sessions" | "forget"> {
  const items = db
    .select()
    .from(history)
    .where(and(eq(history.session, p("session")), gt(history.n, p("after"))))
    .orderBy(desc(history.n))
    .limit(ITEMS_MAX)
    .prepare();
  const { resetAfter, ...shown } = getTableColumns(sessions);
  const reset = db
    .select({ resetAfter })
    .from(sessions)
    .where(eq(sessions.session, p("session")))
    .prepare();
  const one = db
    .select(shown)
    .from(sessions)
    .where(eq(sessions.session, p("session")))
    .prepare();
  const list = db
    .select(shown)
    .from(sessions)
    .orderBy(desc(sessions.lastAt))
    .limit(SESSIONS_MAX)
    .prepare();
  const forget = db
    .delete(sessions)
    .where(eq(sessions.session, p("session")))
    .returning({ session: sessions.session })
    .prepare();
  return {
    history: method("read the history", (session, charsMax, whole = false) => {
      let chars = 0;
      const after = whole ? 0 : (reset.get({ session })?.resetAfter ?? 0);
      const newest = items.all({ session, after });
      const end = newest.findIndex((row) => (chars += row.content.length) > charsMax);
      return newest
        .slice(0, end === -1 ? newest.length : end)
        .toReversed()
        .map(toItem);
    }),
    session: method("read the session", (session) => one.get({ session })),
    sessions: method("list the sessions", () => list.all()),
    forget: method("forget the session", (session) => forget.all({ session }).length > 0),
  };
}

function toItem(row: typeof history.$inferSelect): HistoryItem {
  const { role, content, turn, at } = row;
  return {
    role,
    content,
    turn,
    at,
    ...(row.toolCalls === null ? {} : { toolCalls: row.toolCalls }),
    ...(row.callId === null ? {} : { id: row.callId }),
    ...(row.name === null ? {} : { name: row.name }),
  };
}
