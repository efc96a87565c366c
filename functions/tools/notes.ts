/** Notes that last. Each note is a value of its own, so that two that are added at once never overwrite each other. */
import { type CallContext, MoultError, defineTool, v } from "moult";

/** More would not fit one listing of the store; people delete before that. */
const NOTES_MAX = 1_000;

/** Notes of one answer. A model's window is small. */
const NOTES_SHOWN = 20;

const Note = v.object({ text: v.string(), at: v.number() });

/** Words that say nothing about what is sought. */
const FILLER =
  /^(?:a|an|the|my|our|of|on|in|for|about|to|with|is|are|was|note|notes|that|says?|saying)$/;

export default defineTool({
  description: "Save a note, or search, list or delete saved notes",
  input: v.object({
    action: v.picklist(["add", "search", "list", "delete"]),
    text: v.optional(v.pipe(v.string(), v.maxLength(2_000))),
  }),
  output: v.object({
    notes: v.array(v.object({ text: v.string(), id: v.string() })),
    /** How many there are when not all are shown. */
    total: v.optional(v.number()),
    done: v.optional(v.picklist(["saved", "deleted"])),
  }),
  limits: { timeMs: 5_000 },
  examples: [
    {
      say: "note that the garage code is 9981",
      input: { action: "add", text: "the garage code is 9981" },
    },
    { say: "what did I note about the garage?", input: { action: "search", text: "garage" } },
    { say: "show my notes", input: { action: "list" } },
    { say: "delete the note about milk", input: { action: "delete", text: "milk" } },
  ],
  async run({ action, text = "" }, ctx) {
    const notes = await stored(ctx);
    if (action === "add") return { done: "saved" as const, notes: [await add(text, notes, ctx)] };
    const found = matching(text, notes);
    if (action === "delete")
      return { done: "deleted" as const, notes: [await remove(text, found, ctx)] };
    const shown = found.slice(0, NOTES_SHOWN).map(({ text: words, id }) => ({ text: words, id }));
    return found.length > shown.length ? { notes: shown, total: found.length } : { notes: shown };
  },
});

type Lent = Pick<CallContext, "kv" | "now">;

interface Stored {
  readonly id: string;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** All notes, the newest first. */
async function stored({ kv }: Lent): Promise<Stored[]> {
  const rows = await kv.list({ prefix: "note:", limit: NOTES_MAX });
  const notes = rows.map(({ key, value }) => {
    const { text, at } = v.parse(Note, value);
    return { id: key.slice("note:".length), text, at };
  });
  return notes.toSorted((a, b) => b.at - a.at);
}

/** The id is made of the text: a call that is repeated saves nothing twice. */
async function add(words: string, notes: readonly Stored[], ctx: Lent) {
  const text = words.trim();
  if (text === "")
    throw new MoultError("tool/failed", "Cannot save an empty note: say what to note");
  const id = Bun.hash(text).toString(36).slice(0, 8);
  if (notes.some((note) => note.id === id)) return { text, id };
  if (notes.length >= NOTES_MAX)
    throw new MoultError(
      "tool/failed",
      `Cannot keep more than ${NOTES_MAX} notes: delete some first`,
    );
  await ctx.kv.set(`note:${id}`, { text, at: ctx.now() });
  return { text, id };
}

/** Deletes the one note that matches; several are a question, never a guess. */
async function remove(words: string, found: readonly Stored[], ctx: Lent) {
  // Words that say nothing match every note: fine to search with, never to delete with.
  const [note, ...others] = keywords(words).length === 0 ? [] : found;
  if (note === undefined)
    throw new MoultError("tool/failed", `Cannot find a note about "${words}" to delete`);
  if (others.length > 0) {
    const choice = found.slice(0, 5).map(({ id, text }) => `${id} "${text.slice(0, 60)}"`);
    throw new MoultError(
      "tool/failed",
      `Cannot tell which of ${found.length} notes to delete; give the id of one: ${choice.join(", ")}`,
    );
  }
  await ctx.kv.delete(`note:${note.id}`);
  return { text: note.text, id: note.id };
}

/** Notes with this id or exactly this text, else those that hold every word of it; all when it is empty. */
function matching(words: string, notes: readonly Stored[]): readonly Stored[] {
  const sought = words.trim().toLowerCase();
  const exact = notes.filter(({ id, text }) => id === sought || text.toLowerCase() === sought);
  if (exact.length > 0) return exact;
  const parts = keywords(sought);
  return notes.filter(({ text }) => parts.every((part) => text.toLowerCase().includes(part)));
}

function keywords(words: string): readonly string[] {
  const parts = words.toLowerCase().split(/[\s,.?!;:"']+/);
  return parts.filter((part) => part !== "" && !FILLER.test(part));
}
