/** Reads a stream of bytes as text, up to a bound. */

/**
 * The whole text; rejects with what `tooLong` gives when there are more bytes than `bytesMax`, and the rest is not
 * read then.
 */
export async function boundedText(
  stream: AsyncIterable<Uint8Array> | null,
  bytesMax: number,
  tooLong: () => Error,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of stream ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
