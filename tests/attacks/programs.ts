/** Attacks by programs that the function may start: all that holds it has to hold them. */
import type { Attack, Deed } from "./attack.ts";

/** What every function here may start. */
export const NAMED: readonly string[] = ["/bin/bash", "/bin/cat"];

const reads: Deed = async () => {
  await Bun.write("own.txt", "own");
  const { stdout } = Bun.spawnSync(["/bin/cat", "own.txt"]);
  if (stdout.toString() !== "own") throw new Error("it printed something else");
};

const shell: Deed = () => {
  const { stdout } = Bun.spawnSync(["/bin/bash", "-c", "echo $((6 * 7))"]);
  if (stdout.toString() !== "42\n") throw new Error("it printed something else");
};

/** Has the linker load a library of the function's into a program. `isLoaded`: by what the program says. */
const preloaded = (variable: string, isLoaded: string): string => `
  const maps = await Bun.file("/proc/self/maps").text();
  const name = ${JSON.stringify(variable)} === "LD_LIBRARY_PATH" ? "libc.so.6" : "own.so";
  await Bun.write(name, Bun.file(/\\/\\S*libc\\.so\\S*/.exec(maps)?.[0] ?? ""));
  const env = { ${variable}: ${JSON.stringify(variable)} === "LD_LIBRARY_PATH" ? process.cwd() : process.cwd() + "/" + name };
  const { stdout, stderr } = Bun.spawnSync(["/bin/cat", "/proc/self/maps"], { env, stderr: "pipe" });
  const said = stdout.toString() + stderr;
  if (!(${isLoaded})) throw new Error(said.slice(-200));`;

const PAIRS: readonly Attack[] = [
  {
    name: "let a program read a secret file",
    harmless: reads,
    malicious: (at) => {
      const { exitCode } = Bun.spawnSync(["/bin/cat", `${at.folder}/key`]);
      if (exitCode !== 0) throw new Error("it could not");
    },
  },
  {
    name: "let an interpreter read a secret file",
    harmless: shell,
    malicious: (at) => {
      const line = `read -r line < ${at.folder}/key; echo "$line"`;
      const { stdout } = Bun.spawnSync(["/bin/bash", "-c", line]);
      if (stdout.toString() !== "secret\n") throw new Error("it could not");
    },
  },
  {
    name: "let a program change a file outside",
    harmless: shell,
    malicious: (at) => {
      const line = `echo changed >> ${at.folder}/open.txt`;
      if (Bun.spawnSync(["/bin/bash", "-c", line]).exitCode !== 0) throw new Error("it could not");
    },
  },
  {
    name: "start what is not named through a shell",
    harmless: shell,
    malicious: () => {
      const { exitCode } = Bun.spawnSync(["/bin/bash", "-c", "/usr/bin/env true; exit $?"]);
      if (exitCode !== 0) throw new Error("it could not");
    },
  },
  {
    name: "give a program a library (LD_PRELOAD)",
    harmless: reads,
    malicious: preloaded("LD_PRELOAD", "/r-xp.*\\/own\\.so/.test(said)"),
  },
  {
    name: "give a program a library (LD_LIBRARY_PATH)",
    harmless: reads,
    malicious: preloaded(
      "LD_LIBRARY_PATH",
      'said.split("\\n").some((line) => line.includes("r-xp") && line.endsWith(process.cwd() + "/libc.so.6"))',
    ),
  },
  {
    name: "give a program a library (LD_AUDIT)",
    harmless: reads,
    // The linker has loaded it when it misses what such a library has.
    malicious: preloaded("LD_AUDIT", 'said.includes("la_version")'),
  },
  {
    name: "run what it carries by the dynamic linker",
    harmless: reads,
    malicious: async () => {
      const maps = await Bun.file("/proc/self/maps").text();
      const linker = /(\/\S*\/ld-[^/\s]*)$/m.exec(maps)?.[1] ?? "";
      await Bun.write("carried", Bun.file("/bin/cat"));
      const { exitCode } = Bun.spawnSync([linker, "./carried", "/proc/self/maps"]);
      if (exitCode !== 0) throw new Error("it could not");
    },
  },
  {
    name: "put another program in the place of a named one",
    harmless: reads,
    malicious: async (at) => {
      const fs = await import("node:fs");
      fs.copyFileSync("/bin/bash", `${at.folder}/other`);
      fs.chmodSync(`${at.folder}/other`, 0o755);
      fs.renameSync(`${at.folder}/other`, `${at.folder}/tool`);
      const { stdout } = Bun.spawnSync([`${at.folder}/tool`, "-c", "echo $BASH_VERSION"]);
      if (stdout.length < 2) throw new Error("it could not");
    },
  },
  {
    name: "lay a link in the place of a named program",
    harmless: reads,
    malicious: async (at) => {
      const fs = await import("node:fs");
      fs.rmSync(`${at.folder}/tool`, { force: true });
      fs.symlinkSync("/usr/bin/env", `${at.folder}/tool`);
      if (Bun.spawnSync([`${at.folder}/tool`, "true"]).exitCode !== 0)
        throw new Error("it could not");
    },
  },
  {
    name: "start itself again to be free",
    harmless: reads,
    malicious: (at) => {
      const code = `require("node:fs").readFileSync("${at.folder}/key")`;
      const { exitCode } = Bun.spawnSync(["/proc/self/exe", "-e", code], {
        env: { BUN_OPTIONS: "" },
      });
      if (exitCode !== 0) throw new Error("it could not");
    },
  },
  {
    name: "let a program read the daemon's environment",
    harmless: reads,
    malicious: (at) => {
      const { exitCode, stdout } = Bun.spawnSync([
        "/bin/cat",
        `/proc/${String(at.daemon)}/environ`,
      ]);
      if (exitCode !== 0 || stdout.length === 0) throw new Error("it could not");
    },
  },
  {
    name: "let a program print what it has inherited",
    harmless: shell,
    malicious: () => {
      const { stdout } = Bun.spawnSync(["/bin/bash", "-c", "echo $MOULT_ATTACKS_CANARY"]);
      if (stdout.toString() !== "secret\n") throw new Error("it has inherited nothing");
    },
  },
  {
    name: "let a program connect",
    harmless: shell,
    malicious: (at) => {
      const line = `: < /dev/tcp/127.0.0.1/${String(at.tcp4)}`;
      if (Bun.spawnSync(["/bin/bash", "-c", line]).exitCode !== 0) throw new Error("it could not");
    },
  },
];

/** Programs that the function may start. */
export const PROGRAMS: readonly Attack[] = PAIRS.map((pair) =>
  Object.assign({ starts: true }, pair),
);
