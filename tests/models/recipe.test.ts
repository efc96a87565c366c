/** The recipe of the embedded model: what it is measured on never stands in what it learns from. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { readCases } from "../../cli/eval_cases.ts";

// Python starts slowly on a busy machine.
setDefaultTimeout(120_000);

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

test.skipIf(PYTHON === null)("a sentence that evaluation and training share is noticed", () => {
  const { code, out } = python("apart.py", "is {flight} delayed?");
  expect(out).toContain("sentence: is {flight} delayed?");
  expect(code).toBe(1);
});

test.skipIf(PYTHON === null)(
  "the held-out cases are always the same, 200 and more a category",
  () => {
    const { out } = python("evaluation/make.py");
    expect(python("evaluation/make.py").out).toBe(out);
    const cases = readCases(out, "make.py");
    const sizes = [...Map.groupBy(cases, ({ category }) => category).values()].map((c) => c.length);
    expect(sizes.length).toBe(7);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(200);
  },
);

test.skipIf(PYTHON === null)("no dialogue contains a sentence the model is measured with", () => {
  const code = `
from dialogues import Dialogues
from kept_out import plain, sentences
out, made = sentences(), Dialogues(11)
said = [plain(t) for _ in range(200) for d in made.next()["dialogues"] for role, t in d if role == "user"]
print(len(out) > 1000, len(said) > 600, sum(s in out for s in said))
`;
  expect(python("-c", code).out).toBe("True True 0\n");
});

test.skipIf(PYTHON === null)("the same seed makes the same dialogues, another makes others", () => {
  const once = python("dialogues.py", "8", "5").out;
  expect(once.length).toBeGreaterThan(3_000);
  expect(python("dialogues.py", "8", "5").out).toBe(once);
  expect(python("dialogues.py", "8", "6").out).not.toBe(once);
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
from tools import NUMBER_WORDS
made, wrong, seen = Dialogues(13), [], 0
words = {}
for word, value in NUMBER_WORDS.items():
    words.setdefault(str(value), []).append(word)
for _ in range(150):
    sheet = made.next()
    for dialogue in sheet["dialogues"]:
        said = ""
        for role, text in dialogue:
            said = text if role == "user" else said
            call = CALL.match(text) if role == "assistant" else None
            line = next((t for t in sheet["tools"] if call and t.startswith(call[2] + "(")), "")
            assert line or not call, text
            for value in json.loads(call[4]).values() if call else ():
                if value is None or isinstance(value, bool):
                    continue
                seen += 1
                forms = [str(value), str(value).replace(".0", ""), *words.get(str(value), [])]
                if not any(form in said.lower() or form in said for form in forms) and str(value) not in line:
                    wrong.append((said, value, line))
print(seen > 300, wrong[:3])
`;
    expect(python("-c", code).out).toBe("True []\n");
  },
);
