/** Reads text files of the folder `files/` below where moult was started. The kernel lets it see no other. */
import { MoultError, defineTool, v } from "moult";

const FOLDER = "files";

/** Bytes of a file that are shown. More would only push the question out of a model's window. */
const FILE_BYTES_MAX = 64 * 1024;

/** Files that are looked through, and files of one listing. */
const FILES_MAX = 5_000;
const FILES_SHOWN = 200;

export default defineTool({
  description: "Read a text file, or list the files",
  input: v.object({ path: v.optional(v.pipe(v.string(), v.maxLength(300))) }),
  output: v.object({
    text: v.optional(v.string()),
    files: v.optional(v.array(v.string())),
    path: v.string(),
    /** Whether there is more than what is shown. */
    cut: v.optional(v.boolean()),
  }),
  permissions: { read: [FOLDER] },
  limits: { timeMs: 5_000 },
  examples: [
    { say: "read the file todo.txt", input: { path: "todo.txt" } },
    { say: "what is in recipes/soup.md?", input: { path: "recipes/soup.md" } },
    { say: "which files do I have?", input: {} },
  ],
  async run({ path = "" }) {
    const wanted = inside(path);
    const names = await list();
    const below = wanted === "" ? names : names.filter((name) => name.startsWith(`${wanted}/`));
    if (wanted === "" || below.length > 0) return listing(wanted, below);
    const name = pick(wanted, names);
    const file = Bun.file(`${FOLDER}/${name}`);
    const text = await decode(file, name);
    return { text, path: `${FOLDER}/${name}`, ...(file.size > FILE_BYTES_MAX && { cut: true }) };
  },
});

function listing(folder: string, names: readonly string[]) {
  const path = folder === "" ? FOLDER : `${FOLDER}/${folder}`;
  const files = names.slice(0, FILES_SHOWN);
  return files.length < names.length ? { files, path, cut: true } : { files, path };
}

/** The path below the folder, without `files/` and `./` before it. */
function inside(path: string): string {
  const parts = path
    .trim()
    .split(/[/\\]+/)
    .filter((part) => part !== "." && part !== "");
  if (path.startsWith("/") || path.startsWith("~") || parts.includes(".."))
    throw new MoultError(
      "policy/denied",
      `Cannot read "${path}": only files below ${FOLDER}/ are open to me`,
    );
  return (parts[0] === FOLDER ? parts.slice(1) : parts).join("/");
}

/** Paths of all files below the folder, sorted. */
async function list(): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const name of new Bun.Glob("**/*").scan({ cwd: FOLDER })) {
      if (names.push(name) >= FILES_MAX) break;
    }
  } catch (cause) {
    throw new MoultError(
      "tool/failed",
      `Cannot open the folder ${FOLDER}/: create it where moult was started, put text files into it, and start moult again`,
      undefined,
      cause,
    );
  }
  return names.toSorted();
}

/** The file of this name; else the only one that differs in case, folder or ending. */
function pick(wanted: string, names: readonly string[]): string {
  if (names.includes(wanted)) return wanted;
  const bare = (name: string) => name.toLowerCase().replace(/^.*\//, "");
  const close = names.filter((name) => {
    const short = bare(name);
    return short === bare(wanted) || short.replace(/\.\w+$/, "") === bare(wanted);
  });
  if (close.length === 1 && close[0] !== undefined) return close[0];
  const there = names.length === 0 ? "it is empty" : `there are ${names.slice(0, 20).join(", ")}`;
  throw new MoultError("tool/failed", `Cannot find "${wanted}" in ${FOLDER}/: ${there}`);
}

async function decode(file: Bun.BunFile, name: string): Promise<string> {
  const bytes = await file.slice(0, FILE_BYTES_MAX).bytes();
  try {
    // `stream`: a character cut in half at the end is left out, not an error.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch (cause) {
    throw new MoultError(
      "tool/failed",
      `Cannot read "${name}": it is not a text file`,
      undefined,
      cause,
    );
  }
}
