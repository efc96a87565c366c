/** Files that come with messages. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Attachments, FILE_BYTES_MAX } from "../../../runtime/gateway/attachments.ts";
import { temporary } from "../../temporary.ts";

function streamOf(...chunks: readonly (string | Error)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      const [chunk, ...rest] = chunks;
      chunks = rest;
      if (chunk === undefined) controller.close();
      else if (typeof chunk === "string") controller.enqueue(encoder.encode(chunk));
      else controller.error(chunk);
    },
  });
}

const photo = (body: ReadableStream<Uint8Array>, name = "cat.JPG") =>
  ({ kind: "photo", name, mime: "image/jpeg", body }) as const;

test("a file is kept whole under a name of our own, for the owner only", async () => {
  using folder = temporary();
  const attachments = new Attachments(join(folder.path, "a"));
  const kept = await attachments.keep(photo(streamOf("abc", "def")));
  expect(kept).toMatchObject({ kind: "photo", name: "cat.JPG", mime: "image/jpeg", bytes: 6 });
  expect(kept.id).toMatch(/^[0-9a-f-]+\.jpg$/);
  const file = join(folder.path, "a", kept.id);
  expect(readFileSync(file, "utf8")).toBe("abcdef");
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each(["../../etc/passwd", "x/../../y.sh", ".bashrc", "a\0b", "-rf", "名.前", ""])(
  "the sender's name %j is never a path",
  async (name) => {
    using folder = temporary();
    const kept = await new Attachments(folder.path).keep(photo(streamOf("x"), name));
    expect(kept.id).toMatch(/^[0-9a-f-]{36}(\.[a-z0-9]{1,8})?$/);
    expect(readdirSync(folder.path)).toEqual([kept.id]);
  },
);

test("a file that breaks off or is too large leaves nothing behind", async () => {
  using folder = temporary();
  const attachments = new Attachments(folder.path);
  const broken = photo(streamOf("abc", new TypeError("reset")));
  await expect(attachments.keep(broken)).rejects.toThrow("reset");
  const piece = "x".repeat(1_048_576);
  const large = photo(streamOf(...Array<string>(FILE_BYTES_MAX / piece.length + 1).fill(piece)));
  await expect(attachments.keep(large)).rejects.toMatchObject({ code: "body/too-large" });
  expect(readdirSync(folder.path)).toEqual([]);
});

test("all files together have a bound, counted over restarts; halves of a killed process go", async () => {
  using folder = temporary();
  const path = join(folder.path, "a");
  mkdirSync(path);
  writeFileSync(join(path, "old"), "12345");
  writeFileSync(join(path, "half.part"), "123456789");
  const attachments = new Attachments(path, 10);
  await attachments.keep(photo(streamOf("12345")));
  await expect(attachments.keep(photo(streamOf("1")))).rejects.toMatchObject({
    code: "body/too-large",
    message: expect.stringContaining("delete old ones"),
  });
  expect(readdirSync(path)).toHaveLength(2);
});

test("files that come at the same time do not pass the bound together", async () => {
  using folder = temporary();
  const attachments = new Attachments(folder.path, 10);
  const many = Array.from({ length: 8 }, () => attachments.keep(photo(streamOf("1234", "56"))));
  const settled = await Promise.allSettled(many);
  const bytes = readdirSync(folder.path).map((name) => statSync(join(folder.path, name)).size);
  expect(bytes).toHaveLength(settled.filter(({ status }) => status === "fulfilled").length);
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(10);
});

test("once old files are deleted there is room again, without a restart", async () => {
  using folder = temporary();
  const attachments = new Attachments(folder.path, 10);
  const old = await attachments.keep(photo(streamOf("1234567890")));
  await expect(attachments.keep(photo(streamOf("1")))).rejects.toMatchObject({
    code: "body/too-large",
  });
  rmSync(join(folder.path, old.id));
  expect(await attachments.keep(photo(streamOf("12345")))).toMatchObject({ bytes: 5 });
});
