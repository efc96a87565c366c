/** What function hosts need from the rest of the runtime; `assemble.ts` joins it. */
import type { Keepers } from "../policy/keepers.ts";
import type { CallResult, FunctionCall, Model, Store } from "../ports.ts";
import type { Crash } from "./deployment.ts";

/** The daemon as hosts see it. */
export interface HostServices {
  readonly kv: Pick<Store, "kvGet" | "kvList" | "kvCommit" | "kvRoom">;
  /** Whose those values are. Asked before they are read, and before they are changed. */
  readonly keepers: Pick<Keepers, "check" | "claim">;
  /** The value of a secret that `fn` declares; `undefined` = the owner has not set it. */
  readonly secret: (fn: string, name: string) => string | undefined;
  /** Absent = `ctx.model` answers `model/unavailable`. */
  readonly model?: Model;
  /** Calls `name` for `from`. Must not reject; must not commit `writes`: whoever asked does. */
  readonly call: (from: string, name: string, call: FunctionCall) => Promise<CallResult>;
  /** A line of a function's log. */
  readonly log: (fn: string, level: "info" | "warn" | "error", facts: object, text: string) => void;
  /** Something broke that is not the function's doing: `text` belongs in moult's own log. `fn` is empty for the pool. */
  readonly fault: (fn: string, text: string) => void;
  /** A refusal: `kind` is a permission, `secret` or `system`; `wanted` is the name that the manifest lacks there, if that is why. */
  readonly denied: (fn: string, kind: string, text: string, wanted?: string) => void;
  /** A host ended without being asked to, or passed a limit other than the time of one call. */
  readonly crashed: (crash: Crash) => void;
}
