/** `POST /v1/chat/completions`: the bare model, without agent and memory. */
import { readChat } from "./asked.ts";
import { chunkStream } from "./chunks.ts";
import { completionOf, wholeCompletion } from "./completion.ts";
import { findModel } from "./models.ts";
import { noRoomNow, WAIT_MS_MAX } from "../../../runtime/model/admission.ts";
import { within } from "../../../runtime/within.ts";
import type { GenerateEvent } from "../../../schemas/model.ts";
import type { Asked } from "../operation.ts";
import type { Services } from "../services.ts";

/** A stream's status is sent after this long, even when nothing is known of the answer yet. */
const STATUS_MS_MAX = 20_000;

/** Answers a chat completion. */
export async function chatCompletion(
  { models, clock, log }: Pick<Services, "models" | "clock" | "log">,
  asked: Asked,
): Promise<unknown> {
  const { model: wanted, stream, includeUsage, request } = await readChat(asked.request);
  const { model, id } = findModel(models, wanted);
  const completion = completionOf(id, clock.now());
  const leaving = new AbortController();
  const { signal } = leaving;
  const events = model.generate(request, signal)[Symbol.asyncIterator]();
  const leave = (): void => {
    leaving.abort();
    // Whoever is in the middle of an answer lets go of the model: one that is never read on would stay in use.
    events.return?.().catch(() => {});
  };
  asked.signal.addEventListener("abort", leave, { once: true });
  if (asked.signal.aborted) leave();
  const first = firstOf(events, id);
  if (!stream) return await wholeCompletion(completion, await first, events);
  // Until something of the answer is there, a failure has a status of its own.
  await within(first, STATUS_MS_MAX);
  return chunkStream({ completion, includeUsage, first, events, signal, close: leave, log });
}

/** The first event that is part of the answer. Rejects with `queue/full` when that would take too long. */
async function firstOf(
  events: AsyncIterator<GenerateEvent>,
  id: string,
): Promise<IteratorResult<GenerateEvent>> {
  for (;;) {
    const next = await events.next();
    if (next.done === true || next.value.type !== "queued") return next;
    const { etaMs = 0 } = next.value;
    if (etaMs <= (WAIT_MS_MAX.api ?? Number.POSITIVE_INFINITY)) continue;
    await events.return?.();
    const beginsIn = `it would take ${Math.round(etaMs / 1_000)} s to begin`;
    throw noRoomNow(`The model "${id}" has so much to do that ${beginsIn}`, etaMs);
  }
}
