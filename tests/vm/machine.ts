/** Gets what a virtual machine is made of (an emulator, kernels, a first program), into a cache folder; installs nothing. */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Where everything is kept; git ignores it, and it may be removed at any time. */
export const CACHE = process.env["MOULT_VM_CACHE"] ?? join(import.meta.dir, "../../.cache/vm");
const ROOT = join(CACHE, "root");
const DEBS = join(CACHE, "debs");

/** Series of kernels that Debian has ready for clouds: small, and with everything that is tried here built in. */
export const SERIES = ["6.12", "6.1"] as const;
/** One of them. */
export type Series = (typeof SERIES)[number];

/** Something that this machine lacks; the text says what to do. */
export class NotHere extends Error {
  override readonly name = "NotHere";
}

/** Runs a program and returns what it printed. Throws, with the end of its complaints, when it fails. */
export async function output(line: readonly string[], cwd = CACHE): Promise<string> {
  const child = Bun.spawn([...line], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const [out, complaints, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  if (code === 0) return out;
  throw new NotHere(
    `${line.slice(0, 3).join(" ")} failed: ${complaints.trim().split("\n").slice(-3).join(" ")}`,
  );
}

/** Where a program of a package lies: installed, or in the cache. */
function find(name: string): string | undefined {
  const cached = [join(ROOT, "usr/bin", name), join(ROOT, "bin", name)];
  return Bun.which(name) ?? cached.find((path) => existsSync(path));
}

async function unpack(to: string, pattern: RegExp): Promise<void> {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(DEBS).filter((file) => pattern.test(file)))
    await output(["dpkg", "-x", join(DEBS, name), to]);
}

/** Downloads packages, with all they need that is not installed, and unpacks them. */
async function downloadWithNeeds(packages: readonly string[]): Promise<void> {
  mkdirSync(join(DEBS, "partial"), { recursive: true });
  const options = ["--no-install-recommends", "--download-only", "-o", "Debug::NoLocking=1"];
  const to = ["-o", `Dir::Cache::archives=${DEBS}`];
  await output(["apt-get", "-y", "-q", ...options, ...to, "install", ...packages]);
  await unpack(ROOT, /^(?!linux-image).*\.deb$/);
}

/** An emulator for this processor, and what it takes to start it. */
export interface Emulator {
  readonly line: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Finds or downloads the emulator and the first program. Throws `NotHere` where neither is possible. */
export async function getEmulator(): Promise<{ emulator: Emulator; busybox: string }> {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new NotHere("the virtual machine is made for Linux on x86-64");
  mkdirSync(CACHE, { recursive: true });
  const names = { qemu: "qemu-system-x86_64", busybox: "busybox" };
  if (find(names.qemu) === undefined || find(names.busybox) === undefined) {
    if (Bun.which("apt-get") === null)
      throw new NotHere("there is no qemu-system-x86_64, and no apt-get to download it with");
    await downloadWithNeeds(["qemu-system-x86", "busybox-static"]);
  }
  const [qemu, busybox] = [find(names.qemu), find(names.busybox)];
  if (qemu === undefined || busybox === undefined)
    throw new NotHere("qemu-system-x86 and busybox-static have other files than expected");
  const libraries = ["usr/lib", "lib"].map((folder) => join(ROOT, folder, "x86_64-linux-gnu"));
  const firmware = ["qemu", "seabios"].flatMap((name) => ["-L", join(ROOT, "usr/share", name)]);
  const emulator = qemu.startsWith(ROOT)
    ? { line: [qemu, ...firmware], env: { LD_LIBRARY_PATH: libraries.join(":") } }
    : { line: [qemu], env: {} };
  return { emulator, busybox };
}

const PATTERNS: Record<Series, RegExp> = {
  "6.12": /^linux-image-6\.12\.(\d+)\S*-cloud-amd64$/,
  "6.1": /^linux-image-6\.1\.0-(\d+)-cloud-amd64$/,
};

/** A kernel, and one of its modules. */
export interface Kernel {
  readonly image: string;
  readonly overlay: Uint8Array;
}

/** The newest kernel of a series: in the cache, or downloaded. */
export async function getKernel(series: Series): Promise<Kernel> {
  const folder = join(CACHE, `linux-${series}`);
  const boot = join(folder, "boot");
  const imageName = () =>
    existsSync(boot) ? readdirSync(boot).find((name) => name.startsWith("vmlinuz-")) : undefined;
  if (imageName() === undefined) await downloadKernel(series, folder);
  const name = imageName();
  if (name === undefined) throw new NotHere(`the package of kernel ${series} holds no kernel`);
  const version = name.replace("vmlinuz-", "");
  const modules = join(folder, "lib/modules", version, "kernel/fs/overlayfs");
  const module = join(modules, readdirSync(modules)[0] ?? "");
  const isPacked = module.endsWith(".xz");
  const overlay = isPacked
    ? await bytesFrom(["xz", "-dc", module])
    : await bytesFrom(["cat", module]);
  return { image: join(boot, name), overlay };
}

async function bytesFrom(line: readonly string[]): Promise<Uint8Array> {
  if (Bun.which(line[0] ?? "") === null) throw new NotHere(`there is no ${String(line[0])}`);
  return await Bun.spawn([...line], { stdio: ["ignore", "pipe", "ignore"] }).stdout.bytes();
}

async function downloadKernel(series: Series, folder: string): Promise<void> {
  if (Bun.which("apt-get") === null)
    throw new NotHere("there is no apt-get to download a kernel with");
  const names = (await output(["apt-cache", "pkgnames", "linux-image-6."])).split("\n");
  const versions = names
    .map((name) => ({ name, number: Number(PATTERNS[series].exec(name)?.[1] ?? -1) }))
    .filter(({ number }) => number >= 0)
    .toSorted((a, b) => b.number - a.number);
  const newest = versions[0]?.name;
  if (newest === undefined)
    throw new NotHere(`apt-cache knows no cloud kernel ${series} (try apt-get update)`);
  mkdirSync(DEBS, { recursive: true });
  await output(["apt-get", "-q", "download", newest], DEBS);
  await unpack(folder, new RegExp(`^${newest.replaceAll(/[.+]/g, ".+")}_`));
}
