/**
 * Asks a question over HTTP and prints the answer as it grows. A cut, or a restart of the daemon, loses nothing.
 * Run it where `bun start` runs: bun examples/ask.ts "what is 17 * 23?"
 */
import { env, stderr, stdout } from "node:process";

const home = env["MOULT_HOME"] ?? ".moult";
const key = (await Bun.file(`${home}/owner.key`).text()).trim();
const text = process.argv.slice(2).join(" ") || "what time is it?";
// The id makes it one message, however often it is sent.
const body = JSON.stringify({ text, id: crypto.randomUUID(), stream: true });
const headers = { authorization: `Bearer ${key}`, "last-event-id": "" };

let shown = "";

/** Shows one event; says whether it was the last. */
function show(event: string): boolean {
  const [, id, type, data = ""] = /^id: (.+)\nevent: (.+)\ndata: (.+)$/.exec(event) ?? [];
  if (type === "turn" && shown !== "") stdout.write("\n"); // It begins again, so do its words.
  if (type === "turn") shown = "";
  if (type === "token") stdout.write(JSON.parse(data).text);
  if (type === "token") shown += JSON.parse(data).text;
  // What was streamed may be less than the reply: after a restart, or when a channel changes it.
  if (type === "done" && JSON.parse(data).reply !== shown)
    stdout.write(`\n${JSON.parse(data).reply}`);
  if (type === "done") stdout.write("\n");
  headers["last-event-id"] = id ?? headers["last-event-id"];
  return type === "done";
}

/** Sends the message, again perhaps; says whether its answer came to the end. */
async function ask(): Promise<boolean> {
  const { url } = await Bun.file(`${home}/daemon.json`).json();
  const path = `${url}/api/sessions/ask/messages`;
  const answer = await fetch(path, { method: "POST", headers, body });
  if (answer.status >= 400 && answer.status < 500) {
    stderr.write(await answer.text());
    process.exit(1);
  }
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of answer.body ?? []) {
    const events = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = events.pop() ?? "";
    if (events.some(show)) return true;
  }
  return false;
}

// No connection, or none any more: the next try goes on after the last event seen.
while (!(await ask().catch(() => false))) await Bun.sleep(500);
