import { defineTool, v } from "moult";

/** Kept where nothing can collect it. */
const hoard: Uint8Array[] = [];

export default defineTool({
  description:
    "Does what a broken function does: loops, eats memory, ends its process or never answers.",
  input: v.object({ how: v.picklist(["loop", "eat", "exit", "abort", "hang", "well"]) }),
  limits: { timeMs: 3_000, cpuMs: 1_000, memoryMiB: 128 },

  async run({ how }) {
    if (how === "well") return "done";
    if (how === "loop") for (;;);
    if (how === "eat")
      for (;;) {
        hoard.push(new Uint8Array(8 * 1024 * 1024).fill(1));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    if (how === "exit") process.exit(3);
    if (how === "abort") process.abort();
    return await new Promise<never>(() => {});
  },
});
