/** How long to wait after failures in a row: twice as long after each, up to a bound. */

/**
 * Milliseconds to wait after so many failures in a row; 0 after none.
 *
 * @param pause `firstMs`: after the first failure. `maxMs`: the bound
 */
export function backOffMs(
  failures: number,
  pause: { readonly firstMs: number; readonly maxMs: number },
): number {
  return failures === 0 ? 0 : Math.min(pause.firstMs * 2 ** (failures - 1), pause.maxMs);
}
