/** Tells objects with keys from everything else that JSON has. */

/** Whether a value is an object with keys: no list, and not `null`. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
