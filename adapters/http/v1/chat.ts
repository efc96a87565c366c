/** `POST /v1/chat/completions`: the bare model, without agent and memory. */
import { readChat } from "./asked.ts";
import { chunkStream } from "./chunks.ts";
import { ask, completionOf, wholeCompletion } from "./completion.ts";
import { noSuchModel } from "./errors.ts";
import { modelId } from "../../../runtime/model/pool.ts";
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
  const { model: id, stream, includeUsage, request } = await readChat(asked.request);
  const model = models.find(id);
  if (model === undefined) throw noSuchModel(id ?? "default");
  const name = id === undefined || id === "default" ? modelId(model.status().name) : id;
  const completion = completionOf(name, clock.now());
  if (!stream) return await wholeCompletion(completion, model.generate(request, asked.signal));
  const leaving = new AbortController();
  const leave = (): void => leaving.abort();
  asked.signal.addEventListener("abort", leave, { once: true });
  const events = ask(model, request, leaving.signal);
  const first = firstOf(events);
  // Until something of the answer is there, a failure has a status of its own.
  await Promise.race([first, Bun.sleep(STATUS_MS_MAX)]);
  const { signal } = leaving;
  return chunkStream({ completion, includeUsage, first, events, signal, close: leave, log });
}

/** The first event that is part of the answer. */
async function firstOf(
  events: AsyncIterator<GenerateEvent>,
): Promise<IteratorResult<GenerateEvent>> {
  for (;;) {
    const next = await events.next();
    if (next.done === true || next.value.type !== "queued") return next;
  }
}
