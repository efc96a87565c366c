/** The hash by which equal contents are recognised. */

/** SHA-256 of a content, as 64 hex digits. */
export function contentHash(content: string | NodeJS.TypedArray): string {
  return new Bun.CryptoHasher("sha256").update(content).digest("hex");
}
