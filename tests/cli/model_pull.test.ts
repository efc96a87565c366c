/** The line that shows a download: it fits its terminal, whatever the file is called and however little is known. */
import { expect, test } from "bun:test";
import { barText } from "../../cli/model_pull.ts";

const GIB = 1_073_741_824;
const EVENT = {
  type: "progress",
  step: "download",
  file: "someone_Big-Instruct.Q4_K_M.gguf",
  bytes: 1.5 * GIB,
  bytesTotal: 4 * GIB,
  bytesPerSecond: 12 * 1_048_576,
  secondsLeft: 213,
} as const;

test("it shows name, share, bytes, rate and time left", () => {
  expect(barText(EVENT, 120)).toBe(
    "someone_Big-Instruct.Q4_K_M.gguf ██████░░░░░░░░░░  37 % 1.5 GiB of 4.0 GiB  12.0 MiB/s  3:33 left",
  );
});

test("it shows what there is when the server does not say how long the file is", () => {
  const { bytesTotal: _total, secondsLeft: _left, ...unknown } = EVENT;
  expect(barText(unknown, 120)).toBe("someone_Big-Instruct.Q4_K_M.gguf 1.5 GiB  12.0 MiB/s");
});

test.each([20, 40, 79, 120])("it never passes %d columns; the numbers stay longest", (columns) => {
  for (const bytes of [0, 1, EVENT.bytes, EVENT.bytesTotal]) {
    const text = barText({ ...EVENT, bytes, secondsLeft: 400_000 }, columns);
    expect(text.length).toBeLessThanOrEqual(columns);
    if (columns >= 40) expect(text).toContain(" of 4.0 GiB");
  }
});
