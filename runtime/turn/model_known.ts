/** Whether a turn needs the model, and the wait until that has said what it can. Asks it nothing. */
import type { InboxRow } from "../ports.ts";
import type { TurnParts } from "./parts.ts";
import { isInstructionsOnly } from "./prefix.ts";

/** Whether a model is asked at all: not for a call whose result is the answer. */
export function needsModel({ functions }: TurnParts, { work }: InboxRow): boolean {
  if (work?.kind !== "call") return true;
  const manifest = functions.get(work.name)?.manifest;
  return manifest !== undefined && isInstructionsOnly(manifest);
}

/** Waits until the model has said how long its context is, or that it has failed: the window depends on it. */
export async function modelKnown(model: TurnParts["model"], signal: AbortSignal): Promise<void> {
  const isKnown = (): boolean => {
    const { state, contextTokens, coming = false } = model.status();
    return contextTokens > 0 || state !== "loading" || coming;
  };
  if (isKnown() || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const unwatch = model.watch(() => {
      if (isKnown()) done();
    });
    const done = (): void => {
      unwatch();
      signal.removeEventListener("abort", done);
      resolve();
    };
    signal.addEventListener("abort", done);
  });
}
