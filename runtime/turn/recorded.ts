/** What the journal of a turn already holds: the model steps and calls that are not done again after a crash. */
import type { TraceEvent, ToolCallRecord } from "../../schemas/turn.ts";
import type { Finish, GenerateUsage, ToolCall } from "../../schemas/model.ts";

/** A finished model step as the journal keeps it. Times in milliseconds. */
export interface ModelStep extends GenerateUsage {
  readonly type: "model";
  /** From 0. */
  readonly step: number;
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly finish: Finish;
  /** The text ended in a call that was broken off. */
  readonly cut: boolean;
  readonly promptHash: string;
  /** Accepted → first token of this step; 0 when none came. */
  readonly firstTokenMs: number;
  /** Estimated tokens of system text and tools. */
  readonly prefixTokens: number;
  /** Messages of earlier turns in the prompt. */
  readonly windowItems: number;
  /** Names of the tools that were offered. */
  readonly tools: readonly string[];
}

/** The journal of the attempts before this one. */
export class Recorded {
  readonly #steps = new Map<number, ModelStep>();
  readonly #begun = new Set<string>();
  readonly #results = new Map<string, ToolCallRecord>();

  constructor(events: readonly TraceEvent[]) {
    const inputs = new Map<string, unknown>();
    for (const event of events) {
      // The journal is our own; what stands under a type was written by `turn.ts`.
      if (event.type === "model") {
        const step = event as unknown as ModelStep;
        this.#steps.set(step.step, step);
      } else if (event.type === "tool_call") {
        const { id, input } = event as unknown as ToolCallRecord;
        this.#begun.add(id);
        inputs.set(id, input);
      } else if (event.type === "tool_result") {
        const { id, name, version, output, error, ms } = event as unknown as ToolCallRecord;
        const ending = error === undefined ? { output } : { error };
        this.#results.set(id, { id, name, version, input: inputs.get(id), ...ending, ms });
      }
    }
  }

  /** The answer of a model step that finished. */
  step(step: number): ModelStep | undefined {
    return this.#steps.get(step);
  }

  /** Whether a call was begun: its effect may have happened. */
  begun(id: string): boolean {
    return this.#begun.has(id);
  }

  /** The result of a call that finished. */
  result(id: string): ToolCallRecord | undefined {
    return this.#results.get(id);
  }
}
