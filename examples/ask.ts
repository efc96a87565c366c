/** Asks over a WebSocket; a cut or a restart of the daemon loses nothing. bun examples/ask.ts "what is 17 * 23?" */
import { argv, env, exit, stdout } from "node:process";

const home = env["MOULT_HOME"] ?? ".moult";
const key = (await Bun.file(`${home}/owner.key`).text()).trim();
const text = argv.slice(2).join(" ") || "what time is it?";
// The id makes it one message, however often it is sent.
const message = { type: "message", session: "ask", text, id: crypto.randomUUID(), lastEventId: "" };

async function connect(): Promise<void> {
  const { url } = await Bun.file(`${home}/daemon.json`).json();
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, ["moult", key]);
  socket.addEventListener("open", () => socket.send(JSON.stringify(message)));
  socket.addEventListener("message", ({ data }) => {
    const event = JSON.parse(data);
    if (event.turn) message.lastEventId = event.id;
    const refused = event.type === "error" && !event.turn;
    if (refused || event.type === "done") stdout.write(`${event.reply ?? event.error.message}\n`);
    if (refused || event.type === "done") exit(refused ? 1 : 0);
  });
  socket.addEventListener("close", () => setTimeout(() => void connect(), 500)); // Goes on after the last event.
}
await connect();
