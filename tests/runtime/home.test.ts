/** The home folder: who may own it, what it holds, what it refuses. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findHome, openHome, runningDaemon } from "../../runtime/home.ts";
import { keep } from "../children.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "moult-home-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A program that ends well when the home is held. */
const LOOK = (home: string): string =>
  `import { runningDaemon } from ${JSON.stringify(join(import.meta.dir, "../../runtime/home.ts"))};
   process.exit(runningDaemon(${JSON.stringify(home)}) ? 0 : 1);`;

describe("findHome()", () => {
  test("prefers the flag, then the environment", () => {
    expect(findHome("/a", { MOULT_HOME: "/b" }, dir)).toBe("/a");
    expect(findHome(undefined, { MOULT_HOME: "/b" }, dir)).toBe("/b");
    expect(findHome("rel", {}, dir)).toBe(join(dir, "rel"));
  });

  test("finds the nearest .moult upward, else names one here", () => {
    const deep = join(dir, "a/b");
    mkdirSync(deep, { recursive: true });
    mkdirSync(join(dir, ".moult"));
    expect(findHome(undefined, {}, deep)).toBe(join(dir, ".moult"));
    rmSync(join(dir, ".moult"), { recursive: true });
    expect(findHome(undefined, {}, deep)).toBe(join(deep, ".moult"));
  });
});

describe("runningDaemon()", () => {
  const pid = String(process.pid);
  test.each([
    ["half a file", `{"pid":${pid}`],
    ["null", "null"],
    ["no address", `{"pid":${pid},"version":"0"}`],
    ["an address that is none", `{"pid":${pid},"url":"x","version":"0"}`],
    ["process 0, which is everybody", `{"pid":0,"url":"http://127.0.0.1:1","version":"0"}`],
    ["a group", `{"pid":-${pid},"url":"http://127.0.0.1:1","version":"0"}`],
  ])("takes %s for no daemon", (_, text) => {
    writeFileSync(join(dir, "daemon.json"), text);
    expect(runningDaemon(dir)).toBeUndefined();
  });
});

test("runningDaemon() takes another process that has the number of a killed daemon for none", () => {
  const home = openHome(dir);
  const stale = { pid: process.pid, url: "http://127.0.0.1:1", version: "0" };
  home.announce(stale);
  expect(runningDaemon(dir)).toEqual(stale);
  home.release();
  writeFileSync(join(dir, "daemon.json"), JSON.stringify(stale));
  expect(runningDaemon(dir)).toBeUndefined();
  openHome(dir).release();
});

describe("openHome()", () => {
  test("names a key that cannot be read", () => {
    mkdirSync(join(dir, "owner.key"));
    expect(() => openHome(dir)).toThrow(/^Cannot read the key .*owner\.key: .*move it away$/);
  });

  test("makes a key once, for the owner's eyes only", () => {
    const first = openHome(dir);
    first.release();
    const second = openHome(dir);
    second.release();
    expect(first.freshKey).toBeTrue();
    expect(second.freshKey).toBeFalse();
    expect(second.key).toBe(first.key);
    expect(statSync(join(dir, "owner.key")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dir, "owner.key"), "utf8")).toBe(`${first.key}\n`);
  });

  test("refuses a second owner and says who holds it", async () => {
    const home = openHome(dir);
    home.announce({ pid: process.pid, url: "http://127.0.0.1:1", version: "0" });
    const program = `import { openHome } from ${JSON.stringify(join(import.meta.dir, "../../runtime/home.ts"))}; openHome(${JSON.stringify(dir)});`;
    const other = Bun.spawnSync([process.execPath, "--no-install", "-e", program]);
    home.release();
    expect(other.exitCode).not.toBe(0);
    expect(other.stderr.toString()).toContain(
      `in use by the daemon with pid ${process.pid} at http://127.0.0.1:1`,
    );
    const third = openHome(dir);
    third.release();
  });

  test("stays held though whoever opened it forgot it, and memory is collected", () => {
    (() => void openHome(dir))();
    Bun.gc(true);
    writeFileSync(
      join(dir, "daemon.json"),
      JSON.stringify({ pid: process.pid, url: "http://127.0.0.1:1", version: "0" }),
    );
    expect(Bun.spawnSync([process.execPath, "--no-install", "-e", LOOK(dir)]).exitCode).toBe(0);
  });

  test("is free again when its owner was killed, and knows that daemon.json is stale", async () => {
    const program = `import { openHome } from ${JSON.stringify(join(import.meta.dir, "../../runtime/home.ts"))};
      openHome(${JSON.stringify(dir)}).announce({ pid: process.pid, url: "http://127.0.0.1:1", version: "0" });
      process.stdout.write("held"); setInterval(() => {}, 1000);`;
    const owner = keep(
      Bun.spawn([process.execPath, "--no-install", "-e", program], { stdout: "pipe" }),
    );
    await owner.stdout.getReader().read();
    expect(runningDaemon(dir)?.pid).toBe(owner.pid);
    owner.kill("SIGKILL");
    await owner.exited;
    expect(runningDaemon(dir)).toBeUndefined();
    openHome(dir).release();
  });

  test("refuses a damaged key and says what to do", () => {
    writeFileSync(join(dir, "owner.key"), "oops\n");
    expect(() => openHome(dir)).toThrow(/is not a key; remove the file/);
  });

  test("says what to do when the folder cannot be used", () => {
    const file = join(dir, "file");
    writeFileSync(file, "");
    expect(() => openHome(join(file, "home"))).toThrow(
      /Cannot use the home folder .*choose another with --home/,
    );
  });
});
