import { defineTool, v } from "moult";

export default defineTool({
  description: "Counts in durable memory how often each mark was made, and tells the counts.",
  input: v.object({ mark: v.optional(v.string()) }),

  async run({ mark }, { kv }) {
    if (mark === undefined) return await kv.list({ limit: 1_000 });
    const before = await kv.get(mark);
    await kv.set(mark, (typeof before === "number" ? before : 0) + 1);
    // Long enough for a random end of the daemon to hit between the effect and its record.
    await new Promise((resolve) => setTimeout(resolve, 80));
    return { marked: mark };
  },
});
