/** `moult open`: shows the daemon in a browser, logged in by a ticket that works once. */
import { within } from "../runtime/within.ts";
import { findOrStartDaemon } from "./autostart.ts";
import { json, line } from "./print.ts";
import { UsageError, type Command } from "./program.ts";
import { DAEMON_HELP, DAEMON_OPTIONS } from "./start.ts";

/** A starter of browsers that still runs then has become the browser. */
const STARTER_MS_MAX = 2_000;

interface Ticket {
  readonly path: string;
  readonly expiresInMs: number;
}

/** `moult open` */
export const command: Command = {
  usage: "[--print]",
  options: { ...DAEMON_OPTIONS, print: { type: "boolean" } },
  help: `  --print            print the address instead of starting a browser
Options for the daemon that is started when none runs:
${DAEMON_HELP}`,
  async run(program, positionals, values) {
    if (positionals.length > 0) throw new UsageError("moult open takes no argument");
    const client = await findOrStartDaemon(program, values);
    const { path, expiresInMs } = await client.json<Ticket>("POST", "/api/login/ticket");
    const url = new URL(path, client.url).href;
    const opened = values["print"] === true ? undefined : await startBrowser(url, process.env);
    if (values["json"] === true) json({ url, expiresInMs, opened: opened ?? false });
    else if (opened) line(`Opened ${client.url} in the browser`);
    else {
      if (opened === false) line("No browser could be started here. Open this in one:");
      line(url);
      line(`It works once, within ${expiresInMs / 1_000} seconds`);
    }
    return 0;
  },
};

/** Whether a browser took the address. */
async function startBrowser(url: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const starter of starters(env)) {
    const words = starter.split(/\s+/);
    const [program = ""] = words;
    if (Bun.which(program) === null) continue;
    const named = words.some((part) => part.includes("%s"));
    const args = named ? words.map((part) => part.replaceAll("%s", url)) : [...words, url];
    const child = Bun.spawn(args, { stdio: ["ignore", "ignore", "ignore"], detached: true });
    child.unref();
    await within(child.exited, STARTER_MS_MAX);
    if (child.exitCode === null || child.exitCode === 0) return true;
  }
  return false;
}

/** What may start a browser here, best first; none where there is no screen. */
function starters(env: NodeJS.ProcessEnv): readonly string[] {
  const wished = (env["BROWSER"] ?? "").split(":").filter((one) => one.trim() !== "");
  if (process.platform === "darwin") return [...wished, "open"];
  const screen = env["DISPLAY"] || env["WAYLAND_DISPLAY"];
  const windows = env["WSL_DISTRO_NAME"] ? ["wslview"] : [];
  return [...wished, ...windows, ...(screen ? ["xdg-open"] : [])];
}
