/** Embeddings and the list of models on the wire. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { V1Server, openAiErrorOf } from "./v1_model.ts";

const v1 = new V1Server();
afterAll(() => v1.server.stop());
beforeEach(() => v1.reset());

describe("models", () => {
  test("are listed, and shown by their names, also those of providers", async () => {
    const list = (await (await v1.server.ask("/v1/models")).json()) as { data: object[] };
    const big = { id: "lab/big", object: "model", created: 8, owned_by: "lab" };
    expect(list.data).toEqual([
      { id: "real", object: "model", created: 7, owned_by: "moult" },
      big,
    ]);
    expect((await (await v1.server.ask("/v1/models/lab%2Fbig")).json()) as object).toEqual(big);
  });
});

describe("embeddings", () => {
  const embed = (body: object) =>
    v1.server.post("/v1/embeddings", { model: "default", input: "a", ...body });
  const vectorsOf = async (response: Response) => {
    const { data } = (await response.json()) as { data: { embedding: unknown }[] };
    return data.map(({ embedding }) => embedding);
  };

  test("are numbers, one vector a text, in order", async () => {
    const response = await embed({ input: ["a", "b"] });
    const body: unknown = await response.json();
    expect(body).toMatchObject({
      object: "list",
      model: "real",
      data: [
        { object: "embedding", index: 0, embedding: [0.6, 0, -0.8] },
        { object: "embedding", index: 1 },
      ],
      usage: { prompt_tokens: 6, total_tokens: 6 },
    });
    expect(v1.embedded).toEqual([["a", "b"]]);
  });

  test("are base64 of floats for whoever wants them so", async () => {
    const [text] = await vectorsOf(await embed({ encoding_format: "base64" }));
    const bytes = Buffer.from(String(text), "base64");
    const floats = [0, 4, 8].map((at) => bytes.readFloatLE(at));
    expect(floats.map((value) => Math.round(value * 100) / 100)).toEqual([0.6, 0, -0.8]);
  });

  test("are shorter and of length 1 for whoever wants fewer dimensions", async () => {
    expect(await vectorsOf(await embed({ dimensions: 2 }))).toEqual([[1, 0]]);
    expect((await embed({ dimensions: 4 })).status).toBe(400);
  });

  test.each([
    ["token ids", { input: [1, 2] }, "input"],
    ["lists of token ids", { input: [[1], [2]] }, "input"],
    ["no text", { input: [] }, "input"],
    ["another encoding", { encoding_format: "hex" }, "encoding_format"],
    ["a model that makes none", { model: "mute" }, "model"],
  ])("refuse %s", async (_, body, param) => {
    const response = await embed(body);
    expect([response.status, (await openAiErrorOf(response)).param]).toEqual([400, param]);
    expect(v1.embedded).toHaveLength(0);
  });
});
