/** Lines typed at `moult chat` and at the prompt of `moult dev`. */
import { defineChannel } from "moult";

/** Colours and cursor keys that a terminal pastes along: escape sequences, then lone control characters. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const KEYS = /\u001B\[[\d;?]*[ -/]*[@-~]|[\u0000-\u0008\u000B-\u001F\u007F]/g;

export default defineChannel({
  description: "Answers lines typed in a terminal.",
  via: "terminal",
  limits: { timeMs: 1_000 },
  isolate: "worker",

  receive({ session, text, user }) {
    const said = text.replace(KEYS, "").trim();
    return said === ""
      ? { drop: "the line is empty" }
      : { conversation: session, sender: user, text: said };
  },

  // What a model writes must not move the cursor or rename the window.
  render: (reply) => reply.replace(KEYS, ""),
});
