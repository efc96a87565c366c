/** What every model does behind its port, whatever generates. Each adapter's test calls it with its own engine. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { call, collect, finishOf, requestOf, textOf } from "../runtime/model/answers.ts";
import type { Model } from "../../runtime/ports.ts";
import type { GenerateRequest, ToolSpec } from "../../schemas/model.ts";

/** What the suite says, and which answer the engine under test gives to it. */
export interface ModelCases {
  readonly open: () => Model;
  /** Answered with text. */
  readonly chat: string;
  /** Answered with a call of `tool` with `input`. */
  readonly calling: string;
  readonly tool: ToolSpec;
  readonly input: unknown;
}

/** Declares the suite. */
export function testModel(cases: ModelCases): void {
  let model: Model;
  const ask = (options: Partial<GenerateRequest> = {}): GenerateRequest =>
    requestOf(cases.chat, { tools: [cases.tool], ...options });
  beforeAll(() => {
    model = cases.open();
  });
  afterAll(() => model.close());

  test("a request that comes while the model loads waits and is answered", async () => {
    const events = await collect(model.generate(ask()));
    expect(textOf(events).length).toBeGreaterThan(0);
    expect(model.status().state).toBe("ready");
  });

  test("an answer is tokens and then one done with usage and prompt hash", async () => {
    const events = await collect(model.generate(ask()));
    const done = events.at(-1);
    if (done?.type !== "done") throw new Error("no done");
    expect(done.finish).toBe("stop");
    expect(done.promptHash).toMatch(/^[0-9a-f]{16}$/);
    expect(done.usage.promptTokens).toBeGreaterThan(0);
    expect(done.usage.completionTokens).toBeGreaterThan(0);
    expect(events.filter((event) => event.type === "done")).toHaveLength(1);
  });

  test("the same request gives the same answer and the same prompt hash", async () => {
    const first = await collect(model.generate(ask()));
    const second = await collect(model.generate(ask()));
    expect(textOf(second)).toBe(textOf(first));
    expect(second.at(-1)).toMatchObject({
      promptHash: (first.at(-1) as { promptHash: string }).promptHash,
    });
  });

  test("a tool call comes with its arguments parsed and finishes with tool_calls", async () => {
    const request = requestOf(cases.calling, { tools: [cases.tool] });
    const events = await collect(model.generate(request));
    expect(call(events)).toMatchObject({ name: cases.tool.name, arguments: cases.input });
    expect(textOf(events)).toBe("");
    expect(finishOf(events)).toBe("tool_calls");
  });

  test("a request whose signal is aborted already ends as cancelled without an answer", async () => {
    const events = await collect(model.generate(ask(), AbortSignal.abort()));
    expect(events).toHaveLength(1);
    expect(finishOf(events)).toBe("cancelled");
  });

  test("more requests than slots are all answered", async () => {
    const requests = Array.from({ length: 12 }, (_, n) =>
      collect(model.generate(ask({ session: `s${n}` }))),
    );
    const finishes = (await Promise.all(requests)).map(finishOf);
    expect(finishes).toEqual(Array.from({ length: 12 }, () => "stop"));
  });

  test("tokensMax cuts the answer and says so", async () => {
    const events = await collect(model.generate(ask({ tokensMax: 2 })));
    expect(finishOf(events)).toBe("length");
  });

  test("a reader that stops early frees its slot for the next", async () => {
    for await (const event of model.generate(ask())) if (event.type === "token") break;
    expect(finishOf(await collect(model.generate(ask())))).toBe("stop");
  });
}
