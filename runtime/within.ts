/** Waits for something, but not for ever. */

/** Resolves when `promise` does, or after `ms` milliseconds. Rejects as it does, as long as it is in time. */
export async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  try {
    await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
