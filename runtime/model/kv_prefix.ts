/** How much of two lists of tokens is the same, from the beginning. Knows numbers only. */

/** Tokens of one block; what is shared is known to a block's length. */
export const BLOCK_TOKENS = 64;

/** One number for each full block; equal numbers mean that all is equal from the first token to that block's end. */
export function blocksOf(tokens: Uint32Array): BigUint64Array {
  const blocks = new BigUint64Array(Math.floor(tokens.length / BLOCK_TOKENS));
  let before = 0n;
  for (let i = 0; i < blocks.length; i++) {
    const block = tokens.subarray(i * BLOCK_TOKENS, (i + 1) * BLOCK_TOKENS);
    before = Bun.hash.xxHash64(block, before);
    blocks[i] = before;
  }
  return blocks;
}

/** Tokens of the blocks that two lists begin with. */
export function sharedBlocks(a: BigUint64Array, b: BigUint64Array): number {
  let [low, high] = [0, Math.min(a.length, b.length)];
  // Where one block is the same, all before it are.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (a[middle - 1] === b[middle - 1]) low = middle;
    else high = middle - 1;
  }
  return low * BLOCK_TOKENS;
}

/** Tokens that two lists begin with. */
export function sharedTokens(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a[i] === b[i]) i++;
  return i;
}
