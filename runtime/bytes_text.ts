/** Sizes as people read them. */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `4.1 GiB` */
export function bytesText(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1_024 ** step;
  return `${value.toFixed(step === 0 || value >= 100 ? 0 : 1)} ${UNITS[step]}`;
}
