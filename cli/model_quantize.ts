/** `moult model quantize`: makes a smaller copy of a model and shows how far it is. */
import { interruptible } from "./interruptible.ts";
import { aside, json, line, liveLine } from "./print.ts";
import { bytesText } from "../runtime/bytes_text.ts";
import type { Models } from "../schemas/model_file.ts";

const BAR_CHARS = 24;

/** Makes it. Returns the exit code. */
export async function quantizeAndShow(
  models: Models,
  name: string,
  how: { readonly json: boolean; readonly force: boolean; readonly type: string | undefined },
): Promise<number> {
  const last = liveLine();
  const startedAt = performance.now();
  const made = await interruptible("Stopped; nothing was written", (signal) =>
    models.quantize(name, {
      type: how.type,
      force: how.force,
      signal,
      onProgress: (done, total) => last?.show(barText(done, total)),
    }),
  ).finally(() => last?.clear());
  if (how.json) {
    json(made);
    return 0;
  }
  const { bytes, bytesBefore } = made;
  const share = Math.round((100 * bytes) / bytesBefore);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  line(`Made: ${made.name} (${bytesText(bytes)}, ${share} % of ${bytesText(bytesBefore)})`);
  aside(`It took ${seconds} s`);
  line(`Answer with it: moult model use ${made.name}`);
  return 0;
}

function barText(done: number, total: number): string {
  const filled = Math.round((BAR_CHARS * done) / Math.max(1, total));
  return `${"█".repeat(filled)}${"░".repeat(BAR_CHARS - filled)} tensor ${done} of ${total}`;
}
