/** Refuses names that no session can have. Knows the shape of a name, not which sessions there are. */
import * as v from "valibot";
import { MoultError } from "../../schemas/error.ts";
import { SessionName } from "../../schemas/message.ts";

/** The name itself. Throws `session/invalid` with what a name may hold. */
export function checkSession(name: string): string {
  const parsed = v.safeParse(SessionName, name);
  if (parsed.success) return parsed.output;
  throw new MoultError("session/invalid", parsed.issues[0].message);
}
