/** What the machine starts with: this repository, Bun, and a first program that runs parts of it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Archive } from "./archive.ts";

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
const PROGRAMS = ["/bin/true", "/bin/cat", "/bin/sh", "/bin/bash", "/bin/sleep", "/usr/bin/env"];
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
/busybox insmod /overlay.ko
/busybox mkdir -p /layers
/busybox mount -t tmpfs layers /layers
/busybox mkdir -p /layers/lower /layers/upper /layers/work /layers/all
/busybox mount -t overlay -o lowerdir=/layers/lower,upperdir=/layers/upper,workdir=/layers/work overlay /layers/all
/busybox ip link set lo up
/busybox ip route add default dev lo
echo +memory +pids +cpu > /sys/fs/cgroup/cgroup.subtree_control
export HOME=/root PATH=/bin TZ=UTC
cd /moult
for part in $(/busybox cat /parts); do /bin/bun --no-install tests/vm/$part; done
/busybox poweroff -f
`;

/** What an archive is made of beside this repository and this machine's programs. */
export interface Ingredients {
  /** Path of the first program. */
  readonly busybox: string;
  /** The module of a file system that is made of others, as containers have it. */
  readonly overlay: Uint8Array;
  /** Programs of this folder that run inside, one after the other. */
  readonly parts: readonly string[];
}

/** What the machine starts with. */
export function makeArchive({ busybox, overlay, parts }: Ingredients): Uint8Array {
  const archive = new Archive();
  archive.file("busybox", readFileSync(busybox), 0o755);
  archive.file("overlay.ko", overlay);
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
      .find((path) => existsSync(path));
    if (found !== undefined) archive.program(found, `/lib/x86_64-linux-gnu/${library}`);
  }
  for (const part of PARTS)
    if (existsSync(join(ROOT, part))) archive.copy(join(ROOT, part), join("moult", part));
  return archive.bytes();
}
