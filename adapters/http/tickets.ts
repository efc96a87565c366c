/** Tickets that log one browser in, once. They live in memory, for a minute; knows nothing of cookies and keys. */
import { createHash, randomBytes } from "node:crypto";
import { dropOldest } from "../../runtime/drop_oldest.ts";
import type { Clock } from "../../runtime/ports.ts";

/** A browser needs seconds to start on a small machine; whoever finds the address later finds it used up. */
export const TICKET_MS_MAX = 60_000;
/** Tickets that are valid at once; beyond it the oldest ends early. */
const TICKETS_MAX = 16;

/** The tickets of one daemon. */
export class Tickets {
  readonly #clock: Clock;
  /** When each ends, in milliseconds since the epoch, by the hash of the ticket; oldest first. */
  readonly #ends = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new ticket: 43 characters that may stand in an address. */
  issue(): string {
    const ticket = randomBytes(32).toString("base64url");
    this.#ends.set(digest(ticket), this.#clock.now() + TICKET_MS_MAX);
    dropOldest(this.#ends, TICKETS_MAX);
    return ticket;
  }

  /** Whether the ticket was valid; it no longer is. */
  redeem(ticket: string): boolean {
    const hash = digest(ticket);
    const end = this.#ends.get(hash);
    this.#ends.delete(hash);
    return end !== undefined && this.#clock.now() < end;
  }
}

/** What is kept of a ticket: a look-up by hash takes no time that says anything about the ticket. */
const digest = (ticket: string): string => createHash("sha256").update(ticket).digest("hex");
