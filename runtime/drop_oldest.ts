/** Keeps what is remembered bounded. */

/** Removes the entries that were put in first, until no more than `max` are left. */
export function dropOldest<K>(
  remembered: {
    readonly size: number;
    readonly keys: () => Iterable<K>;
    readonly delete: (key: K) => boolean;
  },
  max: number,
): void {
  for (const key of remembered.keys()) {
    if (remembered.size <= max) return;
    remembered.delete(key);
  }
}
