/** Messages from acceptance to reply, and the journal between. It knows rows, not what a turn does. */
import { and, eq, lt, ne, sql } from "drizzle-orm";
import type { Clock, InboxRow, Store } from "../../runtime/ports.ts";
import { MoultError } from "../../schemas/error.ts";
import { history, inbox, journal, messageKeys, outbox, sessions } from "../../schemas/tables.ts";
import { NOTHING_USED, type Reply, type Trace, type TraceEvent } from "../../schemas/turn.ts";
import type { Db } from "./database.ts";
import { method } from "./failure.ts";
import { lazily } from "./lazily.ts";
import type { kvQueries } from "./kv.ts";

/** WhatsApp repeats a message for 7 days, nobody longer; two days of reserve. */
const KEYS_KEPT_MS = 10 * 24 * 3_600_000;

/** Old keys are looked for at every so many messages, and at the start. */
const PURGE_EVERY = 500;

/** A key that is never purged: told once is told for ever. */
const KEPT_FOR_EVER = Number.MAX_SAFE_INTEGER;

const p = sql.placeholder;

type InboxPart = Pick<
  Store,
  "accept" | "tell" | "unfinished" | "begin" | "journal" | "events" | "finish" | "reply" | "trace"
>;

/** The inbox, over an open database. */
export function inboxQueries(
  db: Db,
  clock: Clock,
  write: ReturnType<typeof kvQueries>["write"],
): InboxPart {
  const queries = prepare(db);
  const append = (turn: string, events: readonly TraceEvent[]): void => {
    for (const { seq, type, at, ...facts } of events) {
      queries.append.run({ turn, seq, type, at, facts });
    }
  };
  return {
    accept: method("accept the message", acceptQuery(db, clock)),
    tell: method("write down the notice", tellQuery(db, clock)),
    unfinished: method("read the inbox", () => queries.unfinished.all().map(toInboxRow)),
    begin: method("begin the turn", (turn, event) => {
      db.transaction(() => {
        if (queries.begin.get({ turn }) === undefined) {
          throw new MoultError("turn/not-found", `There is no turn "${turn}"`);
        }
        append(turn, [event]);
      });
    }),
    journal: method("write down what the turn did", (turn, events, kv) => {
      db.transaction(() => {
        append(turn, events);
        if (kv !== undefined) write(kv.fn, kv.writes);
      });
    }),
    events: method("read the turn", (turn) => queries.events.all({ turn }).map(toEvent)),
    finish: method("end the turn", finishQuery(db, clock, append)),
    reply: method("read the turn", (turn) => queries.row.get({ turn })?.reply ?? undefined),
    trace: method("read the turn", (turn) => {
      const row = queries.row.get({ turn });
      if (row === undefined) return undefined;
      return toTrace(row, queries.events.all({ turn }).map(toEvent));
    }),
  };
}

/** What accepts a message. */
function prepareAccept(db: Db) {
  return lazily({
    seen: () =>
      db
        .select({ inbox })
        .from(messageKeys)
        .innerJoin(inbox, eq(inbox.turn, messageKeys.turn))
        .where(and(eq(messageKeys.protocol, p("protocol")), eq(messageKeys.key, p("key"))))
        .prepare(),
    addKey: () =>
      db
        .insert(messageKeys)
        .values({ protocol: p("protocol"), key: p("key"), turn: p("turn"), at: p("at") })
        .onConflictDoNothing()
        .prepare(),
    purgeKeys: () =>
      db
        .delete(messageKeys)
        .where(lt(messageKeys.at, p("before")))
        .prepare(),
    touch: () =>
      db
        .insert(sessions)
        .values({ session: p("session"), turns: 1, createdAt: p("at"), lastAt: p("at") })
        .onConflictDoUpdate({
          target: sessions.session,
          set: { turns: sql`${sessions.turns} + 1`, lastAt: sql`excluded.last_at` },
        })
        .prepare(),
    add: () =>
      db
        .insert(inbox)
        .values({
          turn: p("turn"),
          session: p("session"),
          protocol: p("protocol"),
          channel: p("channel"),
          conversation: p("conversation"),
          sender: p("sender"),
          principal: p("principal"),
          text: p("text"),
          attachments: p("attachments"),
          work: p("work"),
          state: "queued",
          attempts: 0,
          acceptedAt: p("at"),
        })
        .prepare(),
  });
}

/** What reads and runs a turn. */
function prepare(db: Db) {
  return lazily({
    unfinished: () =>
      db
        .select()
        .from(inbox)
        .where(sql`${inbox.state} <> 'done'`)
        .orderBy(inbox.n)
        .prepare(),
    row: () =>
      db
        .select()
        .from(inbox)
        .where(eq(inbox.turn, p("turn")))
        .prepare(),
    begin: () =>
      db
        .update(inbox)
        .set({ state: "running", attempts: sql`${inbox.attempts} + 1` })
        .where(eq(inbox.turn, p("turn")))
        .returning({ turn: inbox.turn })
        .prepare(),
    append: () =>
      db
        .insert(journal)
        .values({
          turn: p("turn"),
          seq: p("seq"),
          type: p("type"),
          at: p("at"),
          facts: p("facts"),
        })
        .prepare(),
    events: () =>
      db
        .select()
        .from(journal)
        .where(eq(journal.turn, p("turn")))
        .orderBy(journal.seq)
        .prepare(),
  });
}

/** What ends a turn. */
function prepareEnding(db: Db) {
  return lazily({
    end: () =>
      db
        .update(inbox)
        .set({ state: "done", reply: sql`${p("reply")}` })
        .where(and(eq(inbox.turn, p("turn")), ne(inbox.state, "done")))
        .returning()
        .prepare(),
    remember: () =>
      db
        .insert(history)
        .values({
          session: p("session"),
          turn: p("turn"),
          role: p("role"),
          content: p("content"),
          toolCalls: p("toolCalls"),
          callId: p("callId"),
          name: p("name"),
          at: p("at"),
        })
        .prepare(),
    reset: () =>
      db
        .update(sessions)
        .set({
          summary: null,
          summaryNext: null,
          resetAfter: sql`(select coalesce(max(${history.n}), 0) from ${history} where ${history.session} = ${p("session")})`,
        })
        .where(eq(sessions.session, p("session")))
        .prepare(),
    send: () => sendQuery(db),
  });
}

function sendQuery(db: Db) {
  return db
    .insert(outbox)
    .values({
      id: p("id"),
      turn: p("turn"),
      session: p("session"),
      protocol: p("protocol"),
      channel: p("channel"),
      conversation: p("conversation"),
      part: p("part"),
      text: p("text"),
      state: "pending",
      attempts: 0,
      nextAt: p("at"),
      at: p("at"),
    })
    .prepare();
}

function acceptQuery(db: Db, clock: Clock) {
  const queries = prepareAccept(db);
  let accepted = 0;
  type Accept = (message: Parameters<Store["accept"]>[0]) => Awaited<ReturnType<Store["accept"]>>;
  const accept: Accept = ({ keys, ...message }) =>
    db.transaction(() => {
      const at = clock.now();
      const { protocol } = message;
      if (accepted++ % PURGE_EVERY === 0) queries.purgeKeys.run({ before: at - KEYS_KEPT_MS });
      const first = keys.map((key) => queries.seen.get({ protocol, key })).find((row) => row);
      const turn = first?.inbox.turn ?? Bun.randomUUIDv7();
      if (first !== undefined && first.inbox.text !== message.text) {
        return { ...identity(first.inbox), result: "conflict" };
      }
      if (first === undefined) {
        queries.touch.run({ session: message.session, at });
        const { attachments = null, work = null } = message;
        queries.add.run({ ...message, attachments, work, turn, at });
      }
      for (const key of keys) queries.addKey.run({ protocol, key, turn, at });
      if (first !== undefined) return { ...identity(first.inbox), result: "duplicate" };
      return { turn, session: message.session, acceptedAt: at, result: "accepted" };
    });
  return accept;
}

/** A notice is a turn that has ended already: it shows in its session, and its delivery is like any other. */
function tellQuery(db: Db, clock: Clock) {
  const accepting = prepareAccept(db);
  const ending = prepareEnding(db);
  type Tell = (notice: Parameters<Store["tell"]>[0]) => boolean;
  const tell: Tell = ({ keys, text, ...notice }) =>
    db.transaction(() => {
      const { protocol, session } = notice;
      if (keys.some((key) => accepting.seen.get({ protocol, key }) !== undefined)) return false;
      const at = clock.now();
      const turn = Bun.randomUUIDv7();
      accepting.touch.run({ session, at });
      accepting.add.run({ ...notice, text: "", attachments: null, work: null, turn, at });
      for (const key of keys) accepting.addKey.run({ protocol, key, turn, at: KEPT_FOR_EVER });
      const usage = NOTHING_USED;
      const reply: Reply = { turn, session, outcome: "refused", reply: text, toolCalls: [], usage };
      ending.end.get({ turn, reply: JSON.stringify(reply) });
      ending.send.run({ ...notice, id: Bun.randomUUIDv7(), turn, part: 0, text, at });
      return true;
    });
  return tell;
}

function finishQuery(
  db: Db,
  clock: Clock,
  append: (turn: string, events: readonly TraceEvent[]) => void,
) {
  const queries = prepareEnding(db);
  type Finish = (...args: Parameters<Store["finish"]>) => void;
  const finish: Finish = (reply, ending) =>
    db.transaction(() => {
      const row = queries.end.get({ turn: reply.turn, reply: JSON.stringify(reply) });
      // No row: it ended before. A second reply would be a second answer.
      if (row === undefined) return;
      const at = clock.now();
      const { turn, session, protocol, channel, conversation } = row;
      append(turn, ending.events);
      for (const { role, content, toolCalls = null, id = null, name = null } of ending.history) {
        queries.remember.run({ session, turn, role, content, toolCalls, callId: id, name, at });
      }
      if (ending.reset === true) queries.reset.run({ session });
      for (const [part, text] of (ending.outbox ?? []).entries()) {
        const id = Bun.randomUUIDv7();
        queries.send.run({ id, turn, session, protocol, channel, conversation, part, text, at });
      }
    });
  return finish;
}

type Row = typeof inbox.$inferSelect;

function identity(row: Row): { turn: string; session: string; acceptedAt: number } {
  return { turn: row.turn, session: row.session, acceptedAt: row.acceptedAt };
}

function toInboxRow(full: Row): InboxRow {
  const { n: _order, state: _state, reply: _reply, attachments, work, ...row } = full;
  return {
    ...row,
    ...(attachments === null ? {} : { attachments }),
    ...(work === null ? {} : { work }),
  };
}

function toEvent(row: typeof journal.$inferSelect): TraceEvent {
  return { seq: row.seq, type: row.type, at: row.at, ...row.facts };
}

function toTrace(row: Row, events: readonly TraceEvent[]): Trace {
  return { turn: row.turn, session: row.session, ...row.reply, state: row.state, events };
}
