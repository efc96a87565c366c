import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layLinks, resolveFiles } from "../../../runtime/isolate/files.ts";
import { type Bench, call, openBench, tool } from "./setup.ts";

let root: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "moult-roots-")));
  for (const name of [".moult", "files/deep", "work"])
    mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, "files/a.txt"), "hello");
  symlinkSync(join(root, ".moult"), join(root, "sly"));
  symlinkSync("/etc", join(root, "out_of_it"));
});
afterAll(() => rmSync(root, { recursive: true }));

const resolved = (permissions: { read?: string[]; write?: string[]; exec?: string[] }) =>
  resolveFiles(
    { net: [], call: [], read: [], write: [], exec: [], ...permissions },
    { root, home: join(root, ".moult") },
  );

describe("resolveFiles()", () => {
  test("makes relative names absolute, and makes missing folders to write", () => {
    expect(
      resolved({ read: ["files", "./files/a.txt", "/usr", "gone"], write: ["new/deep"] }),
    ).toEqual({
      policy: {
        read: [join(root, "files"), join(root, "files/a.txt"), "/usr"],
        write: [join(root, "new/deep")],
        exec: [],
      },
      links: [
        { name: "new/deep", target: join(root, "new/deep") },
        { name: "files", target: join(root, "files") },
        { name: "files/a.txt", target: join(root, "files/a.txt") },
      ],
      missing: ["gone"],
    });
    expect(existsSync(join(root, "new/deep"))).toBe(true);
  });

  test.each([
    [{ read: ["."] }],
    [{ read: ["files/.."] }],
    [{ read: [".."] }],
    [{ write: ["../beside"] }],
    [{ read: ["files/../../x"] }],
    [{ read: [".moult"] }],
    [{ read: [".moult/owner.key"] }],
    [{ write: [".moult/new"] }],
    [{ read: ["sly"] }],
    [{ read: ["out_of_it"] }],
    [{ read: ["/"] }],
    [{ exec: ["/bin/ffnothing"] }],
    [{ exec: ["ffnothing"] }],
    [{ exec: ["./ls"] }],
    [{ exec: ["/bin"] }],
  ])("refuses %j", (permissions) => {
    expect(() => resolved(permissions)).toThrow(/Cannot/);
    expect(existsSync(join(root, ".moult/new"))).toBe(false);
  });

  test("refuses a folder that contains moult's home, by its absolute path too", () => {
    expect(() => resolved({ read: [root] })).toThrow("moult's home");
    expect(() => resolved({ write: [join(root, ".moult")] })).toThrow("moult's home");
  });
});

describe("layLinks()", () => {
  test("lays names within names once", () => {
    const work = join(root, "work");
    layLinks(work, resolved({ read: ["files/a.txt", "files"], write: ["new/deep"] }).links);
    expect(readFileSync(join(work, "files/a.txt"), "utf8")).toBe("hello");
    expect(existsSync(join(work, "new/deep"))).toBe(true);
  });
});

describe("a function with files", () => {
  let bench: Bench;
  beforeAll(() => {
    bench = openBench();
    mkdirSync(join(bench.root, "files"));
    writeFileSync(join(bench.root, "files/a.txt"), "hello");
    writeFileSync(join(bench.root, "private.txt"), "private");
  });
  afterAll(async () => await bench.close());

  test("reads and writes what its manifest names, by the names there, and nothing else", async () => {
    const deployment = await bench.deploy(
      tool(
        `const guard = async (act) => { try { return await act() } catch (e) { return e.code } };
         await Bun.write("notes/x.txt", "written");
         return [
           await Bun.file("files/a.txt").text(),
           await guard(() => Bun.write("files/b.txt", "x")),
           await guard(() => Bun.file(${JSON.stringify("ROOT/private.txt")}).text()),
           await guard(() => Bun.file("/etc/passwd").text()),
           await guard(() => fetch("http://127.0.0.1:1/")),
           await guard(() => Bun.spawnSync(["/bin/true"])),
         ]`.replace("ROOT", bench.root),
        `permissions: { read: ["files", "absent"], write: ["notes"] },`,
      ),
    );
    const { output } = await deployment.run(call());
    expect(output).toEqual(["hello", "EACCES", "EACCES", "EACCES", "EPERM", "EPERM"]);
    expect(readFileSync(join(bench.root, "notes/x.txt"), "utf8")).toBe("written");
    expect(bench.logs.some(({ text }) => text.includes(`no "absent" to read`))).toBe(true);
  });
});
