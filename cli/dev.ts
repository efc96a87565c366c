/** `moult dev`: the daemon, every reload and failure as it happens, and a prompt to chat at meanwhile. */
import { createInterface, type Interface } from "node:readline";
import type { RuntimeEvent } from "../schemas/turn.ts";
import { terminalSession } from "./chat.ts";
import { json, paint, word } from "./print.ts";
import type { Daemon } from "../runtime/daemon.ts";
import type { Command } from "./program.ts";
import { showTurn } from "./show_turn.ts";
import { DAEMON_HELP, DAEMON_OPTIONS, daemonOptions, stopOnSignals } from "./start.ts";

/** `moult dev` */
export const command: Command = {
  usage: "[options]",
  options: DAEMON_OPTIONS,
  help: DAEMON_HELP,
  async run(program, _positionals, values) {
    const options = daemonOptions(values);
    const asJson = values["json"] === true;
    const screen = openScreen();
    const starting = program.startDaemon(options);
    stopOnSignals(starting);
    const { daemon, home, warnings } = await starting;
    if (asJson) {
      json({ type: "started", url: daemon.url, home: home.dir });
      daemon.watch(json);
    } else {
      for (const warning of warnings) screen.print(paint("yellow", `warning: ${warning}`));
      screen.print(
        `moult ${program.version} on ${paint("bold", daemon.url)}  API page: ${daemon.url}/docs`,
      );
      screen.print(paint("dim", `functions ${options.functions}, key ${home.dir}/owner.key`));
      daemon.watch((event) => {
        const text = describe(event);
        if (text !== undefined) screen.print(text);
      });
    }
    void screen.chat(daemon);
    await daemon.stopped;
    screen.close();
    return 0;
  },
};

/** One line (or a few) for a runtime event; `undefined` for those that are not worth one. */
function describe(event: RuntimeEvent): string | undefined {
  const name = paint("bold", word(event["name"]));
  switch (event.type) {
    case "function.loaded":
      return `${paint("green", "✓")} ${name} ${word(event["version"])} in ${Math.round(Number(event["ms"]))} ms`;
    case "function.failed":
      return `${paint("red", "✗")} ${name} ${word(event["error"])}`;
    case "function.removed":
      return `${paint("yellow", "−")} ${name} removed`;
    case "function.crashed":
      return `${paint("red", "✗")} ${name} crashed: ${word(event["reason"])}`;
    case "function.rolled_back":
      return `${paint("yellow", "↩")} ${name} ${rolledBack(event)}`;
    case "function.denied":
      return `${paint("yellow", "⛔")} ${name} ${word(event["text"])}`;
    case "function.log":
      return paint(
        "dim",
        `  ${word(event["name"])} ${word(event["level"])}: ${word(event["text"])}`,
      );
    case "model.state":
      return paint(
        "dim",
        `model ${word(event["state"])}${event["reason"] ? `: ${word(event["reason"])}` : ""}`,
      );
    case "turn.started":
    case "turn.done":
      return undefined;
  }
}

function rolledBack({ from, to, because }: RuntimeEvent): string {
  const why = because === "crashes" ? `: ${word(from)} crashed too often` : "";
  return `is back at ${word(to)}${why}`;
}

/** Prints above a prompt that stays at the bottom, as long as standard input is a terminal. */
interface Screen {
  readonly print: (text: string) => void;
  /** Takes lines until input ends; each is a message to the agent. */
  readonly chat: (daemon: Daemon) => Promise<void>;
  readonly close: () => void;
}

function openScreen(): Screen {
  const prompt = process.stdin.isTTY
    ? createInterface({ input: process.stdin, output: process.stdout, prompt: "› " })
    : undefined;
  let answering = false;
  // By Ctrl-C or Ctrl-D; what the daemon says while it ends comes after it.
  let closed = false;
  prompt?.once("close", () => {
    closed = true;
    process.stdout.write("\r\u001B[K");
  });
  return {
    print(text) {
      if (!prompt || answering || closed) {
        process.stdout.write(`${text}\n`);
        return;
      }
      // Clears the prompt's line, prints, and draws the prompt with what was typed so far again.
      process.stdout.write(`\r\u001B[K${text}\n`);
      prompt.prompt(true);
    },
    async chat(daemon) {
      if (!prompt) return;
      prompt.prompt();
      for await (const line of prompt) {
        if (line.trim() !== "") {
          answering = true;
          await answer(daemon, line, prompt);
          answering = false;
        }
        if (!closed) prompt.prompt();
      }
      await daemon.stop();
    },
    close: () => prompt?.close(),
  };
}

/** Answers one line; Ctrl-C cancels the turn, not the daemon. */
async function answer(daemon: Daemon, line: string, prompt: Interface): Promise<void> {
  const cancel = new AbortController();
  const onInterrupt = (): void => cancel.abort();
  prompt.on("SIGINT", onInterrupt);
  try {
    await showTurn(daemon.say(terminalSession(), line, cancel.signal));
  } catch (error) {
    process.stdout.write(`${paint("red", (error as Error).message)}\n`);
  } finally {
    prompt.off("SIGINT", onInterrupt);
  }
}
