/** What runs in a build process: a tool like any other, which builds the files that it is called with. */
import * as v from "valibot";
import { defineTool } from "../define.ts";
import { buildAll, type Outcome, type Source } from "./build_all.ts";

/** Characters of bundles in one answer. What is beyond is asked for again, alone. */
const ANSWER_CHARS_MAX = 16 * 1_048_576;

// oxlint-disable-next-line import/no-default-export -- a function file has its definition there
export default defineTool({
  description: "Builds function files.",
  input: v.object({ sources: v.array(v.custom<Source>(() => true)) }),
  run: async ({ sources }): Promise<{ readonly outcomes: readonly (Outcome | null)[] }> => {
    let chars = 0;
    const outcomes = (await buildAll(sources)).map((outcome) => {
      if ("built" in outcome) chars += outcome.built.text.length;
      return chars > ANSWER_CHARS_MAX && sources.length > 1 ? null : outcome;
    });
    return { outcomes };
  },
});
