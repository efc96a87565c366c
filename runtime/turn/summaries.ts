/**
 * Makes summaries ahead, after turns, so that no answer waits for one. One at a time, behind everybody else at the
 * model; where the model gives none, rules do.
 */
import type { HistoryItem } from "../ports.ts";
import { isMoultError } from "../../schemas/error.ts";
import type { Summary } from "../../schemas/session.ts";
import { headLimits, leavingSoon } from "./compaction.ts";
import { exchangesIn } from "./exchanges.ts";
import type { TurnParts } from "./parts.ts";
import { summariseByModel, summariseByRules } from "./summary.ts";

/** Sessions that may wait for their summary. Those beyond get theirs by rules when they need it. */
const WAITING_MAX = 32;

/** A model that takes longer has other things to do. */
const MODEL_MS_MAX = 300_000;

/** What came of asking the model. */
interface Written {
  /** Absent: nothing usable. */
  readonly text?: string | undefined;
  /** The model had others to answer. */
  readonly later?: boolean;
}

/** The summaries of this process. */
export class Summaries {
  readonly #parts: TurnParts;
  readonly #closing: AbortSignal;
  readonly #waiting = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(parts: TurnParts, closing: AbortSignal) {
    this.#parts = parts;
    this.#closing = closing;
  }

  /** Looks whether a session's window is nearly full. To be called when a turn of it has ended. */
  look(session: string): void {
    if (this.#leaving(session) === undefined || this.#waiting.size >= WAITING_MAX) return;
    this.#waiting.add(session);
    this.#running ??= this.#work();
  }

  /** Resolves when nothing is being made. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #work(): Promise<void> {
    for (const session of this.#waiting) {
      await this.#make(session).catch((error: unknown) => {
        // The next turn makes it by rules.
        this.#parts.log.warn({ session, error }, "A summary could not be kept");
      });
      this.#waiting.delete(session);
      if (this.#closing.aborted) break;
    }
    this.#running = undefined;
  }

  async #make(session: string): Promise<void> {
    const { store, memory, model } = this.#parts;
    const wanted = this.#leaving(session);
    if (wanted === undefined) return;
    const { before, version, reaches } = wanted;
    const tokensMax = headLimits(model.status().contextTokens).summary;
    const leaving = { before, tokensMax, exchanges: exchangesIn(wanted.leaving) };
    const { text: written, later } = await this.#written(leaving);
    // It made way for a turn: the end of that, or of the next one here, is when it is tried again.
    if (this.#closing.aborted || later) return;
    const turns = await store.turnsUntil(session, reaches);
    const text = written ?? summariseByRules(leaving);
    const summaryNext: Summary = {
      reaches,
      turns,
      text,
      by: written === undefined ? "rules" : "model",
      version,
    };
    await store.keepContext(session, { summaryNext });
    memory.keep(session, { summaryNext });
  }

  async #written(leaving: Parameters<typeof summariseByRules>[0]): Promise<Written> {
    const { model, log } = this.#parts;
    if (model.status().state !== "ready") return {};
    const signal = AbortSignal.any([this.#closing, AbortSignal.timeout(MODEL_MS_MAX)]);
    try {
      return { text: await summariseByModel(model, leaving, signal) };
    } catch (error) {
      log.debug({ error }, "The model wrote no summary");
      return { later: isMoultError(error) && error.code === "queue/full" };
    }
  }

  #leaving(session: string):
    | {
        readonly leaving: readonly HistoryItem[];
        readonly reaches: string;
        readonly before: string;
        readonly version: number;
      }
    | undefined {
    const { memory, model } = this.#parts;
    const entry = memory.peek(session);
    // The embedded model is shown no summary: it was trained without.
    if (entry === undefined || model.status().embedded) return undefined;
    const { summary } = entry.context;
    const soon = leavingSoon(entry.items, entry.context, entry.tokensMax);
    if (soon === undefined) return undefined;
    return { ...soon, before: summary?.text ?? "", version: (summary?.version ?? 0) + 1 };
  }
}
