/** The lines of a chat that the gateway answers itself: `/start`, `/help`, `/reset`, `/tools`. No model is asked. */
import type { Functions } from "../load/functions.ts";
import { shortText } from "../short_text.ts";
import { NOTHING_USED } from "../../schemas/turn.ts";
import type { Ending } from "../turn/turn.ts";

/** What can be typed, with what it does. */
export const COMMANDS = {
  start: "says who this is",
  help: "says what can be typed",
  tools: "lists what I can do",
  reset: "begins a new conversation",
} as const;

type Command = keyof typeof COMMANDS;

/** Tools in a list; a chat message has its limits. */
const TOOLS_MAX = 60;

/** Characters of one tool's description in a list. */
const DESCRIPTION_CHARS_MAX = 120;

/** `/name`, perhaps with the bot it is meant for, and nothing else; `/start` may carry a parameter. */
const LINE = /^\/([a-z]+)(?:@[A-Za-z0-9_]+)?(?:\s+\S{1,64})?\s*$/;

/** The command that a line is; `undefined`: it is a message for the model. */
export function commandOf(text: string): Command | undefined {
  const name = LINE.exec(text)?.[1];
  return name !== undefined && Object.hasOwn(COMMANDS, name) ? (name as Command) : undefined;
}

/** What a command's turn ends with. */
export function answerCommand(command: string, functions: Functions): Ending {
  return {
    outcome: "answered",
    text: textOf(command as Command, functions),
    toolCalls: [],
    usage: NOTHING_USED,
    history: [],
    events: [],
    ...(command === "reset" ? { reset: true } : {}),
  };
}

function textOf(command: Command, functions: Functions): string {
  const typed = Object.entries(COMMANDS).map(([name, does]) => `/${name} ${does}`);
  switch (command) {
    case "start":
      return `Hello! I am your agent; I run on your own machine. Write to me as you would to a person.\n\n${typed.join("\n")}`;
    case "help":
      return typed.join("\n");
    case "reset":
      return "A new conversation begins. What was said before stays in your records, but I no longer look at it.";
    case "tools":
      return toolList(functions);
  }
}

function toolList(functions: Functions): string {
  const ready = functions
    .list()
    .filter(({ kind, state }) => (kind === "tool" || kind === "skill") && state === "ready");
  if (ready.length === 0)
    return "I have no tools yet. Drop a file into functions/ and I can do it.";
  const lines = ready.slice(0, TOOLS_MAX).map(({ name, manifest }) => {
    return `${name}: ${shortText(manifest?.description ?? "", DESCRIPTION_CHARS_MAX)}`;
  });
  const more = ready.length - lines.length;
  return [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n");
}
