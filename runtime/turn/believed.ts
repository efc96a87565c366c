/**
 * What a model too small to be believed may say in the end: of results what they bear out, and where nothing came of
 * a question that the user has answered before, what the user said. It calls no model.
 */
import type { ToolCallRecord } from "../../schemas/turn.ts";
import { faithful } from "./statement.ts";

type Result = Pick<ToolCallRecord, "name" | "input" | "output" | "error">;

/** Turns the model's text into what may be said; `undefined`: its words stand as they are. */
export function believed(turn: {
  readonly asked: string;
  /** What the user has told before that answers it. */
  readonly told: string | undefined;
  readonly results: readonly Result[];
}): ((text: string) => string) | undefined {
  const { asked, told, results } = turn;
  const isFruitless = ({ output, error }: Result): boolean =>
    error !== undefined || !hasNews(output, asked);
  if (told !== undefined && results.every(isFruitless)) return () => toldBefore(asked, told);
  return results.length === 0 ? undefined : (text) => faithful(text, asked, results);
}

/** Whether there is a value in a result. One that repeats what was asked is none. */
function hasNews(output: unknown, asked: string): boolean {
  if (typeof output === "string") return !asked.includes(output.trim());
  if (typeof output !== "object" || output === null) return output !== undefined;
  return Object.values(output).some((value) => hasNews(value, asked));
}

function toldBefore(asked: string, told: string): string {
  return /\p{Script=Han}/u.test(asked) ? `你之前说过：${told}` : `You told me before: ${told}`;
}
