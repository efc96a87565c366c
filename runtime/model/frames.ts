/** The frames between the daemon and the model host: JSON over the process's IPC channel. */
import type { EngineInfo, EngineOptions } from "./engine.ts";
import type { WireError } from "../../schemas/error.ts";
import type { GenerateEvent, GenerateRequest, Lane } from "../../schemas/model.ts";

/** Daemon → host. `start` comes first, once. */
export type ToHost =
  | { readonly type: "start"; readonly options: EngineOptions }
  | { readonly type: "generate"; readonly id: number; readonly request: GenerateRequest }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "close" };

/** Host → daemon. A request ends with its `done` event or with `error`; nothing follows. */
export type FromHost =
  | { readonly type: "ready"; readonly info: EngineInfo; readonly loadMs: number }
  /** The model can not be loaded; starting again would not help. The host exits. */
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "event"; readonly id: number; readonly event: GenerateEvent }
  | { readonly type: "error"; readonly id: number; readonly error: WireError }
  /** The queue changed. At most one per tick. */
  | {
      readonly type: "load";
      readonly queued: Readonly<Record<Lane, number>>;
      readonly running: number;
    }
  /** "I live": while there is work, every `BEAT_MS`. */
  | { readonly type: "beat" };

/** How often a busy host says that it lives. */
export const BEAT_MS = 2_000;

const TO_HOST = new Set(["start", "generate", "cancel", "close"]);
const FROM_HOST = new Set(["ready", "failed", "event", "error", "load", "beat"]);

function isFrame(data: unknown, types: ReadonlySet<string>): boolean {
  if (typeof data !== "object" || data === null || !("type" in data)) return false;
  return typeof data.type === "string" && types.has(data.type);
}

/** Whether `data` is a frame for the host. Both ends are ours and of one version, so only its type is checked. */
export function isToHost(data: unknown): data is ToHost {
  return isFrame(data, TO_HOST);
}

/** Whether `data` is a frame from the host. */
export function isFromHost(data: unknown): data is FromHost {
  return isFrame(data, FROM_HOST);
}
