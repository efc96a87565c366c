/** Markdown becomes entities, and long texts become pieces, without losing or breaking anything. */
import { describe, expect, test } from "bun:test";
import { format } from "../../../adapters/telegram/format.ts";
import { PIECE_CHARS_MAX, split } from "../../../adapters/telegram/split.ts";

/** Entities as pairs of their type and what they cover. */
function marks(source: string): string[] {
  const { text, entities } = format(source);
  return entities.map(
    ({ type, offset, length }) => `${type} ${text.slice(offset, offset + length)}`,
  );
}

describe("format()", () => {
  test.each([
    ["plain words", "plain words", []],
    ["**bold** and *italic*", "bold and italic", ["bold bold", "italic italic"]],
    ["__bold__ and _italic_", "bold and italic", ["bold bold", "italic italic"]],
    ["~~gone~~", "gone", ["strikethrough gone"]],
    ["**bold with `code`**", "bold with code", ["bold bold with code", "code code"]],
    ["`**not bold**`", "**not bold**", ["code **not bold**"]],
    ["# A title\ntext", "A title\ntext", ["bold A title"]],
    ["- one\n* two\n  + three", "• one\n• two\n  • three", []],
    ["```ts\nconst a = 1;\n```\nafter", "const a = 1;\nafter", ["pre const a = 1;"]],
    ["```\nstill **growing**", "still **growing**", ["pre still **growing**"]],
    ["[moult](https://example.org/a?b=c)", "moult", ["text_link moult"]],
    ["😀 **after** an emoji", "😀 after an emoji", ["bold after"]],
  ] as const)("%j reads as %j", (source, text, expected) => {
    expect(format(source).text).toBe(text);
    expect(marks(source)).toEqual([...expected]);
  });

  test.each([
    ["snake_case_name and another_one"],
    ["2 * 3 * 4 = 24"],
    ["a ** b"],
    ["**never closed"],
    ["`never closed"],
    ["[text](javascript:alert(1))"],
    ["<b>no html</b> & so on"],
    ["** __"],
    ["https://example.org/a_b_c"],
  ])("%j stays as it is", (source) => {
    expect(format(source)).toEqual({ text: source, entities: [] });
  });

  test("a text never grows, and entities stay inside of it", () => {
    const parts = [
      "**",
      "*",
      "_",
      "`",
      "```\n",
      "\n",
      "a",
      " ",
      "# ",
      "- ",
      "[x](https://a.b)",
      "😀",
    ];
    let seed = 7;
    const next = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648);
    for (let round = 0; round < 3_000; round++) {
      const source = Array.from({ length: 12 }, () => parts[next() % parts.length] ?? "").join("");
      const { text, entities } = format(source);
      expect(text.length).toBeLessThanOrEqual(source.length);
      for (const { offset, length } of entities) {
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(length).toBeGreaterThan(0);
        expect(offset + length).toBeLessThanOrEqual(text.length);
      }
    }
  });

  test("a hostile text is formatted in no time", () => {
    for (const part of ["**a", "[x](http://a", "_a ", "`a", "~~a"]) {
      expect(format(part.repeat(800)).text.length).toBeGreaterThan(0);
    }
  });
});

describe("split()", () => {
  test("cuts between paragraphs before lines, lines before sentences, sentences before words", () => {
    const paragraph = "One sentence is here. And one more.\nA second line follows it.";
    const text = Array.from({ length: 120 }, () => paragraph).join("\n\n");
    for (const piece of split(text).slice(0, -1)) expect(piece.endsWith("follows it.")).toBeTrue();
    const sentences = "This is a sentence of some length. ".repeat(300).trim();
    for (const piece of split(sentences)) expect(piece.endsWith(".")).toBeTrue();
    for (const piece of split("word ".repeat(2_000))) expect(piece).toMatch(/^word.*word$/);
  });

  test("code stays code: each piece closes its block and the next one opens it again, with its language", () => {
    const pieces = split(
      `Look:\n\`\`\`python\n${"    print('indented')\n".repeat(600)}\`\`\`\nThat is all.`,
    );
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces) {
      expect(piece.match(/^```/gm)?.length ?? 0).toBe(2);
      expect(format(piece).entities).toHaveLength(1);
      expect(format(piece).entities[0]).toMatchObject({ type: "pre", language: "python" });
    }
    expect(pieces[1]).toStartWith("```python\n    print");
    expect(pieces.at(-1)).toEndWith("That is all.");
  });

  test("no character of many units is cut in two", () => {
    const family = "👨‍👩‍👧‍👦";
    for (const piece of split(family.repeat(2_000))) {
      expect(piece.length % family.length).toBe(0);
      expect(piece.length).toBeLessThanOrEqual(PIECE_CHARS_MAX);
    }
  });

  test("an endless text ends, and says that it does", () => {
    const pieces = split("word ".repeat(100_000));
    expect(pieces.length).toBeLessThanOrEqual(20);
    expect(pieces.at(-1)).toContain("The answer goes on");
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(4_096);
  });
});
