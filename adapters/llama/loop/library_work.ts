/** What node-llama-cpp itself wants decoded, beside our streams, as work of the loop. */
import type { DecodeRequest, LogitMapper } from "./addon.ts";
import type { Work } from "./work.ts";

/** What was made of logits, with the positions of their tokens. */
type Values = (readonly [position: number, value: unknown])[];

/** Work of the library's, and what it wants to know. */
export function libraryWork(
  { sequenceId, firstTokenSequenceIndex, tokens, logits }: DecodeRequest,
  mapper: LogitMapper,
): { readonly work: Work; readonly values: Promise<Values> } {
  const values: Values = [];
  const { promise, resolve, reject } = Promise.withResolvers<Values>();
  let left = tokens.length;
  const wanted = new Set(
    logits.flatMap((isWanted, i) => (isWanted === true ? [firstTokenSequenceIndex + i] : [])),
  );
  let used = 0;
  const finish = () => {
    if (left === 0 && used === wanted.size) resolve(values);
  };
  const work: Work = {
    sequence: sequenceId,
    lane: "api",
    position: firstTokenSequenceIndex,
    tokens: Uint32Array.from(tokens),
    wanted,
    decoded: (count) => {
      left -= count;
      finish();
    },
    use: async (index, position) => {
      values.push([position, await mapper(index, position)]);
      used++;
      finish();
    },
    fail: reject,
  };
  return { work, values: promise };
}
