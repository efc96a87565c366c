import { appendFile } from "node:fs/promises";
import { defineTool, v } from "moult";

/** The bench puts a folder of its own here: what a function may touch is named by absolute paths. */
const FOLDER = "/tmp/moult-bench-diary";

export default defineTool({
  description: "Appends a mark to a file outside of moult.",
  input: v.object({ mark: v.string() }),
  permissions: { write: [FOLDER] },

  async run({ mark }) {
    await appendFile(`${FOLDER}/marks.txt`, `${mark}\n`);
    // Long enough for a random end of the daemon to hit between the effect and its record.
    await new Promise((resolve) => setTimeout(resolve, 80));
    return { marked: mark };
  },
});
