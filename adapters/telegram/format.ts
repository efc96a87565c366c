/**
 * The Markdown that models write, as a text with Telegram's entities. Positions instead of markup: nothing has to be
 * escaped, so no text can break the message. What is not surely markup stays as it was written; a text never grows.
 */
import type { MessageEntity } from "grammy/types";

/** Telegram ignores those beyond. */
const ENTITIES_MAX = 100;

/** A text as Telegram takes it. Offsets and lengths count UTF-16 units, as JavaScript does. */
export interface Formatted {
  readonly text: string;
  readonly entities: MessageEntity[];
}

type Style = "bold" | "italic" | "strikethrough";

/** Code, a link, or a pair of markers around text that touches them. */
const INLINE = new RegExp(
  [
    /`(?<code>[^`\n]+)`/,
    /\[(?<label>[^\][\n]{1,300})\]\((?<url>https?:\/\/[^\s()]{1,2000})\)/,
    /\*\*(?=\S)(?<bold>[^\n]+?)(?<=\S)\*\*/,
    /(?<![\w_])__(?=\S)(?<strong>[^\n]+?)(?<=\S)__(?![\w_])/,
    /~~(?=\S)(?<strikethrough>[^\n]+?)(?<=\S)~~/,
    /(?<![\w*])\*(?=[^\s*])(?<italic>[^*\n]+?)(?<=\S)\*(?![\w*])/,
    /(?<![\w_])_(?=[^\s_])(?<emphasis>[^_\n]+?)(?<=\S)_(?![\w_])/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "u",
);

const FENCE = /^ {0,3}(?<marks>`{3,}|~{3,})\s*(?<language>[\w+#.-]{0,40})[^`\n]*$/;
const HEADING = /^ {0,3}#{1,6}\s+(?<title>.*?)\s*#*\s*$/;
const BULLET = /^(?<indent>\s*)[*+-]\s+(?=\S)/;

/** Formats a whole message. */
export function format(source: string): Formatted {
  const out = new Output();
  let fence: { readonly marks: string; readonly language: string } | undefined;
  let code: string[] = [];
  for (const line of source.split("\n")) {
    const found = FENCE.exec(line)?.groups;
    if (fence !== undefined) {
      if (line.trim().startsWith(fence.marks) && line.trim().replaceAll(/[`~]/g, "") === "") {
        out.pre(code.join("\n"), fence.language);
        fence = undefined;
        code = [];
      } else code.push(line);
    } else if (found === undefined) formatLine(line, out);
    else fence = { marks: found["marks"] ?? "```", language: found["language"] ?? "" };
  }
  // Still growing, or cut: code all the same.
  if (fence !== undefined) out.pre(code.join("\n"), fence.language);
  return out.end();
}

function formatLine(line: string, out: Output): void {
  const title = HEADING.exec(line)?.groups?.["title"];
  if (title !== undefined && title !== "") {
    out.styled("bold", () => inline(title, out));
  } else {
    const indent = BULLET.exec(line);
    inline(
      indent === null
        ? line
        : `${indent.groups?.["indent"] ?? ""}• ${line.slice(indent[0].length)}`,
      out,
    );
  }
  out.add("\n");
}

/** The first markup counts; what stands in it may hold more. */
function inline(text: string, out: Output): void {
  let rest = text;
  for (let found = INLINE.exec(rest); found !== null; found = INLINE.exec(rest)) {
    out.add(rest.slice(0, found.index));
    markup(found.groups ?? {}, out);
    rest = rest.slice(found.index + found[0].length);
  }
  out.add(rest);
}

function markup(groups: Readonly<Record<string, string | undefined>>, out: Output): void {
  const { code, label, url } = groups;
  if (code !== undefined) out.code(code);
  else if (label !== undefined && url !== undefined) out.link(url, () => inline(label, out));
  else {
    const bold = groups["bold"] ?? groups["strong"];
    const italic = groups["italic"] ?? groups["emphasis"];
    const inner = bold ?? italic ?? groups["strikethrough"] ?? "";
    const style: Style =
      bold === undefined ? (italic === undefined ? "strikethrough" : "italic") : "bold";
    out.styled(style, () => inline(inner, out));
  }
}

/** Collects text and where its entities are. */
class Output {
  #text = "";
  readonly #entities: MessageEntity[] = [];

  add(text: string): void {
    this.#text += text;
  }

  styled(type: Style, write: () => void): void {
    this.#around(write, (range) => ({ type, ...range }));
  }

  link(url: string, write: () => void): void {
    this.#around(write, (range) => ({ type: "text_link", url, ...range }));
  }

  code(text: string): void {
    this.#around(
      () => this.add(text),
      (range) => ({ type: "code", ...range }),
    );
  }

  pre(text: string, language: string): void {
    this.#around(
      () => this.add(text),
      (range) => ({ type: "pre", ...range, ...(language === "" ? {} : { language }) }),
    );
    this.add("\n");
  }

  end(): Formatted {
    const start = this.#text.length - this.#text.trimStart().length;
    const text = this.#text.trim();
    const entities = this.#entities
      .map((entity) => {
        const from = Math.max(entity.offset - start, 0);
        const to = Math.min(entity.offset - start + entity.length, text.length);
        return { ...entity, offset: from, length: to - from };
      })
      .filter(({ length }) => length > 0)
      .toSorted((a, b) => a.offset - b.offset || b.length - a.length);
    return { text, entities: entities.slice(0, ENTITIES_MAX) };
  }

  #around(
    write: () => void,
    make: (range: { readonly offset: number; readonly length: number }) => MessageEntity,
  ): void {
    const offset = this.#text.length;
    write();
    const length = this.#text.length - offset;
    if (length > 0) this.#entities.push(make({ offset, length }));
  }
}
