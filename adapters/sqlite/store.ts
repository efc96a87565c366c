/** The Store port on bun:sqlite through drizzle. The only adapter that knows SQL; it decides nothing about turns. */
import type { Clock, Store } from "../../runtime/ports.ts";
import { openDatabase } from "./database.ts";
import { inboxQueries } from "./inbox.ts";
import { kvQueries } from "./kv.ts";
import { outboxQueries } from "./outbox.ts";
import { searchQueries } from "./search.ts";
import { sessionQueries } from "./sessions.ts";

/**
 * Opens the database `file`, and creates or migrates it.
 *
 * @param clock @default the machine's
 * @throws {MoultError} `internal`, with what to do; see `openDatabase()`
 */
export function openStore(file: string, clock: Clock = { now: Date.now }): Store {
  const { db, client } = openDatabase(file);
  const { write, ...values } = kvQueries(db);
  return {
    ...inboxQueries(db, clock, write),
    ...outboxQueries(db, clock),
    ...sessionQueries(db),
    ...searchQueries(client),
    ...values,
    close: () => {
      client.close();
    },
  };
}
