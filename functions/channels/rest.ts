/** Messages posted to `/api/sessions/{session}/messages`. The client fetches its reply; nothing is sent. */
import { defineChannel } from "moult";

export default defineChannel({
  description: "Answers messages that come over the HTTP API.",
  via: "http",
  limits: { timeMs: 1_000 },
  isolate: "worker",

  receive({ session, sender, text }) {
    const said = text.trim();
    return said === ""
      ? { drop: "the text is empty" }
      : { conversation: session, sender, text: said };
  },
});
