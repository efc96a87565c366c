/** Which slot a newcomer gets. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Llama, LlamaModel } from "node-llama-cpp";
import { openLlama } from "../../../adapters/llama/library.ts";
import { insideSequence } from "../../../adapters/llama/loop/addon.ts";
import { wrapperFor } from "../../../adapters/llama/prompt_wrapper.ts";
import { type Slot, Slots } from "../../../adapters/llama/slots.ts";
import { KvStore } from "../../../runtime/model/kv_store.ts";
import { newFolder, removeFolders } from "../../runtime/model/kv_folder.ts";

const MODEL = join(import.meta.dir, "../../../models/moult-mini.gguf");

let llama: Llama;
let model: LlamaModel;
beforeAll(async () => {
  llama = await openLlama(false, 1);
  model = await llama.loadModel({ modelPath: MODEL, gpuLayers: 0, useMmap: false });
});
afterAll(async () => {
  await llama.dispose();
  removeFolders();
});

async function open(isKept: boolean): Promise<Slots> {
  const kv = { folder: newFolder(), ramMiB: 8, diskMiB: 8 };
  const slots = new Slots(model, wrapperFor(model).wrapper, {
    contextTokens: 256,
    slots: 6,
    threads: { max: 1, fixed: true },
    batchTokens: 64,
    lazy: false,
    whole: false,
    store: () => (isKept ? new KvStore(kv, "test", () => {}) : undefined),
  });
  await slots.open();
  return slots;
}

let tokens = 1;
const wanted = () => ({ session: undefined, nameless: true, tokens: Uint32Array.of(tokens++, 7) });
const numberOf = ({ sequence }: Slot) => insideSequence(sequence)._sequenceId;

/** Takes as many at once; their numbers. */
async function crowd(slots: Slots, count: number): Promise<number[]> {
  const taken: Slot[] = [];
  for (let at = 0; at < count; at++) taken.push(await slots.take(wanted()));
  for (const slot of taken) slots.give(slot);
  return taken.map(numberOf);
}

const span = (numbers: readonly number[]) => Math.max(...numbers) - Math.min(...numbers) + 1;

test("chats at the same time are neighbours, whatever was used before", async () => {
  const slots = await open(true);
  const seen = new Set<number>();
  // As many as fit once, and some: a circle would have to begin again in the middle.
  for (const count of [1, 1, 1, 1, 1, 3, 2, 4, 3, 5, 4]) {
    const numbers = await crowd(slots, count);
    expect(new Set(numbers).size).toBe(count);
    expect(span(numbers)).toBe(count);
    for (const number of numbers) seen.add(number);
  }
  expect(seen.size).toBe(6);
  await slots.close();
});

test("one after the other they take turns, the one that was used longest ago first", async () => {
  const slots = await open(true);
  const turns = [];
  for (let at = 0; at < 12; at++) turns.push(...(await crowd(slots, 1)));
  expect(turns.slice(6)).toEqual(turns.slice(0, 6));
  expect(new Set(turns.slice(0, 6)).size).toBe(6);
  await slots.close();
});

test("where nothing is kept, what was used last stays longest", async () => {
  const slots = await open(false);
  for (let at = 0; at < 5; at++) await crowd(slots, 1);
  expect(await crowd(slots, 3)).toEqual([5, 0, 1]);
  await slots.close();
});
