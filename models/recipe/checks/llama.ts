/**
 * Compares llama.cpp with what checks/expected.py wrote: token ids, and the probabilities of what comes next.
 *
 *     bun models/recipe/checks/llama.ts MODEL.f16.gguf expected.json [--flash]
 *
 * With the kernels that moult runs on. Keys and values stay in 32 bits: what 16 cost is not the file's doing. `--halves` has
 * them in 16, `--flash` in 16 and with flash attention.
 */
import { readFileSync } from "node:fs";
import type { Token } from "node-llama-cpp";
import { openLlama } from "../../../adapters/llama/library.ts";

interface Expected {
  readonly cases: readonly { ids: Token[]; next: Token[]; probabilities: number[] }[];
  readonly texts: readonly { text: string; ids: Token[] }[];
}

const [path, file, how] = process.argv.slice(2);
if (path === undefined || file === undefined) throw new Error("Give a GGUF and expected.json");
const { cases, texts } = JSON.parse(readFileSync(file, "utf8")) as Expected;
const llama = await openLlama(false, 1);
const model = await llama.loadModel({ modelPath: path });
const whole = { experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32" } as const;
const context = await model.createContext({
  contextSize: 2048,
  flashAttention: how === "--flash",
  ...(how === undefined ? whole : {}),
});
const sequence = context.getSequence();

const other = texts.filter(
  ({ text, ids }) => JSON.stringify(model.tokenize(text, true)) !== JSON.stringify(ids),
);
for (const { text, ids } of other.slice(0, 5))
  console.log("differs:", JSON.stringify(text), ids.join(), model.tokenize(text, true).join());
console.log(`token ids: ${texts.length} strings, ${other.length} differ`);

let most = 0;
let sum = 0;
let count = 0;
for (const { ids, next, probabilities } of cases) {
  await sequence.clearHistory();
  const last = ids.at(-1) as Token;
  const out = await sequence.controlledEvaluate([
    ...ids.slice(0, -1),
    [last, { generateNext: { probabilities: true } }],
  ]);
  const found = out.at(-1)?.next.probabilities ?? new Map<Token, number>();
  next.forEach((token, at) => {
    const difference = Math.abs((found.get(token) ?? 0) - (probabilities[at] ?? 0));
    most = Math.max(most, difference);
    sum += difference;
    count++;
  });
}
console.log(
  `probabilities: ${cases.length} beginnings, 20 tokens each; largest difference ${most.toExponential(2)}, mean ${(sum / count).toExponential(2)}`,
);
await llama.dispose();
