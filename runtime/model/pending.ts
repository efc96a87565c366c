/** What was asked of a model and is not answered yet: an answer, or vectors. Knows frames; knows no process. */
import { WAIT_MS_MAX } from "./admission.ts";
import type { Answer } from "./answer.ts";
import type { Embedding } from "./embedding.ts";
import { NO_USAGE } from "./engine.ts";
import type { ToHost } from "./frames.ts";
import type { MoultError } from "../../schemas/error.ts";
import type { GenerateRequest, Lane } from "../../schemas/model.ts";

/** One request on its way. */
export interface Pending {
  readonly id: number;
  readonly lane: Lane;
  /** By `performance.now()`. */
  readonly startedAt: number;
  /** Its signal no longer matters. */
  readonly release: () => void;
  /** Whoever asked waits for one of both. */
  readonly answer?: Answer;
  readonly embedding?: Embedding;
  /** What the host is asked, now. */
  readonly frame: () => ToHost;
  readonly fail: (error: MoultError) => void;
  /** It was cancelled, and has ended. */
  readonly endCancelled: () => void;
  tries: number;
  /** Something of the answer was handed over; a second try would repeat it. */
  delivered: boolean;
  cancelled: boolean;
}

/** Who asks. */
export interface Wanted {
  readonly id: number;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
}

/** Somebody waits for an answer. */
export function pendingAnswer(wanted: Wanted, request: GenerateRequest, answer: Answer): Pending {
  const { id } = wanted;
  const { lane } = request;
  const { waitMsMax = WAIT_MS_MAX[lane] } = request;
  const begun = begin(wanted, lane);
  const frame = (): ToHost => {
    if (waitMsMax === undefined) return { type: "generate", id, request };
    // One that is asked again has waited before.
    const left = Math.max(0, waitMsMax - (performance.now() - begun.startedAt));
    return { type: "generate", id, request: { ...request, waitMsMax: left } };
  };
  return {
    ...begun,
    answer,
    frame,
    fail: (error) => answer.fail(error),
    endCancelled: () =>
      answer.push({ type: "done", finish: "cancelled", promptHash: "", usage: NO_USAGE }),
  };
}

/** Somebody waits for vectors. */
export function pendingVectors(wanted: Wanted, lane: Lane, embedding: Embedding): Pending {
  const { id, signal } = wanted;
  return {
    ...begin(wanted, lane),
    embedding,
    frame: () => ({ type: "embed", id, lane, texts: embedding.left() }),
    fail: (error) => embedding.fail(error),
    endCancelled: () => embedding.fail(signal?.reason),
  };
}

function begin({ id, signal, onAbort }: Wanted, lane: Lane) {
  signal?.addEventListener("abort", onAbort, { once: true });
  const release = (): void => signal?.removeEventListener("abort", onAbort);
  const startedAt = performance.now();
  return { id, lane, startedAt, release, tries: 0, delivered: false, cancelled: false };
}
