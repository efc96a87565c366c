/** Starts a virtual machine and reads what it reports. It does not know what runs inside. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Archive } from "./archive.ts";
import { CACHE, type Emulator } from "./machine.ts";
import { MARK } from "./report.ts";

const ROOT = join(import.meta.dir, "../..");
/** Parts of the repository that run inside. */
const PARTS = [
  "adapters/linux",
  "runtime",
  "schemas",
  "tests/adapters/linux",
  "tests/attacks",
  "tests/contract",
  "tests/vm",
  "node_modules/valibot",
  "node_modules/@valibot",
  "package.json",
  "tsconfig.json",
];
/** Programs of this machine that attacks start. */
const PROGRAMS = ["/bin/true", "/bin/cat", "/bin/sh", "/bin/sleep"];
const PASSWD =
  "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n";

const INIT = `#!/busybox sh
/busybox mount -t proc proc /proc
/busybox mount -t sysfs sys /sys
/busybox mount -t devtmpfs dev /dev
/busybox mount -t cgroup2 none /sys/fs/cgroup
/busybox mount -t securityfs none /sys/kernel/security
/busybox mount -t tmpfs -o mode=1777 tmp /tmp
/busybox mount -t tmpfs run /run
/busybox ip link set lo up
/busybox ip route add default dev lo
echo +memory +pids +cpu > /sys/fs/cgroup/cgroup.subtree_control
export HOME=/root PATH=/bin TZ=UTC
cd /moult
for part in $(/busybox cat /parts); do /bin/bun --no-install tests/vm/$part; done
/busybox poweroff -f
`;

/** What the machine starts with. @param parts programs of this folder that run inside, one after the other */
export function makeArchive(busybox: string, parts: readonly string[]): Uint8Array {
  const archive = new Archive();
  archive.file("busybox", new Uint8Array(require("node:fs").readFileSync(busybox)), 0o755);
  archive.file("init", INIT, 0o755);
  archive.file("parts", `${parts.join("\n")}\n`);
  for (const folder of ["proc", "sys", "dev", "tmp", "run", "root/.ssh"]) archive.folder(folder);
  archive.file("etc/passwd", PASSWD);
  archive.file("etc/shadow", "root:*:20000:0:99999:7:::\n", 0o600);
  archive.file("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
  archive.file("root/.ssh/id_ed25519", "not a key\n", 0o600);
  archive.program(process.execPath, "/bin/bun");
  for (const path of PROGRAMS) archive.program(path);
  for (const library of ["libbpf.so.1", "libnss_files.so.2"]) {
    const found = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu"]
      .map((folder) => join(folder, library))
      .find((path) => require("node:fs").existsSync(path));
    if (found !== undefined) archive.program(found, `/lib/x86_64-linux-gnu/${library}`);
  }
  for (const part of PARTS)
    if (require("node:fs").existsSync(join(ROOT, part)))
      archive.copy(join(ROOT, part), join("moult", part));
  return archive.bytes();
}

/** How a machine is started. */
export interface Boot {
  readonly emulator: Emulator;
  readonly kernel: string;
  readonly archive: string;
  /** Security modules, in the order of the kernel's command line. */
  readonly modules: string;
  readonly secondsMax: number;
  /** Everything that the machine prints. */
  readonly onLine?: (line: string) => void;
}

/** Runs a machine to its end. Returns its reports, parsed. */
export async function boot(options: Boot): Promise<readonly unknown[]> {
  const kernelLine = `console=ttyS0 panic=-1 loglevel=4 lsm=${options.modules}`;
  const machine = ["-accel", "tcg,thread=multi", "-cpu", "max", "-m", "2048", "-smp", "2"];
  const line = [
    ...options.emulator.line,
    ...machine,
    "-nographic",
    "-no-reboot",
    "-kernel",
    options.kernel,
    "-initrd",
    options.archive,
    "-append",
    kernelLine,
  ];
  const child = Bun.spawn(line, {
    env: { ...process.env, ...options.emulator.env },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: options.secondsMax * 1_000,
    killSignal: "SIGKILL",
  });
  const reports: unknown[] = [];
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines.map((raw) => raw.replaceAll("\r", ""))) {
      const at = text.indexOf(MARK);
      if (at >= 0) reports.push(JSON.parse(text.slice(at + MARK.length)));
      else options.onLine?.(text);
    }
  }
  await child.exited;
  return reports;
}

/** Keeps an archive for as long as something runs. */
export async function withArchive<Result>(
  bytes: Uint8Array,
  run: (path: string) => Promise<Result>,
): Promise<Result> {
  const path = join(CACHE, `archive-${String(process.pid)}.cpio`);
  writeFileSync(path, bytes);
  try {
    return await run(path);
  } finally {
    rmSync(path);
  }
}
