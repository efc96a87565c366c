/** Makes an animated SVG of what terminals showed. A row that does not change is drawn once. */

/** What all panes showed at a time, as lines with colour codes. */
export interface Frame {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly panes: readonly (readonly string[])[];
}

interface Look {
  readonly label: string;
  readonly columns: number;
  readonly panes: readonly number[];
  readonly titles: readonly string[];
}

const CHAR_WIDTH = 8.4;
const ROW_HEIGHT = 19;
const TITLE_HEIGHT = 30;
const MARGIN = 16;
/** The last picture stays so long before all begins again. */
const END_MS = 3_500;

const COLOURS = [
  "#484f58",
  "#ff7b72",
  "#3fb950",
  "#d29922",
  "#58a6ff",
  "#bc8cff",
  "#39c5cf",
  "#b1bac4",
];

interface Style {
  colour?: string;
  bold?: boolean;
  dim?: boolean;
}

/** Draws frames one after the other, for ever. */
export function toSvg(look: Look, frames: readonly Frame[]): string {
  const { label, columns, panes, titles } = look;
  const total = (frames.at(-1)?.at ?? 0) + END_MS;
  const width = Math.ceil(columns * CHAR_WIDTH + 2 * MARGIN);
  const parts: string[] = [];
  const animations: string[] = [];
  let top = 0;
  for (const [pane, rows] of panes.entries()) {
    parts.push(
      `<rect x="0" y="${top}" width="${width}" height="${TITLE_HEIGHT}" fill="#161b22"/>`,
      `<text x="${MARGIN}" y="${top + 20}" style="fill:#8b949e">${escape(titles[pane] ?? "")}</text>`,
    );
    top += TITLE_HEIGHT;
    const lines = Array.from({ length: rows }, (_, row) =>
      [...shownLines(frames, pane, row, total)].map(([line, spans]) => ({ row, line, spans })),
    ).flat();
    for (const { row, line, spans } of lines) {
      const y = top + 6 + (row + 0.75) * ROW_HEIGHT;
      const name = `k${animations.length}`;
      const animation = animate(name, spans, total);
      if (animation !== "") animations.push(animation);
      const shown = animation === "" ? "" : ` class="${name}"`;
      parts.push(`<text x="${MARGIN}" y="${y.toFixed(1)}"${shown}>${draw(line)}</text>`);
    }
    top += rows * ROW_HEIGHT + 12;
  }
  const style = `text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3;white-space:pre}${animations.join("")}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img" aria-label="${escape(label)}">\n<style>${style}</style>\n<rect width="${width}" height="${top}" rx="8" fill="#0d1117"/>\n${parts.join("\n")}\n</svg>\n`;
}

type Span = readonly [from: number, to: number];

/** The lines that stood in a row, each with the times it was seen. Empty ones are left out. */
function shownLines(
  frames: readonly Frame[],
  pane: number,
  row: number,
  total: number,
): ReadonlyMap<string, Span[]> {
  const lines = new Map<string, Span[]>();
  for (const [index, frame] of frames.entries()) {
    const line = frame.panes[pane]?.[row]?.trimEnd() ?? "";
    if (line.replaceAll(CODES, "").trim() === "") continue;
    const to = frames[index + 1]?.at ?? total;
    const spans = lines.get(line) ?? [];
    const last = spans.at(-1);
    if (last !== undefined && last[1] === frame.at) spans[spans.length - 1] = [last[0], to];
    else spans.push([frame.at, to]);
    lines.set(line, spans);
  }
  return lines;
}

/** Keyframes that show an element during its spans; nothing when that is always. */
function animate(name: string, spans: readonly Span[], total: number): string {
  const [first] = spans;
  if (spans.length === 1 && first?.[0] === 0 && first[1] === total) return "";
  const percent = (ms: number): string => `${((ms / total) * 100).toFixed(2)}%`;
  const steps = spans.flatMap(([from, to]) => [
    `${percent(from)}{opacity:1}`,
    ...(to < total ? [`${percent(to)}{opacity:0}`] : []),
  ]);
  const begin = first?.[0] === 0 ? "" : "0%{opacity:0}";
  const isLast = spans.at(-1)?.[1] === total;
  // Without animation, in a reader that stands still, the last picture shows.
  const still = isLast ? "" : ";opacity:0";
  return `@keyframes ${name}{${begin}${steps.join("")}}.${name}{animation:${name} ${(total / 1_000).toFixed(1)}s steps(1,end) infinite${still}}`;
}

// eslint-disable-next-line no-control-regex
const CODES = /\u001B\[([0-9;]*)m/g;

/** A line with colour codes as spans. */
function draw(line: string): string {
  let style: Style = {};
  let from = 0;
  let text = "";
  const piece = (to: number): string => {
    const plain = escape(line.slice(from, to));
    if (plain === "") return "";
    const css = [
      style.colour === undefined ? "" : `fill:${style.colour}`,
      style.bold === true ? "font-weight:600" : "",
      style.dim === true ? "opacity:.6" : "",
    ].filter((rule) => rule !== "");
    return css.length === 0 ? plain : `<tspan style="${css.join(";")}">${plain}</tspan>`;
  };
  for (const match of line.matchAll(CODES)) {
    text += piece(match.index);
    from = match.index + match[0].length;
    style = restyle(style, (match[1] ?? "").split(";").map(Number));
  }
  return text + piece(line.length);
}

function restyle(before: Style, codes: readonly number[]): Style {
  let style = { ...before };
  for (const code of codes) {
    if (code === 0) style = {};
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 22) {
      delete style.bold;
      delete style.dim;
    } else if (code === 39) delete style.colour;
    else style.colour = COLOURS[code >= 90 ? code - 90 : code - 30] ?? style.colour ?? "#e6edf3";
  }
  return style;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
