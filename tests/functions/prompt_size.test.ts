/** What the built-in tools cost in every prompt, counted by the embedded model's own tokenizer and template. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import {
  type ChatModelFunctions,
  getLlama,
  JinjaTemplateChatWrapper,
  type LlamaModel,
} from "node-llama-cpp";
import { type Definition } from "moult";

const ROOT = join(import.meta.dir, "../..");

let model: LlamaModel;

beforeAll(async () => {
  const llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
  model = await llama.loadModel({
    modelPath: join(ROOT, "models/moult-mini.gguf"),
    vocabOnly: true,
  });
});

afterAll(() => model.dispose());

test("all built-in tools together take less than 600 tokens of a prompt", async () => {
  const functions: Record<string, unknown> = {};
  for await (const file of new Bun.Glob("functions/tools/[!_]*.ts").scan(ROOT)) {
    const { default: tool } = (await import(join(ROOT, file))) as { default: Definition };
    if (tool.kind !== "tool") continue;
    const name = file.replace(/^.*\/|\.ts$/g, "");
    functions[name] = {
      description: tool.description,
      params: toJsonSchema(tool.input, { typeMode: "input" }),
    };
  }
  const size = (availableFunctions: ChatModelFunctions) =>
    promptText(availableFunctions).tokenize(model.tokenizer).length;
  const tokens = size(functions as ChatModelFunctions) - size({});
  expect(Object.keys(functions)).toHaveLength(6);
  expect(tokens).toBeGreaterThan(60);
  expect(tokens).toBeLessThan(600);
});

function promptText(availableFunctions: ChatModelFunctions) {
  const template = model.fileInfo.metadata.tokenizer.chat_template ?? "";
  const chatHistory = [
    { type: "system", text: "You are Moult, a helpful assistant." },
    { type: "user", text: "hello" },
  ] as const;
  return new JinjaTemplateChatWrapper({ template }).generateContextState({
    chatHistory: [...chatHistory],
    availableFunctions,
  }).contextText;
}
