/** `moult approve FN`: shows what a function asks for that was not approved yet, and approves it. */
import type { FunctionInfo, Waiting } from "../schemas/function.ts";
import { needDaemon, type Client } from "./client.ts";
import { aside, json, line, localTime, paint } from "./print.ts";
import { UsageError, type Command } from "./program.ts";

/** `moult approve` */
export const command: Command = {
  usage: "FUNCTION",
  options: { yes: { type: "boolean", short: "y" }, revoke: { type: "boolean" } },
  help: `  --yes         approve without being asked
  --revoke      take back what was approved: the function waits again`,
  async run(_program, [name, ...rest], values) {
    if (name === undefined || rest.length > 0)
      throw new UsageError("Name one function: moult approve weather");
    const client = needDaemon(values);
    const asJson = values["json"] === true;
    if (values["revoke"] === true) return await revoke(client, name, asJson);
    const info = await client.json<FunctionInfo>("GET", pathOf(name));
    const { waiting } = info;
    if (waiting === undefined) {
      if (asJson) json(info);
      else line(nothingToApprove(info));
      return 0;
    }
    if (!asJson) for (const text of approvalLines(info, waiting)) line(text);
    if (values["yes"] !== true && !(await isWanted(name, asJson))) return 1;
    const approved = await approve(client, name, waiting);
    if (asJson) json(approved);
    else line(paint("green", `${name} ${approved.version} is approved and serves`));
    return 0;
  },
};

/** Whether the owner says yes. Throws `UsageError` where nobody can be asked. */
async function isWanted(name: string, asJson: boolean): Promise<boolean> {
  if (asJson || !process.stdin.isTTY)
    throw new UsageError(`Nobody is here to ask; look at it, then: moult approve ${name} --yes`);
  if (await isYes("Approve?")) return true;
  line("Not approved");
  return false;
}

/** Approves exactly what was shown. Rejects when the function has changed since. */
export async function approve(
  client: Client,
  name: string,
  { hash }: Waiting,
): Promise<FunctionInfo> {
  return await client.json<FunctionInfo>("POST", `${pathOf(name)}/approve`, { hash });
}

/** More than fit a window: whoever is asked below them has not seen the first ones. */
const LINES_SEEN = 20;

/** What a version asks for against what was approved, line by line. */
export function approvalLines(
  { name, file, grant }: Pick<FunctionInfo, "name" | "file" | "grant">,
  waiting: Waiting,
): string[] {
  const { version, description, descriptionBefore, wants, drops, keeps, damaged } = waiting;
  const since = grant && ` (approved: ${grant.version}, ${localTime(grant.approvedAt)})`;
  return [
    `${paint("bold", name)}  ${file}, version ${version}${since ?? ""}`,
    ...(damaged === undefined ? [] : [paint("yellow", damaged)]),
    ...(descriptionBefore === undefined
      ? [`  ${description}`]
      : [paint("red", `  - ${descriptionBefore}`), paint("green", `  + ${description}`)]),
    ...wants.map((text) => paint("yellow", `  new: ${text}`)),
    ...drops.map((text) => `  no longer: ${text}`),
    ...keeps.map((text) => paint("dim", `  as before: ${text}`)),
    ...(wants.length === 0
      ? ["  asks for nothing new; its content or its words have changed"]
      : []),
    ...(wants.length > LINES_SEEN
      ? [paint("yellow", `  ${String(wants.length)} are new; read them from the first one on`)]
      : []),
  ];
}

/**
 * Asks about each function that waits and was not asked about yet, as a terminal chat does.
 * @param asked Hashes that were asked about; grows
 */
export async function askAboutWaiting(
  client: Client,
  asked: Set<string>,
  ask: (question: string) => Promise<boolean>,
): Promise<void> {
  const functions = await client.json<readonly FunctionInfo[]>("GET", "/api/functions");
  for (const info of functions) {
    const { name, waiting } = info;
    if (waiting === undefined || asked.has(waiting.hash)) continue;
    asked.add(waiting.hash);
    for (const text of approvalLines(info, waiting)) aside(text);
    if (!(await ask(`Approve ${name}?`))) aside(`Not now; later: moult approve ${name}`);
    else {
      await approve(client, name, waiting);
      aside(`${name} is approved`);
    }
  }
}

/** Whether an answer says yes. Anything but y or yes is no. */
export function saysYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer.trim());
}

/** Asks on the terminal. Anything but y or yes is no. */
export async function isYes(question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = Promise.withResolvers<string>();
  terminal.once("close", () => closed.resolve(""));
  try {
    const said = await Promise.race([terminal.question(`${question} [y/N] `), closed.promise]);
    return saysYes(said);
  } finally {
    terminal.close();
  }
}

async function revoke(client: Client, name: string, asJson: boolean): Promise<number> {
  const info = await client.json<FunctionInfo>("POST", `${pathOf(name)}/revoke`);
  if (asJson) json(info);
  else if (info.grant !== undefined)
    aside(`${name} was approved again on sight; "moult dev" does that to every file of its folder`);
  else if (info.waiting === undefined) line(`${name} needs no approval: ${info.state}`);
  else
    line(
      `${name} is no longer approved; ${info.waiting.runs ? "it runs without what is optional" : info.state}`,
    );
  return 0;
}

function nothingToApprove({ name, origin, grant, state }: FunctionInfo): string {
  if (origin === "builtin") return `${name} came with moult and is approved`;
  if (grant !== undefined) return `${name} is approved already: version ${grant.version}`;
  return state === "failed"
    ? `${name} does not load; see moult list`
    : `${name} asks for nothing, so that it needs no approval`;
}

function pathOf(name: string): string {
  return `/api/functions/${encodeURIComponent(name)}`;
}
