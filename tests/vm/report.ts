/** What a program inside the machine tells the one outside: a line of JSON on the console. */
import { writeSync } from "node:fs";

/** Lines of reports begin with this; the rest is the kernel's talk. */
export const MARK = "@@moult ";

/** Tells one thing. */
export function report(what: object): void {
  writeSync(1, `\n${MARK}${JSON.stringify(what)}\n`);
}
