/** The recipe of the embedded model: what it is measured on never stands in what it learns from. */
import { expect, test } from "bun:test";
import { join } from "node:path";

const RECIPE = join(import.meta.dir, "../../models/recipe");
const PYTHON = Bun.which("python3", { PATH: `/usr/bin:${process.env["PATH"] ?? ""}` });
if (PYTHON === null)
  process.stderr.write("SKIPPED: the model's recipe needs python3, which is not installed\n");

/** Runs a file or `-c` code in the recipe's folder. */
function python(...args: string[]): { code: number; out: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync([PYTHON ?? "", "-B", ...args], {
    cwd: RECIPE,
  });
  return { code: exitCode, out: `${stdout.toString()}${stderr.toString()}` };
}

test.skipIf(PYTHON === null)("no evaluation sentence, tool or entity is training material", () => {
  const { code, out } = python("apart.py");
  expect(out).toContain("0 shared with the evaluation");
  expect(code).toBe(0);
});

test.skipIf(PYTHON === null)("a tool that evaluation and training share is noticed", async () => {
  const file = join(RECIPE, "evaluation/cases.jsonl");
  const [first = ""] = (await Bun.file(file).text()).split("\n");
  const leaked = join(Bun.env["TMPDIR"] ?? "/tmp", `moult-leaked-${process.pid}.jsonl`);
  await Bun.write(leaked, first.replace('"what_hour"', '"get_weather"'));
  const { code, out } = python("apart.py", leaked);
  await Bun.file(leaked).delete();
  expect(out).toContain("tool: get_weather");
  expect(code).toBe(1);
});

test.skipIf(PYTHON === null)("no dialogue contains a sentence the model is measured with", () => {
  const code = `
from dialogues import Dialogues
from kept_out import plain, sentences
out, made = sentences(), Dialogues(11)
said = [plain(t) for _ in range(600) for role, t in made.next()["messages"] if role == "user"]
print(len(out) > 100, len(said) > 600, sum(s in out for s in said))
`;
  expect(python("-c", code).out).toBe("True True 0\n");
});

test.skipIf(PYTHON === null)("the same seed makes the same dialogues, another makes others", () => {
  const once = python("dialogues.py", "30", "5").out;
  expect(once.length).toBeGreaterThan(5_000);
  expect(python("dialogues.py", "30", "5").out).toBe(once);
  expect(python("dialogues.py", "30", "6").out).not.toBe(once);
});

test.skipIf(PYTHON === null)("every sentence of every kind of tool fits its parameters", () => {
  const { code, out } = python("-c", "import domains; domains.checked(); print('fine')");
  expect(out).toBe("fine\n");
  expect(code).toBe(0);
});

test.skipIf(PYTHON === null)(
  "what a call is given stands in the request, or among the choices of the tool",
  () => {
    const code = `
import json
from dialogues import CALL, Dialogues
made, wrong, seen = Dialogues(13), [], 0
for _ in range(600):
    dialogue, said = made.next(), ""
    for role, text in dialogue["messages"]:
        said = text if role == "user" else said
        call = CALL.match(text) if role == "assistant" else None
        line = next((t for t in dialogue["tools"] if call and t.startswith(call[2] + "(")), "")
        for value in json.loads(call[4]).values() if call else ():
            if value is None or isinstance(value, bool):
                continue
            seen += 1
            if str(value) not in said and str(value) not in line and str(value) not in said.replace(".0", ""):
                wrong.append((said, value))
print(seen > 300, wrong[:3])
`;
    expect(python("-c", code).out).toBe("True []\n");
  },
);
