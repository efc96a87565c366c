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
  for (const name of ["functions/tools", "node_modules/one", "out"])
    mkdirSync(join(root, name), { recursive: true });
  symlinkSync(join(root, "functions/tools"), join(root, "out/sly"));
  symlinkSync(join(root, "node_modules/one"), join(root, "packages"));
  writeFileSync(join(root, "out/moult.yaml"), "");
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

test("a program that another function may write over is started by none", () => {
  const program = join(root, "work/own");
  writeFileSync(program, "#!/bin/bash\n", { mode: 0o755 });
  const starting = (written: readonly string[]) =>
    resolveFiles(
      { net: [], call: [], read: [], write: [], exec: [program] },
      { root, home: join(root, ".moult"), written },
    );
  expect(starting(["files"]).policy.exec).toEqual([program]);
  expect(() => starting(["work"])).toThrow("another function may write there");
});

describe("what functions are made of", () => {
  const writing = (entry: string, names: readonly string[] = ["functions", "out/moult.yaml"]) =>
    resolveFiles(
      { net: [], call: [], read: [], write: [entry], exec: [] },
      { root, home: join(root, ".moult"), guarded: names.map((name) => join(root, name)) },
    );

  test.each(["functions", "functions/tools", "functions/new", "out/sly", "out/sly/deeper", "out"])(
    "can be written by none of them: %s",
    (entry) => {
      expect(() => writing(entry)).toThrow(
        `Cannot give access to "${entry}": what moult and its functions are made of lies there`,
      );
    },
  );

  test.each(["node_modules", "node_modules/one", "packages", "work/node_modules/new"])(
    "nor can packages: %s",
    (entry) => {
      expect(() => writing(entry)).toThrow("functions are made of the packages there");
      expect(existsSync(join(root, "work/node_modules"))).toBe(false);
    },
  );

  test.each(["", "runtime", "functions/tools", "adapters/linux"])("nor can moult: %j", (name) => {
    const own = join(import.meta.dir, "../../..", name);
    expect(() => writing(own)).toThrow(/made of/);
  });

  test("can be read, and a folder beside it can be written", () => {
    expect(resolved({ read: ["functions", "node_modules"] }).policy.read).toHaveLength(2);
    expect(writing("out", ["functions"]).policy.write).toEqual([join(root, "out")]);
    expect(writing("functions_data").policy.write).toEqual([join(root, "functions_data")]);
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
