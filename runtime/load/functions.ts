/** The table of functions as the rest of the runtime uses it. */
import type { CallResult, FunctionCall } from "../ports.ts";
import type { FunctionInfo } from "../../schemas/function.ts";
import type { Handler } from "../isolate/deployment.ts";

/** Every loaded function by name. Entries are swapped whole; a call runs on the version it began with. */
export interface Functions {
  /** All functions, by name. */
  readonly list: () => readonly FunctionInfo[];
  readonly get: (name: string) => FunctionInfo | undefined;
  /** The HTTP form of a call, for `/fn/{name}`. Errors come as error documents; it never rejects. */
  readonly fetch: (name: string, call: FunctionCall) => Promise<Response>;
  /** One call of a turn or of another function. Errors come in the result; it never rejects. */
  readonly run: (name: string, call: FunctionCall, handler?: Handler) => Promise<CallResult>;
  /** Puts the version before the present one back. Throws `function/not-found`, or `function/invalid` when there is none. */
  readonly rollback: (name: string) => Promise<FunctionInfo>;
}

/** The owner's word about functions. */
export interface Approvals {
  /**
   * Approves what waits for approval, which serves from then on; nothing waiting is fine. Throws `function/not-found`,
   * and `input/invalid` when that is no longer what `hash` names.
   */
  readonly approve: (name: string, hash?: string) => Promise<FunctionInfo>;
  /** Takes every approval back: what needs one ends. Throws `function/not-found`. */
  readonly revoke: (name: string) => Promise<FunctionInfo>;
}
