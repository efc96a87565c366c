/** How arguments are weighed: the same each time, for any words, whatever order and number of parameters a tool has. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { candidatesFor } from "../../../../adapters/llama/filling/candidates.ts";
import { fill, parametersOf } from "../../../../adapters/llama/filling/fill.ts";
import { OPTIONAL, scored } from "../../../../adapters/llama/filling/reader.ts";
import { saidTo } from "../../../../adapters/llama/filling/said.ts";
import { DEPTH, learnedOf, Names, WIDTH } from "../../../../adapters/llama/filling/weights.ts";
import type { ToolSpec } from "../../../../schemas/model.ts";

const TEXT = { type: "string" };
const FERRY: ToolSpec = {
  name: "book_ferry",
  description: "Books a ferry",
  parameters: {
    type: "object",
    properties: { from: TEXT, to: TEXT, date: TEXT, cars: { type: "integer" } },
    required: ["from", "to", "date"],
  },
};

function weighed(tool: ToolSpec, message: string) {
  const parameters = parametersOf(tool) ?? [];
  const said = saidTo(tool, [message], parameters);
  return scored(
    parameters.map((one) => ({ one, found: candidatesFor(one, said) })),
    said,
  );
}

test("each candidate is weighed, the same each time", () => {
  const message = "book a ferry from Rostock to Gedser on Friday";
  const first = weighed(FERRY, message);
  expect(first.map(({ length }) => length)).toEqual(
    weighed(FERRY, message).map(({ length }) => length),
  );
  expect(first.flat().every(({ score }) => Number.isFinite(score))).toBe(true);
  expect(weighed(FERRY, message)).toEqual(first);
});

test("words that nobody has ever heard are weighed as well", () => {
  const strange = ["", "?!", "zxqv wrrt ʘʘ", "去𠮷野家", "\u0000 \u202E", "a ".repeat(300)];
  for (const message of strange)
    expect(
      weighed(FERRY, message)
        .flat()
        .every(({ score }) => Number.isFinite(score)),
    ).toBe(true);
});

test("a tool without parameters has nothing to weigh", () => {
  expect(scored([], saidTo(FERRY, ["hello"], []))).toEqual([]);
});

test("what was said is read whatever order the parameters have", () => {
  const message = "book a ferry from Rostock to Gedser on Friday";
  const turned: ToolSpec = {
    ...FERRY,
    parameters: { ...FERRY.parameters, properties: { date: TEXT, to: TEXT, from: TEXT } },
  };
  const args = { from: "Rostock", to: "Gedser", date: "Friday" };
  expect(fill(FERRY, [message])?.args).toEqual(args);
  expect(fill(turned, [message])?.args).toEqual(args);
});

test("every name is found, and no other", () => {
  const names = new Names(new TextEncoder().encode("a\tab\tword~from\t灯"));
  expect(["a", "ab", "word~from", "灯"].map((name) => names.find(name))).toEqual([0, 1, 2, 3]);
  expect(["", "b", "word~", "灯光", "z"].map((name) => names.find(name))).toEqual(
    Array.from({ length: 5 }, () => undefined),
  );
  const file = join(import.meta.dir, "../../../../adapters/llama/filling/reader.txt");
  const [words = ""] = readFileSync(file, "utf8").split("\n");
  const { names: shipped } = learnedOf();
  expect(words.split("\t").every((name, at) => shipped.words.find(name) === at)).toBe(true);
});

test("every network has a vector for each name", () => {
  const { names, networks } = learnedOf();
  expect(networks.length).toBeGreaterThan(0);
  for (const network of networks)
    for (const sort of ["words", "parameters", "between", "candidates"] as const) {
      const { size } = names[sort];
      const { scales, values, width } = network[sort];
      expect(size).toBeGreaterThan(10);
      expect(scales.length).toBe(size);
      expect(values.length).toBe(size * width);
      expect(width).toBe(sort === "candidates" ? DEPTH : WIDTH);
    }
});

interface Shown {
  readonly tool: ToolSpec;
  readonly message: string;
  readonly before?: string;
  /** By parameter, how much likelier each candidate is than nothing. */
  readonly points: readonly (readonly number[])[];
}

test("candidates are weighed as where the weights were learned", () => {
  const lines = readFileSync(join(import.meta.dir, "points.jsonl"), "utf8")
    .trim()
    .split("\n");
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) {
    const { tool, message, before, points } = JSON.parse(line) as Shown;
    const parameters = parametersOf(tool) ?? [];
    const said = saidTo(tool, before === undefined ? [message] : [message, before], parameters);
    const options = parameters.map((one) => ({
      one,
      found: candidatesFor(one, said).map((candidate) =>
        Object.assign({}, candidate, { score: one.required ? 0 : -OPTIONAL }),
      ),
    }));
    const found = scored(options, said).map((all) => all.map(({ score }) => score));
    expect(found.map(({ length }) => length)).toEqual(points.map(({ length }) => length));
    const wrong = found.flatMap((own, nth) =>
      own.filter((score, at) => !(Math.abs(score - (points[nth]?.[at] ?? NaN)) < 1e-3)),
    );
    expect(wrong).toEqual([]);
  }
});
