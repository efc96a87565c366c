/** What a function threw and did not foresee, in words that say what to do. Runs inside a host. */

/** What the kernel's refusal of a connection looks like from inside. */
const NO_NETWORK = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EPERM",
  "FailedToOpenSocket",
]);

/** What is said where nobody knows what it wanted to reach. */
export const NETWORK_HINT =
  "a function has no network of its own: name the host in permissions.net, and use fetch";

/** The same of a program. */
const NO_PROGRAM = new Set(["EACCES", "EPERM"]);

/** The same as `Bun.$` prints it. */
const NO_PROGRAM_OF_SHELL =
  /^bun: (?:Permission denied|Operation not permitted|command not found): (.+)$/m;

/** Something thrown that is no error. */
export function describeThrown(value: unknown): string {
  return typeof value === "string"
    ? value
    : `The function threw ${value === null ? "null" : typeof value}`;
}

function textOf(error: Error, key: "code" | "path" | "syscall"): string {
  const value: unknown = key in error ? (error as unknown as Record<string, unknown>)[key] : "";
  return typeof value === "string" ? value : "";
}

/** The program that a function was not let start, as it named it; `undefined`: that is not what went wrong. */
export function refusedProgram(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof Bun.$.ShellError)
    return NO_PROGRAM_OF_SHELL.exec(error.stderr.toString())?.[1];
  const program = textOf(error, "path");
  if (program === "") return undefined;
  // By name it is not even found: only what may be started is on the PATH.
  const isUnknown = error.message.startsWith("Executable not found in $PATH");
  // Before it starts one, Bun makes its pipes.
  const isStart = /^(posix_)?spawn|^socketpair$/.test(textOf(error, "syscall"));
  return isUnknown || (isStart && NO_PROGRAM.has(textOf(error, "code"))) ? program : undefined;
}

/** An unforeseen error for the caller. A function that tries what it may not learns how it is done. */
export function explainThrown(error: unknown): string {
  if (!(error instanceof Error)) return describeThrown(error);
  const program = refusedProgram(error);
  if (program !== undefined)
    return `${error.message}; a function starts only the programs that it names: add permissions: { exec: [${JSON.stringify(program)}] }`;
  // Errors of files have a path, too; those of `fetch` have the address there.
  const path = textOf(error, "path");
  const isFile = path !== "" && !path.includes("://");
  if (!NO_NETWORK.has(textOf(error, "code")) || isFile) return error.message;
  return `${error.message}; ${NETWORK_HINT}`;
}
