/** What one function may fetch, and how it is told that it may not. */
import { MoultError } from "../../../schemas/error.ts";
import type { Budget } from "./budget.ts";

/** What one function may do. */
export interface EgressRules {
  /** `host:port` pairs. */
  readonly allow: readonly string[];
  /**
   * Values for `{{NAME}}` in headers of requests to `place`, which is `host:port`, or `http://host:port` where nothing
   * is encrypted; `undefined` = not declared for it, or not set.
   */
  readonly secret: (name: string, place: string) => string | undefined;
  /** Values of all secrets that the function names: not sent on to another origin. @default none */
  readonly known?: () => readonly string[];
  readonly offline: boolean;
  /** What the call may still send and receive. */
  readonly budget: Budget;
  /** Addresses of a name, the best first. @default what the system says */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

/** A refusal. @param lack what the manifest would have to name */
export function denied(
  text: string,
  lack?: { readonly kind: string; readonly wanted?: string },
): MoultError {
  return new MoultError("policy/denied", text, lack);
}
