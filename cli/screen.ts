/** A terminal with a prompt at its bottom: what is printed appears above, and what was typed so far stays. */
import { createInterface, type Interface } from "node:readline";
import type { Daemon } from "../runtime/daemon.ts";
import { terminalSession } from "./chat.ts";
import { CLEAR_LINE, paint } from "./print.ts";
import { showTurn } from "./show_turn.ts";
import { visible } from "./visible.ts";

/** Prints above a prompt that stays at the bottom, as long as standard input is a terminal. */
export interface Screen {
  readonly print: (text: string) => void;
  /** Takes lines until input ends; each is a message to the agent. */
  readonly chat: (daemon: Daemon) => Promise<void>;
  readonly close: () => void;
}

/** Opens the screen. Without a terminal it only prints. */
export function openScreen(): Screen {
  const prompt = process.stdin.isTTY
    ? createInterface({ input: process.stdin, output: process.stdout, prompt: "› " })
    : undefined;
  // From here on, not from when they are read: what is typed before the chat begins must not be lost.
  const typed = prompt?.[Symbol.asyncIterator]();
  let answering = false;
  // By Ctrl-C or Ctrl-D; what the daemon says while it ends comes after it.
  let closed = false;
  prompt?.once("close", () => {
    closed = true;
    process.stdout.write(CLEAR_LINE);
  });
  return {
    print(text) {
      if (!prompt || answering || closed) {
        process.stdout.write(`${visible(text)}\n`);
        return;
      }
      // Clears the prompt's line, prints, and draws the prompt with what was typed so far again.
      process.stdout.write(`${CLEAR_LINE}${visible(text)}\n`);
      prompt.prompt(true);
    },
    async chat(daemon) {
      if (!prompt || !typed) return;
      prompt.prompt();
      for await (const line of typed) {
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
