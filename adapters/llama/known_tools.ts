/**
 * Requests bring their tools along each time, and mostly the same. Much is remembered of a tool by its object, so one that
 * says the same is given as the object that it was before. Knows no request.
 */
import { dropOldest } from "../../runtime/drop_oldest.ts";
import type { ToolSpec } from "../../schemas/model.ts";

const TOOLS_MAX = 512;

/** Tools that were offered lately. */
export class KnownTools {
  readonly #tools = new Map<string, ToolSpec>();

  /** The same tools, each as the object that it was known by first. */
  of(tools: readonly ToolSpec[]): readonly ToolSpec[] {
    return tools.map((tool) => {
      const key = JSON.stringify(tool);
      const known = this.#tools.get(key) ?? tool;
      // Inserted anew: the map's order is the order of use.
      this.#tools.delete(key);
      this.#tools.set(key, known);
      dropOldest(this.#tools, TOOLS_MAX);
      return known;
    });
  }
}
