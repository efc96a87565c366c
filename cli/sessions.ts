/** `moult sessions`: conversations, what was said in one, and replies that reached nobody. */
import type { HistoryItem, Letter, SessionInfo } from "../runtime/ports.ts";
import { shortText } from "../runtime/short_text.ts";
import { needDaemon, type Client } from "./client.ts";
import { aside, json, line, localTime, paint, table } from "./print.ts";
import { UsageError, type Command } from "./program.ts";

/** Characters of a tool's result, or of a letter, that are shown. */
const SHOWN_CHARS_MAX = 160;

/** `moult sessions` */
export const command: Command = {
  usage: "[SESSION | rm SESSION]",
  options: { letters: { type: "boolean" } },
  help: `  SESSION       show the newest messages of one session
  rm SESSION    cancel what runs in it and forget all of it
  --letters     replies that did not reach their conversation, or may not have`,
  async run(_program, [name, removed, ...rest], values) {
    const isRemoval = name === "rm" && removed !== undefined;
    if (rest.length > 0 || (removed !== undefined && !isRemoval)) {
      throw new UsageError("Write: moult sessions, moult sessions NAME, or moult sessions rm NAME");
    }
    const asJson = values["json"] === true;
    if (values["letters"] === true) {
      if (name !== undefined)
        throw new UsageError("Letters are of all sessions: leave out the name");
      return await showLetters(needDaemon(values), asJson);
    }
    const client = needDaemon(values);
    if (name === undefined) return await list(client, asJson);
    if (isRemoval) return await remove(client, removed, asJson);
    return await show(client, name, asJson);
  },
};

async function list(client: Client, asJson: boolean): Promise<number> {
  const sessions = await client.json<readonly SessionInfo[]>("GET", "/api/sessions");
  if (asJson) json(sessions);
  else if (sessions.length === 0) aside(paint("dim", "No session yet", process.stderr));
  else {
    table([
      ["SESSION", "TURNS", "LAST"],
      ...sessions.map(({ session, turns, lastAt }) => [session, String(turns), localTime(lastAt)]),
    ]);
  }
  return 0;
}

async function show(client: Client, session: string, asJson: boolean): Promise<number> {
  const path = `/api/sessions/${encodeURIComponent(session)}/messages`;
  const items = await client.json<readonly HistoryItem[]>("GET", path);
  if (asJson) json(items);
  else for (const item of items) showItem(item);
  return 0;
}

/** As `moult chat` shows it: what was said in full, what the tools did in one line. */
function showItem({ role, content, toolCalls = [], name, at }: HistoryItem): void {
  if (role === "user") line(`${paint("dim", localTime(at))} ${paint("bold", `› ${content}`)}`);
  else if (role === "tool") line(paint("dim", `  → ${name ?? "tool"}: ${short(content)}`));
  else {
    for (const call of toolCalls) {
      line(paint("dim", `· ${call.name} ${short(JSON.stringify(call.arguments))}`));
    }
    if (content !== "") line(content);
  }
}

async function remove(client: Client, session: string, asJson: boolean): Promise<number> {
  await client.json("DELETE", `/api/sessions/${encodeURIComponent(session)}`);
  if (asJson) json({ removed: true });
  else line(`Removed ${session}`);
  return 0;
}

async function showLetters(client: Client, asJson: boolean): Promise<number> {
  const letters = await client.json<readonly Letter[]>("GET", "/api/letters");
  if (asJson) json(letters);
  else if (letters.length === 0) aside(paint("dim", "Every reply arrived", process.stderr));
  for (const { state, session, at, error, text, turn } of asJson ? [] : letters) {
    const mark = state === "dead" ? paint("red", "dead   ") : paint("yellow", "unknown");
    line(`${mark} ${paint("dim", localTime(at))} ${paint("bold", session)} ${paint("dim", turn)}`);
    if (error !== "") line(`        ${error}`);
    line(`        ${paint("dim", short(text))}`);
  }
  return 0;
}

function short(text: string): string {
  return shortText(text.replaceAll(/\s+/g, " "), SHOWN_CHARS_MAX);
}
