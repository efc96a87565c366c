/**
 * Failures of SQLite as errors that say what to do. It knows result codes, not tables.
 *
 * drizzle puts query parameters, which are users' texts, into `message`: nothing of a caught message leaves here.
 */
import { MoultError, isMoultError } from "../../schemas/error.ts";

/** What each primary result code asks of the owner. */
const REMEDIES: Readonly<Record<string, string>> = {
  SQLITE_FULL: "the disk is full; free some space, then send it again",
  SQLITE_READONLY:
    "the folder or the file is read-only; make it writable for the user that runs moult",
  SQLITE_CANTOPEN: "the file cannot be opened; check that its folder exists and is writable",
  SQLITE_PERM: "access is not permitted; check the owner and the mode of the file",
  SQLITE_IOERR: "reading or writing the disk failed; check the disk and the free space",
  SQLITE_CORRUPT:
    "the file is damaged; stop moult, move the file away or restore a copy, and start again",
  SQLITE_NOTADB: "the file is not a database; move it away or name another home, and start again",
  SQLITE_BUSY: "another process holds the database; stop it, one daemon owns one home",
  SQLITE_LOCKED: "another process holds the database; stop it, one daemon owns one home",
};

/**
 * Wraps what SQLite or drizzle threw. The cause is kept for a debugger and must not be printed.
 *
 * @param action What failed, as an infinitive: `open the database`.
 */
export function storageFailure(action: string, error: unknown): MoultError {
  if (isMoultError(error)) return error;
  const code = resultCode(error);
  const primary = Object.keys(REMEDIES).find((name) => code.startsWith(name));
  const remedy = primary === undefined ? `the database said ${code}` : REMEDIES[primary];
  return new MoultError("internal", `Cannot ${action}: ${remedy}`, { storage: code }, error);
}

/** The symbolic result code, wherever in the chain of causes it stands. */
function resultCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    // SQLite takes a transaction back by itself when the disk fails it; who then asks for that hides the reason.
    if (/no transaction is active/.test(at.message)) return "SQLITE_IOERR";
    if ("code" in at && typeof at.code === "string" && at.code.startsWith("SQLITE")) return at.code;
    // bun:sqlite gives no code when the file is unreadable before SQLite has looked at it.
    if (/unable to open/i.test(at.message)) return "SQLITE_CANTOPEN";
  }
  return "SQLITE_ERROR";
}

/** Turns a synchronous query into a method of the port: its failures become errors that say what to do. */
export function method<A extends unknown[], R>(
  action: string,
  query: (...args: A) => R,
): (...args: A) => Promise<R> {
  return async (...args) => {
    try {
      return query(...args);
    } catch (error) {
      throw storageFailure(action, error);
    }
  };
}
