/** Sessions and their history. It knows rows and sizes, not windows. */
import { and, desc, eq, getTableColumns, gt, sql } from "drizzle-orm";
import type { HistoryItem, SessionInfo, Store } from "../../runtime/ports.ts";
import type { SessionContext } from "../../schemas/session.ts";
import { history, sessions } from "../../schemas/tables.ts";
import type { Db } from "./database.ts";
import { method } from "./failure.ts";
import { lazily } from "./lazily.ts";

/** Items read at once, whatever their sizes. */
const ITEMS_MAX = 1_000;

/** Sessions in a list, newest first. */
const SESSIONS_MAX = 1_000;

const p = sql.placeholder;

/** Its queries. */
function prepare(db: Db) {
  const { session, turns, createdAt, lastAt, resetAfter, ...beside } = getTableColumns(sessions);
  const shown = {
    session,
    turns,
    createdAt,
    lastAt,
    pinned: beside.pinned,
    summarisedTurns: sql<number>`coalesce(json_extract(${beside.summary}, '$.turns'), 0)`,
  };
  const { pinned, summary, summaryNext } = beside;
  return lazily({
    items: () =>
      db
        .select()
        .from(history)
        .where(and(eq(history.session, p("session")), gt(history.n, p("after"))))
        .orderBy(desc(history.n))
        .limit(ITEMS_MAX)
        .prepare(),
    reset: () =>
      db
        .select({ resetAfter })
        .from(sessions)
        .where(eq(sessions.session, p("session")))
        .prepare(),
    context: () =>
      db
        .select({ pinned, summary, summaryNext })
        .from(sessions)
        .where(eq(sessions.session, p("session")))
        .prepare(),
    one: () =>
      db
        .select(shown)
        .from(sessions)
        .where(eq(sessions.session, p("session")))
        .prepare(),
    list: () =>
      db.select(shown).from(sessions).orderBy(desc(sessions.lastAt)).limit(SESSIONS_MAX).prepare(),
    forget: () =>
      db
        .delete(sessions)
        .where(eq(sessions.session, p("session")))
        .returning({ session: sessions.session })
        .prepare(),
  });
}

/** The sessions, over an open database. */
export function sessionQueries(
  db: Db,
): Pick<Store, "history" | "session" | "sessions" | "context" | "keepContext" | "forget"> {
  const queries = prepare(db);
  return {
    history: method("read the history", (name, charsMax, whole = false) => {
      let chars = 0;
      const after = whole ? 0 : (queries.reset.get({ session: name })?.resetAfter ?? 0);
      const newest = queries.items.all({ session: name, after });
      const end = newest.findIndex((row) => (chars += row.content.length) > charsMax);
      return newest
        .slice(0, end === -1 ? newest.length : end)
        .toReversed()
        .map(toItem);
    }),
    context: method("read the session", (name) =>
      toContext(queries.context.get({ session: name })),
    ),
    keepContext: method("keep what stands beside the session", (name, kept) => {
      if (Object.keys(kept).length === 0) return;
      db.update(sessions).set(kept).where(eq(sessions.session, name)).run();
    }),
    session: method("read the session", (name) => {
      const row = queries.one.get({ session: name });
      return row === undefined ? undefined : toInfo(row);
    }),
    sessions: method("list the sessions", () => queries.list.all().map(toInfo)),
    forget: method(
      "forget the session",
      (name) => queries.forget.all({ session: name }).length > 0,
    ),
  };
}

type Columns = typeof sessions.$inferSelect;

function toContext(
  row: Pick<Columns, "pinned" | "summary" | "summaryNext"> | undefined,
): SessionContext {
  const { pinned = [], summary = null, summaryNext = null } = row ?? {};
  return {
    pinned,
    ...(summary === null ? {} : { summary }),
    ...(summaryNext === null ? {} : { summaryNext }),
  };
}

/** What there is nothing of is left out. */
function toInfo({
  pinned,
  summarisedTurns,
  ...row
}: Pick<Columns, "session" | "turns" | "createdAt" | "lastAt" | "pinned"> & {
  readonly summarisedTurns: number;
}): SessionInfo {
  return {
    ...row,
    ...(summarisedTurns === 0 ? {} : { summarisedTurns }),
    ...(pinned.length === 0 ? {} : { pinned: pinned.map(({ text }) => text) }),
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
