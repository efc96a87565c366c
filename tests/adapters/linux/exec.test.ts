import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { executables } from "../../../adapters/linux/executables.ts";
import { LinuxSandbox } from "../../../adapters/linux/sandbox.ts";
import type { Deployment } from "../../../runtime/isolate/deployment.ts";
import type { Sandbox } from "../../../runtime/ports.ts";
import { type Bench, call, EVALUATE, openBench, tool } from "../../runtime/isolate/setup.ts";

const isLinux = process.platform === "linux";
const isRoot = process.getuid?.() === 0;

let bench: Bench;
let shell: Deployment;
let sandbox: Sandbox;

beforeAll(async () => {
  if (!isLinux) return;
  sandbox = new LinuxSandbox();
  bench = openBench({ sandbox });
  const exec = `permissions: { exec: ["/bin/echo", "cat", "/bin/sleep", "/bin/bash"] },`;
  shell = await bench.deploy(tool(EVALUATE, exec), { name: "shell" });
});
afterAll(async () => await bench?.close());

const run = async (code: string, deployment = shell) => {
  const { output, error } = await deployment.run(call({ code }));
  return output ?? error?.message;
};

/** What a line of bash prints, errors included. */
const bash = async (line: string) =>
  await run(
    `const p = Bun.spawnSync(["bash", "-c", ${JSON.stringify(line)}], { stderr: "pipe" }); return p.stdout.toString() + p.stderr`,
  );

describe.skipIf(!isLinux)("a function that may start programs", () => {
  test.each([
    [
      "Bun.spawn",
      `const p = Bun.spawn(["/bin/echo", "hi"]); return (await new Response(p.stdout).text()) + (await p.exited)`,
      "hi\n0",
    ],
    [
      "Bun.spawn, by name, with its input",
      `const p = Bun.spawn(["cat"], { stdin: "pipe" }); p.stdin.write("typed"); p.stdin.end(); return await new Response(p.stdout).text()`,
      "typed",
    ],
    ["Bun.spawnSync", `return Bun.spawnSync(["echo", "hi"]).stdout.toString()`, "hi\n"],
    ["Bun.$", `return await Bun.$\`echo one | cat\`.text()`, "one\n"],
    [
      "node:child_process",
      `const { execFile } = await import("node:child_process");
       return await new Promise((done, fail) => execFile("/bin/echo", ["hi"], (e, out) => e ? fail(e) : done(out)))`,
      "hi\n",
    ],
    [
      "node:child_process, and waits for none",
      `const { execFileSync } = await import("node:child_process"); return execFileSync("echo", ["hi"]).toString()`,
      "hi\n",
    ],
    [
      "a pipeline of a shell",
      `return await Bun.$\`bash -c "echo a | cat; echo b"\`.text()`,
      "a\nb\n",
    ],
    [
      "one that it ends",
      `const p = Bun.spawn(["sleep", "60"]); p.kill(); await p.exited; return p.signalCode`,
      "SIGTERM",
    ],
    [
      "one that a signal ends",
      `const p = Bun.spawn(["sleep", "60"], { signal: AbortSignal.timeout(20) }); await p.exited; return p.signalCode`,
      "SIGTERM",
    ],
  ])("starts its own by %s", async (_, code, output) => {
    expect(await run(code)).toBe(output);
  });

  test.each([
    ["by path", `Bun.spawn(["/usr/bin/id"])`, "EACCES", `exec: ["/usr/bin/id"]`],
    ["by a name on its PATH", `Bun.spawn(["id"])`, "EACCES", `exec: ["id"]`],
    ["by a name nowhere", `Bun.spawn(["ffnothing"])`, "not found", `exec: ["ffnothing"]`],
    ["by Bun.$", `await Bun.$\`/usr/bin/id\`.quiet()`, "exit code", `exec: ["/usr/bin/id"]`],
    ["by Bun.$, by name", `await Bun.$\`ffnothing\`.quiet()`, "exit code", `exec: ["ffnothing"]`],
    ["and waits", `Bun.spawnSync(["/usr/bin/id"])`, "EACCES", `exec: ["/usr/bin/id"]`],
    [
      "by node:child_process",
      `(await import("node:child_process")).execFileSync("/usr/bin/id")`,
      "EACCES",
      `exec: ["/usr/bin/id"]`,
    ],
  ])("starts no other %s, and learns the line that it lacks", async (_, start, why, line) => {
    const known = bench.denials.length;
    const text = await run(`${start}; return "started"`);
    expect(text).toContain(why);
    expect(text).toContain(`add permissions: { ${line} }`);
    const [denial, ...more] = bench.denials.slice(known);
    expect(denial).toMatchObject({ fn: "shell", kind: "exec" });
    expect(more).toEqual([]);
  });

  test("is told that its arguments are too many, which is no refusal", async () => {
    const known = bench.denials.length;
    const text = await run(`Bun.spawnSync(["/bin/echo", "x".repeat(8 << 20)]); return "started"`);
    expect(text).toContain("E2BIG");
    expect(text).not.toContain("xxxxxxxx");
    expect(bench.denials.slice(known)).toEqual([]);
  });

  test("starts no program that it carries, however it gets at it", async () => {
    const answers = await run(`
      const { copyFileSync, chmodSync, writeFileSync, symlinkSync, linkSync } = await import("node:fs");
      const tried = async (act) => { try { await act(); return "started" } catch (error) { return String(error.code ?? error.message) } };
      const start = (path) => { Bun.spawnSync([path]) };
      return [
        await tried(async () => { await Bun.write("own", Bun.file("/bin/echo")); start("./own") }),
        await tried(() => { writeFileSync("script", "#!/bin/bash\\necho hi", { mode: 0o755 }); start("./script") }),
        await tried(() => { symlinkSync("/usr/bin/id", "link"); start("./link") }),
        await tried(() => { linkSync("/usr/bin/id", "hard"); start("./hard") }),
        await tried(async () => {
          const { dlopen, FFIType } = await import("bun:ffi");
          const libc = dlopen("libc.so.6", { memfd_create: { args: [FFIType.cstring, FFIType.i32], returns: FFIType.i32 } });
          if (libc.symbols.memfd_create(Buffer.from("x\\0"), 0) < 0) throw new Error("no memfd");
        }),
      ];`);
    expect(answers).toEqual(["EACCES", "EACCES", "EPERM", "EPERM", "no memfd"]);
  });

  test("starts none through the dynamic linker that it could not read", async () => {
    const maps = readFileSync("/proc/self/maps", "utf8");
    const linker = /(\/\S*\/ld-[^/\s]*)$/m.exec(maps)?.[1] ?? "/lib64/ld-linux-x86-64.so.2";
    const tried = await run(
      `const p = Bun.spawnSync(["${linker}", "/usr/bin/id"], { stderr: "pipe" }); return [p.exitCode, p.stdout.toString(), p.stderr.toString()].join("|")`,
    );
    expect(tried).toMatch(/^(126|127)\|\|.*(Permission denied|cannot open)/);
  });
});

describe.skipIf(!isLinux)("what a function starts inherits", () => {
  test("the rules about files", async () => {
    expect(await bash("cat /etc/passwd")).toContain("Permission denied");
    expect(await bash("echo > /tmp/moult_child")).toContain("Permission denied");
    expect(await bash("echo * /* /etc/*")).not.toContain("passwd");
    expect(await bash("echo kept > a && cat a")).toBe("kept\n");
  });

  test("the system-call filter, without privileges to gain", async () => {
    const status = await bash("cat /proc/self/status");
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
    expect(status).toMatch(isRoot ? /^CapEff:\s+0000000000000000$/m : /^CapBnd/m);
  });

  test("the absence of a network", async () => {
    const server = Bun.listen({
      port: 0,
      hostname: "127.0.0.1",
      socket: { data: () => undefined },
    });
    const free = Bun.spawnSync(["bash", "-c", `: < /dev/tcp/127.0.0.1/${String(server.port)}`]);
    expect(free.exitCode).toBe(0);
    const text = await bash(`: < /dev/tcp/127.0.0.1/${String(server.port)} && echo connected`);
    server.stop(true);
    expect(text).not.toContain("connected");
    expect(text).toMatch(/Operation not permitted|Permission denied/);
  });

  test.skipIf(!isRoot)("the user id and the control group", async () => {
    const host = (await run(
      `return [process.getuid(), (await import("node:fs")).readFileSync("/proc/self/cgroup", "utf8")]`,
    )) as [number, string];
    expect(host[0]).toBeGreaterThan(1_000);
    expect(await bash("echo $UID")).toBe(`${String(host[0])}\n`);
    expect(await bash("cat /proc/self/cgroup")).toBe(host[1]);
  });

  test("the limits of its process", async () => {
    const limits = (await bash("ulimit -c; ulimit -n; ulimit -f")) as string;
    expect(limits.split("\n").slice(0, 2)).toEqual(["0", "2048"]);
    expect(Number(limits.split("\n")[2])).toBeLessThanOrEqual(32_768);
    expect(await bash("ulimit -n 4096")).toContain("cannot modify limit");
  });

  test("an empty environment, and a PATH of what it may start", async () => {
    process.env["MOULT_TEST_SECRET"] = "hidden";
    const lines = ((await bash("export -p")) as string).replaceAll("declare -x ", "").split("\n");
    const names = lines.map((line) => line.split("=", 1)[0] ?? "").filter((name) => name !== "");
    const expected = new Set([
      "BUN_FEATURE_FLAG_NO_ORPHANS",
      "BUN_OPTIONS",
      "OLDPWD",
      "PATH",
      "PWD",
      "SHLVL",
      "TZ",
      "_",
    ]);
    expect(names.filter((name) => !expected.has(name))).toEqual([]);
  });

  test("no open file but its inputs and outputs", async () => {
    const line = "for n in {3..200}; do [ -L /proc/self/fd/$n ] && echo $n; done; echo end";
    expect(await bash(line)).toBe("end\n");
  });

  test("no way to be somebody else: a set-user program stays who it is", async () => {
    const folder = mkdtempSync("/tmp/moult-suid-");
    chmodSync(folder, 0o755); // Otherwise the function would run under our user.
    const program = join(folder, "suid");
    copyFileSync("/bin/bash", program);
    chmodSync(program, 0o4755);
    const exec = `permissions: { exec: [${JSON.stringify(program)}] },`;
    const deployment = await bench.deploy(tool(EVALUATE, exec), { name: "climber" });
    const said = await run(
      `const p = Bun.spawnSync(["${program}", "-p", "-c", "echo $UID $EUID"]); return p.stdout.toString().trim().split(" ")`,
      deployment,
    );
    rmSync(folder, { recursive: true });
    const [real, effective] = said as [string, string];
    expect(effective).toBe(real);
    if (isRoot) expect(real).not.toBe("0");
  });

  test("no way to anybody else's process", async () => {
    const own = String(process.pid);
    expect(await bash(`kill -0 ${own} && echo reached`)).not.toContain("reached");
    expect(await bash(`kill -9 ${own}; cat /proc/${own}/environ`)).not.toContain("HOME");
    expect(await bash("cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'")).not.toContain(
      "HOME=",
    );
  });
});

describe.skipIf(!isLinux)("a file does not load that asks to start", () => {
  const refused = async (exec: string, more = "") => {
    const deployed = bench.deploy(tool("", `permissions: { exec: [${exec}]${more} },`), {
      name: "wanting",
    });
    return await deployed.then(
      () => "it loaded",
      (error: unknown) => String(error),
    );
  };

  test.each([
    ["a program that is not there", `"/usr/bin/ffnothing"`, "no such program; install it"],
    ["a name that is not on the PATH", `"ffnothing"`, "not on moult's PATH; install it"],
    ["a relative path", `"./tools/x"`, "name an absolute path"],
    ["a folder", `"/usr/bin"`, "there is no such program"],
    ["a file that is no program", `"/etc/passwd"`, "there is no such program"],
  ])("%s", async (_, exec, text) => {
    expect(await refused(exec)).toContain(text);
  });

  test("a program that it may write over, or one in moult's home", async () => {
    for (const folder of ["bin", "home"]) {
      mkdirSync(join(bench.root, folder), { recursive: true });
      writeFileSync(join(bench.root, folder, "own"), "#!/bin/bash\necho hi\n", { mode: 0o755 });
    }
    const own = (folder: string) => JSON.stringify(join(bench.root, folder, "own"));
    expect(await refused(own("bin"), `, write: ["bin"]`)).toContain(
      "could put another in its place",
    );
    expect(await refused(own("home"))).toContain("moult's home");
    expect(await refused(own("bin"))).toContain(`it is a script for "/bin/bash"; add that`);
    expect(await refused(`${own("bin")}, "/bin/bash"`)).toBe("it loaded");
    writeFileSync(join(bench.root, "bin", "own"), "neither", { mode: 0o755 });
    expect(await refused(own("bin"))).toContain("neither a program of this machine nor a script");
  });

  test("a script starts with its interpreter, under moult's user where others may not read it", async () => {
    const script = join(bench.root, "bin", "greet");
    mkdirSync(join(bench.root, "bin"), { recursive: true });
    writeFileSync(script, "#!/bin/bash\necho hi from $0\n");
    chmodSync(script, 0o700);
    const deployment = await bench.deploy(
      tool(EVALUATE, `permissions: { exec: [${JSON.stringify(script)}, "/bin/bash"] },`),
      { name: "scripted" },
    );
    expect(await run(`return Bun.spawnSync(["greet"]).stdout.toString()`, deployment)).toBe(
      `hi from ${script}\n`,
    );
  });
});

describe.skipIf(!isLinux)("executables()", () => {
  test("names a program's linker and libraries, and runs nothing of it", async () => {
    const { run: started, read, forOthers } = await executables(["/bin/bash"]);
    expect(started[0]).toBe("/bin/bash");
    expect(started).toHaveLength(2);
    expect(read.some((path) => path.includes("libc.so"))).toBe(true);
    expect(forOthers).toBe(true);
    expect(await executables([])).toEqual({ run: [], read: [], forOthers: true });
  });
});
