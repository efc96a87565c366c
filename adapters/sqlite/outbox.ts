/** Replies on their way out. It knows states and times, not transports. */
import { and, asc, desc, eq, inArray, min, notExists, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Clock, Letter, OutboxRow, Store } from "../../runtime/ports.ts";
import { outbox } from "../../schemas/tables.ts";
import type { Db } from "./database.ts";
import { method } from "./failure.ts";
import { lazily } from "./lazily.ts";

/** Deliveries handed out at once; the next ones follow when these have ended. */
const DUE_MAX = 32;

/** Of an error's text. A platform may answer with a whole page. */
const ERROR_CHARS_MAX = 500;

const p = sql.placeholder;

type OutboxPart = Pick<
  Store,
  "due" | "dueNext" | "interrupted" | "letters" | "delivered" | "outboxPending"
>;

/** The outbox, over an open database. */
export function outboxQueries(db: Db, clock: Clock): OutboxPart {
  const queries = prepare(db);
  return {
    due: method("read the outbox", (now, places = {}) =>
      db.transaction(() => {
        const left = { ...places };
        const full = Object.keys(left).filter((protocol) => left[protocol] === 0);
        const rows = queries.due.all({ now, full: JSON.stringify(full) }).filter(({ protocol }) => {
          const before = left[protocol] ?? Infinity;
          left[protocol] = before - 1;
          return before > 0;
        });
        return rows.map((row) => {
          queries.begin.run({ id: row.id });
          return toOutboxRow({ ...row, attempts: row.attempts + 1 });
        });
      }),
    ),
    dueNext: method(
      "read the outbox",
      (full = []) => queries.next.get({ full: JSON.stringify(full) })?.at ?? undefined,
    ),
    interrupted: method("read the outbox", () => queries.interrupted.all().map(toOutboxRow)),
    letters: method("read the outbox", (limit) => queries.letters.all({ limit }).map(toLetter)),
    delivered: method("write down the delivery", (id, { outcome, error, retryAt }) => {
      queries.end.run({
        id,
        state: outcome === "retry" || outcome === "later" ? "pending" : outcome,
        uncounted: outcome === "later" ? 1 : 0,
        error: error?.slice(0, ERROR_CHARS_MAX) ?? null,
        nextAt: retryAt ?? clock.now(),
      });
    }),
    outboxPending: method("read the outbox", () => queries.pending.get()?.count ?? 0),
  };
}

/** A session's replies leave in order: one that waits for its retry holds the later ones back. */
function isHeadOf(db: Db) {
  const earlier = alias(outbox, "earlier");
  return notExists(
    db
      .select({ one: sql`1` })
      .from(earlier)
      .where(
        sql`${earlier.session} = ${outbox.session} and ${earlier.n} < ${outbox.n}
          and ${earlier.state} in ('pending', 'sending')`,
      ),
  );
}

function prepare(db: Db) {
  const isHead = isHeadOf(db);
  const hasPlace = sql`${outbox.protocol} not in (select value from json_each(${p("full")}))`;
  // Written out, so that the partial indexes apply.
  const isOpen = sql`${outbox.state} in ('pending', 'sending')`;
  const isLetter = sql`${outbox.state} in ('dead', 'unknown')`;
  return lazily({
    due: () =>
      db
        .select()
        .from(outbox)
        .where(
          and(
            isOpen,
            eq(outbox.state, "pending"),
            sql`${outbox.nextAt} <= ${p("now")}`,
            hasPlace,
            isHead,
          ),
        )
        .orderBy(asc(outbox.n))
        .limit(DUE_MAX)
        .prepare(),
    begin: () =>
      db
        .update(outbox)
        .set({ state: "sending", attempts: sql`${outbox.attempts} + 1` })
        .where(eq(outbox.id, p("id")))
        .prepare(),
    next: () =>
      db
        .select({ at: min(outbox.nextAt) })
        .from(outbox)
        .where(and(isOpen, eq(outbox.state, "pending"), hasPlace, isHead))
        .prepare(),
    interrupted: () =>
      db
        .select()
        .from(outbox)
        .where(and(isOpen, eq(outbox.state, "sending")))
        .orderBy(asc(outbox.n))
        .prepare(),
    letters: () =>
      db.select().from(outbox).where(isLetter).orderBy(desc(outbox.n)).limit(p("limit")).prepare(),
    end: () =>
      db
        .update(outbox)
        .set({
          state: sql`${p("state")}`,
          error: sql`${p("error")}`,
          nextAt: sql`${p("nextAt")}`,
          attempts: sql`${outbox.attempts} - ${p("uncounted")}`,
        })
        .where(and(eq(outbox.id, p("id")), inArray(outbox.state, ["sending", "pending"])))
        .prepare(),
    pending: () =>
      db
        .select({ count: sql<number>`count(*)` })
        .from(outbox)
        .where(isOpen)
        .prepare(),
  });
}

type Row = typeof outbox.$inferSelect;

function toOutboxRow(row: Row): OutboxRow {
  const { id, turn, session, conversation, part, text, protocol, channel } = row;
  return { id, turn, session, conversation, part, text, protocol, channel, attempt: row.attempts };
}

function toLetter(row: Row): Letter {
  const state = row.state === "dead" ? "dead" : "unknown";
  return { ...toOutboxRow(row), state, error: row.error ?? "", at: row.at };
}
