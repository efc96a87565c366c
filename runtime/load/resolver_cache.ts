/**
 * Makes the bundler look at folders again. It remembers which folders and packages there are for as long as the
 * process lives; a package that is installed or updated under a running daemon would never be seen.
 */
import { dirname, join } from "node:path";

let asked = 0;

/** Forgets what is known of a package in every `node_modules` folder that `root` can see. */
export function forgetPackage(root: string, name: string): void {
  // Outermost first: a folder that is looked at again asks what is known of the one above it.
  for (const dir of upwards(root).toReversed()) {
    const packages = join(dir, "node_modules");
    for (const folder of [dir, packages, dirname(join(packages, name)), join(packages, name)])
      lookAgain(folder);
  }
}

/** Name of the package behind an import (`a/b` → `a`, `@a/b/c` → `@a/b`). */
export function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The resolver drops what it knows of a folder when an absolute path in it turns out not to exist. */
function lookAgain(folder: string): void {
  try {
    Bun.resolveSync(join(folder, `.moult-${process.pid}-${asked++}`), folder);
  } catch {
    // What was asked for: no such file has ever existed.
  }
}

function upwards(dir: string): string[] {
  const above = dirname(dir);
  return above === dir ? [dir] : [dir, ...upwards(above)];
}
