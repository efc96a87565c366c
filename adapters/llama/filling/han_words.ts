import { readFileSync } from "node:fs";
const MIN = Number(process.env.FMIN ?? 20);
interface Word { readonly log: number; readonly pos: string }
let words: Map<string, Word> | undefined;
let unknown = -17;
const CLASS: Record<string, string> = { n: "N", ns: "NS", nr: "NR", nt: "NT", nz: "NZ", v: "V", vn: "VN", a: "A", d: "D", p: "P", r: "R", m: "M", q: "Q", t: "T", f: "F", c: "C", u: "U", ul: "U", uj: "U", y: "Y", b: "B", s: "S", l: "L", i: "L", z: "A", k:"K", j: "N", g:"G", vg:"V", ng:"N", ad:"D", an:"N", mq:"M", zg: "G", x: "X", e: "Y", o: "Y", h: "K" };
function load(): Map<string, Word> {
  const map = new Map<string, Word>();
  let total = 60101967;
  for (const line of readFileSync("/tmp/jb/package/dict.txt", "utf8").split("\n")) {
    const [w = "", f = "0", p = "x"] = line.split(" ");
    if (Number(f) < MIN && w.length > 1) continue;
    map.set(w, { log: Math.log(Number(f) / total), pos: CLASS[p] ?? CLASS[p.slice(0, 2)] ?? CLASS[p[0] ?? "x"] ?? "X" });
  }
  for (const line of readFileSync("/tmp/fl/wt/runtime/turn/lexicon.txt", "utf8").split("\n")) {
    const [, zh = ""] = line.split(" | ");
    for (const w of zh.split(" ")) if (w.length > 1 && w.length < 6 && !/的|[个我下了吧过]|^[好不别]|^.[好上]$/u.test(w) && /^\p{Script=Han}+$/u.test(w)) { const own = map.get(w); const pos = own?.pos ?? (line.startsWith("!") ? "V" : "N"); map.set(w, { log: Math.max(own?.log ?? -99, Math.log(500 / total)), pos }); }
  }
  unknown = Math.log(0.5 / total);
  return map;
}
export function segmentHan(text: string): string[] {
  words ??= load();
  const chars = text; const n = chars.length;
  const best = new Float64Array(n + 1).fill(-Infinity); const from = new Int32Array(n + 1); best[0] = 0;
  for (let i = 0; i < n; i++) for (let l = 1; l <= 6 && i + l <= n; l++) {
    const w = words.get(chars.slice(i, i + l));
    if (w === undefined && l > 1) continue;
    const s = best[i]! + (w?.log ?? unknown);
    if (s > best[i + l]!) { best[i + l] = s; from[i + l] = i; }
  }
  const out: string[] = []; for (let i = n; i > 0; i = from[i]!) out.unshift(chars.slice(from[i]!, i));
  return out;
}
export function posOf(word: string): string { words ??= load(); return words.get(word)?.pos ?? (word.length > 1 ? "X" : "X1"); }
