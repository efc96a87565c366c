/** The tables of the database, for drizzle. One daemon owns one database; nothing here decides anything. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Attachment, Principal, Work } from "./message.ts";
import type { ToolCall } from "./model.ts";
import type { Pinned, Summary } from "./session.ts";
import type { Reply } from "./turn.ts";

const FORGOTTEN = { onDelete: "cascade" } as const;

/** Our memory of conversations. Deleting a row deletes all that belongs to it. */
export const sessions = sqliteTable("sessions", {
  session: text().primaryKey(),
  turns: integer().notNull(),
  createdAt: integer("created_at").notNull(),
  lastAt: integer("last_at").notNull(),
  /** The model sees what stands in `history` after this row. */
  resetAfter: integer("reset_after").notNull().default(0),
  /** History up to this row can be searched. */
  indexedTo: integer("indexed_to").notNull().default(0),
  /** What stands for the turns that have left the window. */
  summary: text({ mode: "json" }).$type<Summary>(),
  /** The summary that was made ahead, for when the window moves on. */
  summaryNext: text("summary_next", { mode: "json" }).$type<Summary>(),
  pinned: text({ mode: "json" }).$type<readonly Pinned[]>().notNull().default([]),
});

/** One row per accepted message, which is one row per turn. `n` is the order of acceptance. */
export const inbox = sqliteTable(
  "inbox",
  {
    n: integer().primaryKey({ autoIncrement: true }),
    turn: text().notNull().unique(),
    session: text()
      .notNull()
      .references(() => sessions.session, FORGOTTEN),
    protocol: text().notNull(),
    channel: text().notNull(),
    conversation: text().notNull(),
    sender: text().notNull(),
    principal: text({ mode: "json" }).$type<Principal>().notNull(),
    text: text().notNull(),
    attachments: text({ mode: "json" }).$type<readonly Attachment[]>(),
    work: text({ mode: "json" }).$type<Work>(),
    state: text({ enum: ["queued", "running", "done"] }).notNull(),
    attempts: integer().notNull(),
    acceptedAt: integer("accepted_at").notNull(),
    /** `null` until the turn has ended. */
    reply: text({ mode: "json" }).$type<Reply>(),
  },
  (t) => [
    index("inbox_session").on(t.session),
    index("inbox_unfinished")
      .on(t.n)
      .where(sql`state <> 'done'`),
  ],
);

/** Under which keys a message may come again. Several per message; kept longer than any platform repeats. */
export const messageKeys = sqliteTable(
  "message_keys",
  {
    protocol: text().notNull(),
    key: text().notNull(),
    turn: text()
      .notNull()
      .references(() => inbox.turn, FORGOTTEN),
    at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.protocol, t.key] }),
    index("message_keys_turn").on(t.turn),
    index("message_keys_at").on(t.at),
  ],
);

/** What happened in a turn, in order: its trace, and what a resumed turn does not do again. */
export const journal = sqliteTable(
  "journal",
  {
    turn: text()
      .notNull()
      .references(() => inbox.turn, FORGOTTEN),
    seq: integer().notNull(),
    type: text().notNull(),
    at: integer().notNull(),
    /** The event's own fields. */
    facts: text({ mode: "json" }).$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.turn, t.seq] })],
);

/** Sessions as the model sees them again. */
export const history = sqliteTable(
  "history",
  {
    n: integer().primaryKey({ autoIncrement: true }),
    session: text()
      .notNull()
      .references(() => sessions.session, FORGOTTEN),
    turn: text().notNull(),
    role: text({ enum: ["user", "assistant", "tool"] }).notNull(),
    content: text().notNull(),
    toolCalls: text("tool_calls", { mode: "json" }).$type<readonly ToolCall[]>(),
    callId: text("call_id"),
    name: text(),
    at: integer().notNull(),
  },
  (t) => [index("history_session").on(t.session, t.n)],
);

/** Replies that a transport delivers. `n` is the order inside a session. */
export const outbox = sqliteTable(
  "outbox",
  {
    n: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    turn: text()
      .notNull()
      .references(() => inbox.turn, FORGOTTEN),
    session: text().notNull(),
    protocol: text().notNull(),
    channel: text().notNull(),
    conversation: text().notNull(),
    /** Which piece of the reply. */
    part: integer().notNull().default(0),
    text: text().notNull(),
    /** `sending` after a start = the process died while it was on its way. */
    state: text({ enum: ["pending", "sending", "sent", "dead", "unknown"] }).notNull(),
    attempts: integer().notNull(),
    nextAt: integer("next_at").notNull(),
    error: text(),
    at: integer().notNull(),
  },
  (t) => [
    index("outbox_turn").on(t.turn),
    index("outbox_open")
      .on(t.session, t.n)
      .where(sql`state in ('pending', 'sending')`),
    index("outbox_letters")
      .on(t.n)
      .where(sql`state in ('dead', 'unknown')`),
  ],
);

/** Durable values of functions. */
export const kv = sqliteTable(
  "kv",
  {
    fn: text().notNull(),
    key: text().notNull(),
    /** JSON text. */
    value: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.fn, t.key] })],
);
