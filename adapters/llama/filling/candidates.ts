/** What in a text may be the value of one parameter, and how much speaks for it. Knows one parameter at a time. */
import { mayBe, valueOf } from "./bounds.ts";
import type { Candidate } from "./candidate.ts";
import { clockOf } from "./clock.ts";
import { enumCandidates, seenOfChoice } from "./choices.ts";
import { weighNumber, weighStretch } from "./evidence.ts";
import { LEADS } from "./plain_words.ts";
import { lists } from "./lists.ts";
import { OWNER } from "./said.ts";
import { frontOf, type Parameter, type Said, type Stretch, stretchOf } from "./stretch.ts";
import { switchCandidates } from "./switches.ts";
import { Tally } from "./weights.ts";
import { seenOf, WordPoints } from "./words.ts";

const NAME_PIECES_MAX = 14;
const CLAUSE_PIECES_MAX = 60;
/** Of clauses that are as good, the one that leaves less unexplained. */
const LONGER = 0.01;
/** The model took it, too. Of a choice that nobody had to make it knows nothing. */
const VOTE = 0.6;
const COUNTS = /quantity|count|amount|^value$|copies|servings|number of|数量/iu;
const BELOW_ZERO = /^(?:minus|negative|零下|负)$/u;
const REPOSITORY = /repo|name|project/iu;

/** All that may be the value of a parameter. @param vote What the model took. */
export function candidatesFor(one: Parameter, said: Said, vote: unknown): readonly Candidate[] {
  return ofType(one, said).map((candidate) =>
    candidate.value === vote && (candidate.first >= 0 || (one.type === "enum" && one.required))
      ? Object.assign({}, candidate, { score: candidate.score + VOTE })
      : candidate,
  );
}

/** What is seen of a candidate, and how often: to learn from. */
export function seenOfCandidate(one: Parameter, said: Said, candidate: Candidate): Recorder {
  const recorder = new Recorder(one.role.labels);
  const { first, last, part = false } = candidate;
  if (one.type === "enum" || one.type === "boolean") {
    seenOfChoice(one, said, candidate, recorder);
    return recorder;
  }
  if (part) {
    weighSide(one, recorder);
    return recorder;
  }
  const front = frontOf(one, said, first);
  const stretch = front && stretchOf(front, last);
  if (stretch === undefined) return recorder;
  if (one.type === "number") weighCount(stretch, recorder);
  else weighSpan(stretch, recorder);
  if (candidate.marked === true)
    weighMark(stretch, markAfter(stretch, valueFor(stretch)), recorder);
  for (const seen of seenOf(said, first, last)) recorder.add(seen);
  return recorder;
}

/** A tally that remembers what it saw. */
export class Recorder extends Tally {
  readonly seen = new Map<string, number>();

  override add(seen: string, times = 1): void {
    if (times !== 0) this.seen.set(seen, (this.seen.get(seen) ?? 0) + times);
  }
}

function ofType(one: Parameter, said: Said): readonly Candidate[] {
  switch (one.type) {
    case "enum":
      return enumCandidates(one, said);
    case "boolean":
      return switchCandidates(one, said);
    case "number":
      return numbers(one, said);
    case "string":
      return spans(one, said);
    case "list":
      return lists(said, spans(one, said));
  }
}

function numbers(one: Parameter, said: Said): readonly Candidate[] {
  const words = new WordPoints(said, one.role.labels);
  return amountsIn(one, said).flatMap(({ value, first, last }) => {
    const front = frontOf(one, said, first);
    const stretch = front && stretchOf(front, last);
    if (stretch === undefined || !isOfType(one, value)) return [];
    const tally = new Tally(one.role.labels);
    weighCount(stretch, tally);
    return [{ value, first, last, score: tally.points + words.of(first, last) }];
  });
}

/** Numbers, and amounts in the unit of the parameter. */
function amountsIn(
  { role: { unit } }: Parameter,
  { pieces, quantities, retracted }: Said,
): readonly { readonly value: number; readonly first: number; readonly last: number }[] {
  const plain = pieces.flatMap(({ number }, at) => {
    if (number === undefined || retracted[at] === true) return [];
    const isBelow = BELOW_ZERO.test(pieces[at - 1]?.bare ?? "");
    return [{ value: isBelow ? -number : number, first: isBelow ? at - 1 : at, last: at }];
  });
  const measured = quantities.flatMap(({ from, to, amount, measure }) => {
    if (measure !== "plain" && measure !== unit?.measure) return [];
    const factor = measure === "plain" ? 1 : (unit?.factor ?? 1);
    const value = Math.round((amount / factor) * 100) / 100;
    const first = pieces.findIndex((piece) => piece.source === 0 && piece.to > from);
    const last = pieces.findLastIndex((piece) => piece.source === 0 && piece.from < to);
    const isPlain = pieces[first]?.number === value;
    return first < 0 || last < first || isPlain ? [] : [{ value, first, last }];
  });
  return [...measured, ...plain];
}

function weighCount(stretch: Stretch, tally: Tally): void {
  weighNumber(stretch, tally);
  weighUnit(stretch, tally);
  if (countsNext(stretch)) tally.add("counts what follows");
  if (!stretch.one.required) tally.add("optional");
}

/** Whether an amount is said in what the parameter measures. */
function weighUnit({ one: { role }, said, begin, end, last, first }: Stretch, tally: Tally): void {
  const { unit } = role;
  const all = said.quantities.filter(
    ({ from, to, measure }) => measure !== "plain" && from <= begin.from && end.to <= to,
  );
  const own = all.find(({ measure }) => measure === unit?.measure) ?? all[0];
  if (begin.source > 0) return;
  if (own === undefined) {
    if (unit !== undefined) tally.add("without a unit");
    return;
  }
  if (unit === undefined) return tally.add("a unit where none is named");
  if (own.measure !== unit.measure) return tally.add("of another measure");
  const { number } = begin;
  const isWhole = first < last || number === undefined || own.amount === number * unit.factor;
  tally.add(isWhole ? "in its unit" : "in another unit");
}

function isOfType({ schema }: Parameter, value: number): boolean {
  return schema["type"] !== "integer" || Number.isInteger(value);
}

/** "six eggs": how many of what follows. */
function countsNext({ one, after }: Stretch): boolean {
  return COUNTS.test(one.key) && after !== undefined && !LEADS.has(after.bare);
}

function spans(one: Parameter, said: Said): readonly Candidate[] {
  const found: Candidate[] = [];
  const isLong = one.role.form === "clause" || one.role.form === "sentence";
  const longest = isLong ? CLAUSE_PIECES_MAX : NAME_PIECES_MAX;
  const words = new WordPoints(said, one.role.labels);
  for (let first = 0; first < said.pieces.length; first++) {
    const front = frontOf(one, said, first);
    for (let last = first; last < first + longest; last++) {
      const stretch = front && stretchOf(front, last);
      if (stretch === undefined) break;
      const tally = new Tally(one.role.labels);
      if (!weighSpan(stretch, tally)) continue;
      const longer = isLong ? (last - first) * LONGER : 0;
      const score = tally.points + words.of(first, last) + longer;
      const value = valueFor(stretch);
      found.push({ value, first, last, score });
      const mark = markAfter(stretch, value);
      if (mark === "") continue;
      const more = new Tally(one.role.labels);
      weighMark(stretch, mark, more);
      found.push({ value: value + mark, first, last, score: score + more.points, marked: true });
    }
    found.push(...sides(one, said, first));
  }
  return found;
}

/** The mark that ends a whole sentence. */
function markAfter({ one, said, end, begin }: Stretch, value: string): string {
  if (one.role.form !== "sentence") return "";
  const text = said.texts[begin.source] ?? "";
  if (!text.startsWith(value, begin.from) || begin.from + value.length !== end.to) return "";
  return /^(?:[.!?。！？]+)(?=\s|$|["”」])/u.exec(text.slice(end.to))?.[0] ?? "";
}

function weighMark({ begin, said, end }: Stretch, mark: string, tally: Tally): void {
  const isLast =
    said.pieces.at(-1) === end || said.pieces[said.pieces.indexOf(end) + 1]?.source !== end.source;
  tally.add(`with ${mark[0]}`);
  if (begin.led) tally.add("mark after a colon");
  if (isLast) tally.add("mark at the end");
  if (/^\p{Lu}/u.test(begin.text) && begin.from > 0) tally.add("mark of a capital");
  else tally.add("mark of a small letter");
}

/** Its text, or the time in it as HH:MM. */
function valueFor(stretch: Stretch): string {
  const text = valueOf(stretch);
  return (stretch.one.role.clocked ? clockOf(text) : undefined) ?? text;
}

function weighSpan(stretch: Stretch, tally: Tally): boolean {
  if (!mayBe(stretch)) tally.add("begins or ends weakly");
  if (!stretch.one.required) tally.add("optional");
  return weighStretch(stretch, tally);
}

/** "owner/name": each side alone. */
function sides(one: Parameter, said: Said, at: number): readonly Candidate[] {
  const { text = "", kind } = said.pieces[at] ?? {};
  const [left, right, ...more] = text.split("/");
  if (!left || !right || more.length > 0 || kind === "url" || kind === "date") return [];
  const isOwner = OWNER.test(one.key);
  // Where the owner is no parameter of its own, the repository has both.
  if (!isOwner && !(REPOSITORY.test(one.key) && said.takesOwner)) return [];
  const tally = new Tally(one.role.labels);
  weighSide(one, tally);
  return [{ value: isOwner ? left : right, first: at, last: at, score: tally.points, part: true }];
}

function weighSide({ required }: Parameter, tally: Tally): void {
  tally.add("side");
  if (!required) tally.add("optional");
}
