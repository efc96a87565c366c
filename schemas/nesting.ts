/** How deeply JSON may be nested that somebody sends: beyond this, whoever walks it would run out of stack. */

/** Levels of objects and lists; people's schemas have a tenth of it. */
export const LEVELS_MAX = 256;

/** Whether a JSON value has more than `levels` objects and lists within each other. */
export function isNestedDeeper(value: unknown, levels: number = LEVELS_MAX): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isNestedDeeper(one, levels - 1));
}
