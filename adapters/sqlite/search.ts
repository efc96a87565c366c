/**
 * Search in what a session holds: a full-text index over its exchanges, one entry per turn under the row that the
 * turn begins with. It is brought up to date when it is asked, as far as it is asked for: sessions that fit their
 * window never have one, and those of older versions get theirs at their first search.
 */
import type { Database } from "bun:sqlite";
import * as v from "valibot";
import type { Found, FoundExchange, Search, Store } from "../../runtime/ports.ts";
import { termsIn } from "../../runtime/turn/search_terms.ts";
import { method } from "./failure.ts";

/** Characters that one search takes into the index; the rest comes with the next ones. */
const INDEXED_CHARS_MAX = 1_000_000;

/** Rows read at once, and characters of one row that are indexed and shown. */
const ROWS_MAX = 500;
const ROW_CHARS_MAX = 8_000;

/** A term that more exchanges hold, and this share of all, finds none: it would have to rank half of the session. */
const COMMON_MIN = 32;
const COMMON_SHARE = 1 / 4;
/** Beyond this nobody counts. */
const COUNTED_MAX = 2_000;

/** Terms that are sought at once. */
const TERMS_MAX = 32;

const Place = v.nullable(
  v.object({ from: v.number(), to: v.number(), indexed: v.number(), turns: v.number() }),
);
const Row = v.object({
  n: v.number(),
  turn: v.string(),
  role: v.picklist(["user", "assistant", "tool"]),
  content: v.string(),
  at: v.number(),
});
type Row = v.InferOutput<typeof Row>;
const Count = v.object({ count: v.number() });
const Hits = v.array(v.tuple([v.number()]));

/** The search, over an open database. */
export function searchQueries(client: Database): Pick<Store, "search" | "turnsUntil"> {
  const queries = prepare(client);
  const index = client.transaction((session: string, from: number, to: number): void => {
    let after = from;
    for (let chars = 0; after < to - 1 && chars < INDEXED_CHARS_MAX;) {
      const rows = v.parse(v.array(Row), queries.rows.all({ session, after, to, limit: ROWS_MAX }));
      // A turn that the end of the page has cut is read again with the next one.
      const whole = rows.length < ROWS_MAX ? rows : withoutLastTurn(rows);
      for (const { n, asked, said } of exchangesOf(whole.length > 0 ? whole : rows)) {
        const entry = { n, key: keyOf(session), asked: indexed(asked), said: indexed(said) };
        queries.add.run(entry);
        chars += asked.length + said.length;
      }
      after = (whole.length > 0 ? whole : rows).at(-1)?.n ?? to - 1;
    }
    queries.mark.run({ session, at: after });
  });
  const search = (session: string, sought: Search): Found => {
    const terms = sought.terms.slice(0, TERMS_MAX);
    const place = v.parse(Place, queries.place.get({ session, before: sought.before ?? "" }));
    if (place === null || place.to <= place.from || terms.length === 0) return NOTHING;
    if (place.indexed < place.to - 1) index(session, Math.max(place.indexed, place.from), place.to);
    const key = keyOf(session);
    const bounds = { from: place.from, to: place.to };
    const { turns: total } = place;
    const common = Math.min(Math.max(COMMON_MIN, Math.ceil(total * COMMON_SHARE)), COUNTED_MAX);
    const holders = new Map<string, number>();
    const scores = new Map<number, number>();
    for (const term of terms) {
      const match = matching(key, term);
      const hits = v.parse(Hits, queries.holding.values({ match, ...bounds, limit: common }));
      if (hits.length === 0) continue;
      const isRare = hits.length < common;
      const count = isRare ? hits.length : Math.max(hits.length, total / 2);
      holders.set(term, count);
      const worth = Math.log(1 + total / count);
      for (const [n] of isRare ? hits : []) scores.set(n, (scores.get(n) ?? 0) + worth);
    }
    const best = [...scores]
      .toSorted((one, other) => other[1] - one[1] || other[0] - one[0])
      .slice(0, sought.limit);
    const exchanges = best.flatMap(([n]): readonly FoundExchange[] => {
      const rows = v.parse(v.array(Row), queries.turn.all({ session, n }));
      const found = exchangesOf(rows).find((entry) => entry.n === n);
      return found === undefined ? [] : [toFound(found)];
    });
    return { exchanges, total, holders };
  };
  return {
    search: method("search the session", search),
    turnsUntil: method(
      "count the turns of the session",
      (session, turn) => v.parse(Count, queries.turns.get({ session, turn })).count,
    ),
  };
}

const NOTHING: Found = { exchanges: [], total: 0, holders: new Map() };

function prepare(client: Database) {
  return {
    /** What may be searched: rows above `from` and below `to`. A turn that is named is one of the newest. */
    place: client.query(
      `SELECT reset_after AS "from", indexed_to AS indexed, turns,
        1 + coalesce((SELECT max(n) FROM history WHERE session = $session AND turn <> $before
          AND n < CASE $before WHEN '' THEN 9e15 ELSE coalesce(
            (SELECT max(n) FROM history WHERE session = $session AND turn = $before), 9e15) END), 0) AS "to"
      FROM sessions WHERE session = $session`,
    ),
    rows: client.query(
      `SELECT n, turn, role, substr(content, 1, ${ROW_CHARS_MAX}) AS content, at FROM history
      WHERE session = $session AND n > $after AND n < $to ORDER BY n LIMIT $limit`,
    ),
    add: client.query(
      "INSERT INTO history_search (rowid, session, asked, said) VALUES ($n, $key, $asked, $said)",
    ),
    mark: client.query("UPDATE sessions SET indexed_to = $at WHERE session = $session"),
    /** The newest that hold a term. In the order of rows: to rank them in SQL, all others would be counted too. */
    holding: client.query(
      `SELECT rowid FROM history_search WHERE history_search MATCH $match AND rowid > $from AND rowid < $to
      ORDER BY rowid DESC LIMIT $limit`,
    ),
    turn: client.query(
      `SELECT n, turn, role, substr(content, 1, ${ROW_CHARS_MAX}) AS content, at FROM history
      WHERE session = $session AND n >= $n AND n < coalesce(
        (SELECT min(n) FROM history WHERE session = $session AND n > $n
          AND turn <> (SELECT turn FROM history WHERE n = $n)), 9e15)
      ORDER BY n`,
    ),
    turns: client.query(
      `SELECT count(DISTINCT turn) AS count FROM history h JOIN sessions s ON s.session = h.session
      WHERE h.session = $session AND h.n > s.reset_after
        AND h.n <= (SELECT max(n) FROM history WHERE session = $session AND turn = $turn)`,
    ),
  };
}

interface Entry {
  readonly n: number;
  readonly turn: string;
  readonly at: number;
  asked: string;
  said: string;
}

/** The turns among rows. What of a turn was cut off before is left out. */
function exchangesOf(rows: readonly Row[]): readonly Entry[] {
  const turns = new Map<string, Entry>();
  for (const { n, turn, role, content, at } of rows) {
    const entry = turns.get(turn);
    if (entry === undefined) {
      if (role === "user") turns.set(turn, { n, turn, at, asked: content, said: "" });
    } else if (role === "user") {
      entry.asked += `\n${content}`;
    } else if (content !== "") {
      entry.said += entry.said === "" ? content : `\n${content}`;
    }
  }
  return [...turns.values()];
}

function toFound({ turn, at, asked, said }: Entry): FoundExchange {
  return { turn, at, asked, said };
}

function withoutLastTurn(rows: readonly Row[]): readonly Row[] {
  const last = rows.at(-1)?.turn;
  return rows.filter(({ turn }) => turn !== last);
}

function indexed(text: string): string {
  return termsIn(text).join(" ");
}

/** One word that stands for a session in the index. Two sessions that share one are told apart by their rows. */
function keyOf(session: string): string {
  return `s${Bun.hash(session).toString(36)}`;
}

/** A term holds letters, digits and accents alone, so nothing in it is syntax. */
function matching(key: string, term: string): string {
  return `session : "${key}" AND {asked said} : "${term}"`;
}
