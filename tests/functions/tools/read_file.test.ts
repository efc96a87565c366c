import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The tool looks below its working folder, so it runs in a process of its own that starts in a made one. */
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "moult-read-file-"));
  await mkdir(join(folder, "files/recipes"), { recursive: true });
  await Bun.write(join(folder, "files/todo.txt"), "buy milk\n");
  await Bun.write(join(folder, "files/recipes/soup.md"), "Süppchen\n");
  await Bun.write(join(folder, "files/big.txt"), "é".repeat(40_000));
  await Bun.write(join(folder, "files/picture.bin"), new Uint8Array([0xff, 0xd8, 0x00, 0x10]));
  await Bun.write(join(folder, "secret.txt"), "outside\n");
  await symlink("../secret.txt", join(folder, "files/link.txt"));
  await mkdir(join(folder, "empty"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What each of the paths gives: the output, or the error's code and message. */
async function read(paths: readonly (string | null)[], cwd = folder): Promise<readonly Result[]> {
  const child = Bun.spawn(
    [process.execPath, "--no-install", join(import.meta.dir, "../read_paths.ts")],
    {
      cwd,
      stdin: Buffer.from(JSON.stringify(paths)),
      stderr: "inherit",
    },
  );
  return (await new Response(child.stdout).json()) as readonly Result[];
}

interface Result {
  readonly path?: string;
  readonly text?: string;
  readonly files?: readonly string[];
  readonly cut?: boolean;
  readonly code?: string;
  readonly message?: string;
}

test("read_file reads a file by its path, with or without the folder's name", async () => {
  const todo = { path: "files/todo.txt", text: "buy milk\n" };
  const paths = [
    "todo.txt",
    "files/todo.txt",
    "./files/todo.txt",
    " todo.txt ",
    "TODO.TXT",
    "todo",
  ];
  expect(await read(paths)).toEqual(paths.map(() => todo));
  const soup = { path: "files/recipes/soup.md", text: "Süppchen\n" };
  expect(await read(["recipes/soup.md", "soup.md", "soup"])).toEqual([soup, soup, soup]);
});

test("read_file lists the folder, and a folder in it", async () => {
  const files = ["big.txt", "picture.bin", "recipes/soup.md", "todo.txt"];
  const all = { path: "files", files };
  expect(await read([null, "", "files", ".", "recipes"])).toEqual([
    all,
    all,
    all,
    all,
    { path: "files/recipes", files: ["recipes/soup.md"] },
  ]);
});

test("read_file cuts a long file between two characters and says so", async () => {
  const [big] = await read(["big.txt"]);
  expect(big).toMatchObject({ cut: true });
  expect(big?.text).toBe("é".repeat(32 * 1024));
});

test("read_file never leaves the folder", async () => {
  for (const result of await read([
    "../secret.txt",
    "/etc/passwd",
    "~/x",
    "a/../../secret.txt",
    "..\\secret.txt",
  ]))
    expect(result).toMatchObject({ code: "policy/denied" });
  expect(await read(["link.txt", "secret.txt"])).toMatchObject([
    { code: "tool/failed" },
    { code: "tool/failed" },
  ]);
});

test("read_file says what is there when a name is wrong, and that bytes are no text", async () => {
  const [missing, picture] = await read(["nope.txt", "picture.bin"]);
  expect(missing?.message).toContain("there are big.txt");
  expect(picture).toMatchObject({
    code: "tool/failed",
    message: 'Cannot read "picture.bin": it is not a text file',
  });
});

test("read_file says to create the folder when there is none", async () => {
  const [missing] = await read(["todo.txt"], join(folder, "empty"));
  expect(missing).toMatchObject({
    code: "tool/failed",
    message: expect.stringContaining("create it"),
  });
});
