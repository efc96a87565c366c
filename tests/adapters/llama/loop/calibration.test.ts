/** What is tried before there is work, on decodes that only say what they take. */
import { expect, test } from "bun:test";
import { calibrate } from "../../../../adapters/llama/loop/calibration.ts";

async function tried(threadsMax: number, sequencesMax: number, takes: Takes) {
  const decodes: string[] = [];
  const learnt: string[] = [];
  const best = await calibrate({
    threadsMax,
    sequencesMax,
    decode: async (threads, sequences, position) => {
      expect(position).toBe(decodes.length);
      decodes.push(`${threads} ${sequences}`);
      return takes(threads, sequences);
    },
    learn: (threads, sequences) => void learnt.push(`${threads} ${sequences}`),
  });
  return { best, decodes, learnt };
}

type Takes = (threads: number, sequences: number) => number;

test("as many threads as help are found, and sizes are tried with them and with one", async () => {
  const { best, learnt } = await tried(8, 4, (threads) => (threads <= 3 ? 6 / threads : 6));
  expect(best).toBe(3);
  expect(learnt).toEqual(["1 1", "2 1", "3 1", "4 1", "3 2", "1 2", "3 4", "1 4"]);
});

test("where threads wait for each other endlessly, they are tried once and nothing is learnt of them", async () => {
  const { best, decodes, learnt } = await tried(4, 1, (threads) => (threads === 1 ? 1 : 5_000));
  expect(best).toBe(1);
  expect(decodes.filter((kind) => kind === "2 1")).toHaveLength(1);
  expect(decodes.some((kind) => kind === "3 1")).toBe(false);
  expect(learnt).toEqual(["1 1"]);
});

test("many sequences may take as many times as long as one", async () => {
  const { learnt } = await tried(1, 64, (_, sequences) => sequences * 1.5);
  expect(learnt).toContain("1 64");
});

test("of a slow model no sizes are tried", async () => {
  const { decodes } = await tried(1, 16, () => 40);
  expect(new Set(decodes)).toEqual(new Set(["1 1"]));
});

test("of a large model each number of threads is tried once, before time is up", async () => {
  const { best, decodes } = await tried(2, 4, (threads) => 400 / threads);
  expect(best).toBe(2);
  expect(decodes).toEqual(["1 1", "2 1"]);
});
