/** The frames between the daemon and the model host: JSON over the process's IPC channel. */
import type { EngineInfo, EngineLimits, EngineOptions, EngineStats } from "./engine.ts";
import type { WireError } from "../../schemas/error.ts";
import type { GenerateEvent, GenerateRequest, Lane } from "../../schemas/model.ts";

/** Daemon → host. `start` comes first, once. */
export type ToHost =
  | { readonly type: "start"; readonly options: EngineOptions }
  | { readonly type: "generate"; readonly id: number; readonly request: GenerateRequest }
  /** Ids are of one row with those of `generate`. */
  | {
      readonly type: "embed";
      readonly id: number;
      readonly lane: Lane;
      readonly texts: readonly string[];
    }
  | { readonly type: "cancel"; readonly id: number }
  /** Nothing that a session said stays. */
  | { readonly type: "forget"; readonly session: string }
  /** How much of the machine may be used from now on. What is absent is bounded by the options alone. */
  | { readonly type: "limit"; readonly limits: Partial<EngineLimits> }
  | { readonly type: "close" };

/** Host → daemon, several in one message. A request ends with its `done` event or with `error`; nothing follows. */
export type FromHost =
  | { readonly type: "ready"; readonly info: EngineInfo; readonly loadMs: number }
  /** It is not ready, and only somebody else can change that: why, for people. `ready` follows when that has passed. */
  | { readonly type: "waiting"; readonly reason: string }
  /** The model can not be loaded; starting again would not help. The host exits. */
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "event"; readonly id: number; readonly event: GenerateEvent }
  /** Of the next text of an `embed`; nothing follows that of the last. */
  | {
      readonly type: "vector";
      readonly id: number;
      readonly vector: readonly number[];
      readonly tokens: number;
    }
  | { readonly type: "error"; readonly id: number; readonly error: WireError }
  /** The queue changed. At most one per tick. */
  | {
      readonly type: "load";
      readonly queued: Readonly<Record<Lane, number>>;
      readonly running: number;
      /** Milliseconds that one more request would wait; absent before one has ended. */
      readonly waitMs?: number;
      readonly stats?: EngineStats;
    }
  /** "I live": while there is work, every `BEAT_MS`. */
  | { readonly type: "beat" };

/** How often a busy host says that it lives. */
export const BEAT_MS = 2_000;

const TO_HOST = new Set(["start", "generate", "embed", "cancel", "forget", "limit", "close"]);
const FROM_HOST = new Set([
  "ready",
  "waiting",
  "failed",
  "event",
  "vector",
  "error",
  "load",
  "beat",
]);

function isFrame(data: unknown, types: ReadonlySet<string>): boolean {
  if (typeof data !== "object" || data === null || !("type" in data)) return false;
  return typeof data.type === "string" && types.has(data.type);
}

/** Whether `data` is a frame for the host. Both ends are ours and of one version, so only its type is checked. */
export function isToHost(data: unknown): data is ToHost {
  return isFrame(data, TO_HOST);
}

function isFromHost(data: unknown): data is FromHost {
  return isFrame(data, FROM_HOST);
}

/** The frames in a message from the host. What is none is left out. */
export function framesFromHost(message: unknown): readonly FromHost[] {
  return [message].flat().filter(isFromHost);
}

/** Posts frames of one moment in one message: each costs more than what most frames say. */
export function together(post: (frames: readonly FromHost[]) => void): (frame: FromHost) => void {
  let frames: FromHost[] = [];
  const flush = (): void => {
    const posted = frames;
    frames = [];
    post(posted);
  };
  return (frame) => {
    if (frames.push(frame) === 1) queueMicrotask(flush);
  };
}
