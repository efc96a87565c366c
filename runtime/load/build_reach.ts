/** Which files a build may read, as its process is confined to them: what functions may be made of, and nothing else. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { isBelow } from "../below.ts";
import type { FilePolicy } from "../ports.ts";
import { CODE, DATA, projectOf } from "./fence.ts";

/** Files and folders of one project that are named to the kernel. */
const ENTRIES_MAX = 500;

/**
 * The rights of a build of files in some functions folders: these folders, the code beside them in their projects, the
 * packages that they see. Of everything else it sees the names, as it has to look for packages from the top.
 *
 * @param closed Folders that no build gets to see into: moult's home
 */
export function reachOf(roots: readonly string[], closed: readonly string[]): FilePolicy {
  const paths = new Set<string>();
  for (const root of roots) {
    paths.add(root);
    for (const path of [...packageFolders(root), ...entriesOf(projectOf(root))]) paths.add(path);
  }
  const read = [...paths].filter(
    (path) => existsSync(path) && !closed.some((one) => isBelow(path, one) || isBelow(one, path)),
  );
  return { list: ["/"], read, write: [], exec: [] };
}

/** The same without what lies beside the functions folders, where something else than a project does. */
export function narrowReachOf(roots: readonly string[]): FilePolicy {
  return { list: ["/"], read: roots.filter((root) => existsSync(root)), write: [], exec: [] };
}

function packageFolders(root: string): readonly string[] {
  const above = dirname(root);
  return [join(root, "node_modules"), ...(above === root ? [] : packageFolders(above))];
}

/** What may be code in a project. Dot files hold what is nobody's business; what links lead to is looked at where it lies. */
function entriesOf(project: string): readonly string[] {
  if (dirname(project) === project) return []; // The whole machine is no project.
  try {
    return readdirSync(project, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith("."))
      .filter((entry) => entry.isDirectory() || (entry.isFile() && isReadable(entry.name)))
      .slice(0, ENTRIES_MAX)
      .map(({ name }) => join(project, name));
  } catch {
    return [];
  }
}

function isReadable(name: string): boolean {
  const kind = extname(name);
  return CODE.has(kind) || DATA.has(kind);
}
