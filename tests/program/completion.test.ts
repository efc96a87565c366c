/** `moult completion`: Tab in real shells, with and without a daemon. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type Place, makePlace } from "./program.ts";
import { until } from "../waiting.ts";

let place: Place;
beforeAll(async () => {
  place = makePlace([{ reply: "hi" }]);
  for (const shell of ["bash", "zsh", "fish"]) {
    place.write(`moult.${shell}`, (await place.moult("completion", shell)).out);
  }
}, 120_000);
afterAll(() => place.remove(), 120_000);

/** What stands on the line after Tab; `want` is waited for. */
interface Shell {
  readonly tab: (typed: string, want: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

function open(line: readonly string[], script: string): Shell {
  const { MOULT_HOME: _home, MOULT_URL: _url, MOULT_KEY: _key, ...env } = process.env;
  let shown = "";
  const child = Bun.spawn([...line], {
    cwd: place.dir,
    env: { ...env, PS1: "> ", TERM: "xterm", HOME: place.dir },
    terminal: { cols: 120, data: (_terminal, bytes) => void (shown += bytes.toString()) },
  });
  // Without bells.
  const has = (text: string) => Bun.stripANSI(shown).replaceAll("\u0007", "").includes(text);
  child.terminal?.write(`source ${join(place.dir, script)}; echo re""ady\r`);
  const ready = until(() => has("ready"));
  return {
    async tab(typed, want) {
      await ready;
      shown = "";
      while (!has(want)) {
        shown = "";
        child.terminal?.write(`${typed}\t`);
        // A busy machine may not answer in time; then people press Tab again.
        for (let looks = 0; looks < 1_000 && !has(want); looks++) await Bun.sleep(3);
        // Ctrl-U empties the line.
        child.terminal?.write("\u0015");
      }
    },
    async close() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Those that are installed; bash is everywhere. */
const SHELLS = [
  ["bash", ["bash", "--norc", "--noprofile", "-i"]],
  ["zsh", ["zsh", "-f", "-i"]],
] as const;

describe.each(SHELLS.filter(([name]) => Bun.which(name)))("Tab in %s", (name, line) => {
  test("completes commands, options, words, files, functions and sessions", async () => {
    const shell = open(line, `moult.${name}`);
    try {
      await shell.tab("moult ro", "moult rollback");
      await shell.tab("moult start --off", "--offline");
      await shell.tab("moult new sk", "new skill");
      await shell.tab("moult start --config moult.y", "moult.yaml");
      // No daemon runs: nothing happens, and the line stays usable.
      await shell.tab("moult call conv", "conv");
      await place.start();
      await shell.tab("moult call conv", "convert_units");
      await place.moult("chat", "--session", "kitchen:1", "hello");
      await shell.tab("moult sessions kit", "kitchen:1");
    } finally {
      await shell.close();
      await place.moult("stop");
    }
  }, 120_000);
});

test.if(Bun.which("fish") !== null)(
  "fish is given the same, with meanings",
  async () => {
    const ask = async (line: string): Promise<string> => {
      const code = `source ${join(place.dir, "moult.fish")}; complete -C '${line}'`;
      const child = Bun.spawn(["fish", "--no-config", "-c", code], {
        cwd: place.dir,
        env: { ...process.env, HOME: place.dir },
        stdio: ["ignore", "pipe", "inherit"],
      });
      return await new Response(child.stdout).text();
    };
    expect(await ask("moult ro")).toBe("rollback\tput the previous version back\n");
    expect(await ask("moult new sk")).toBe("skill\n");
    expect(await ask("moult start --config moult.y")).toContain("moult.yaml");
  },
  120_000,
);

describe("what a shell asks", () => {
  const ask = async (...words: readonly string[]) => {
    const { code, out, err } = await place.moult("completion", "--words", "--", ...words);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    return out.split("\n").map((line) => line.split("\t")[0] ?? "");
  };

  test.each([
    [
      ["secret", ""],
      ["set", "list", "rm", ""],
    ],
    [["start", "--port", ""], [""]],
    [
      ["start", "-c", ""],
      [":files", ""],
    ],
    [["start", "--idle"], [""]],
    [
      ["logs", "--follow", "x", "--j"],
      ["--json", ""],
    ],
    [["no-such-command", ""], [""]],
    [["call", ""], [""]],
    [
      ["sessions", "rm"],
      ["rm", ""],
    ],
    [["--help"], [""]],
    [[], [expect.any(String)]],
  ])("%j", async (words, want) => {
    expect(await ask(...words)).toEqual(words.length === 0 ? expect.anything() : want);
  });
});

test.each([[[]], [["powershell"]], [["bash", "zsh"]]])(
  "moult completion %j names the shells there are",
  async (line) => {
    const { code, err } = await place.moult("completion", ...line);
    expect(code).toBe(2);
    expect(err).toContain("moult completion bash, zsh, fish");
  },
);
