/** Inside the machine: the layer of security hooks alone, whole and with each hook left out. */
import { join } from "node:path";
import { dlopen, FFIType, ptr } from "bun:ffi";
import { HookLayer, type HookPolicy, openHookLayer } from "../../adapters/linux/bpf/lsm.ts";
import { type HookName, type HookRefusal, HOOKS } from "../../adapters/linux/bpf/lsm_table.ts";
import { createGroup, killGroup, ownGroup, removeGroup } from "../../adapters/linux/cgroup.ts";
import { BUN_ITSELF, libraryPaths } from "../../adapters/linux/program.ts";
import { type Ground, harmless, hookAttacks, makeGround } from "./hook_attacks.ts";
import { report } from "./report.ts";

const MAIN = join(import.meta.dir, "../adapters/linux/network_main.ts");

/** A socket that takes messages; Bun has none of its own. */
function listenForMessages(path: string): void {
  const { i32, ptr: pointer, u32 } = FFIType;
  const { socket, bind } = dlopen("libc.so.6", {
    socket: { args: [i32, i32, i32], returns: i32 },
    bind: { args: [i32, pointer, u32], returns: i32 },
  }).symbols;
  const address = Buffer.alloc(110);
  address.writeUInt16LE(1);
  address.write(path, 2);
  bind(socket(1, 2, 0), ptr(address), 110);
}

const sockets = { stream: "/run/stream", datagram: "/run/datagram" };
const server = Bun.serve({ unix: sockets.stream, fetch: () => new Response("reached") });
listenForMessages(sockets.datagram);

function policyFor({ work }: Ground): HookPolicy {
  const linkers = libraryPaths().filter((path) => /\/ld-[^/]*$/.test(path));
  return {
    read: ["/moult"],
    readFiles: ["/proc", "/sys/devices/system/cpu", "/dev/urandom"],
    run: [BUN_ITSELF, ...linkers],
    load: libraryPaths(),
    write: [work, "/dev/null"],
    listen: [],
  };
}

/** Runs code in a process below a group. */
async function runIn(group: string, ground: Ground, codes: Readonly<Record<string, string>>) {
  const child = Bun.spawn([process.execPath, "--no-install", MAIN, JSON.stringify(codes)], {
    cwd: ground.work,
    env: { HOME: ground.work },
    stdout: "pipe",
    stderr: "pipe",
    cgroup: group,
  } as { stdout: "pipe"; stderr: "pipe" });
  const [out, complaints] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  try {
    return JSON.parse(out) as Record<string, string>;
  } catch {
    return { "the process itself": `${out} ${complaints}`.slice(0, 2_000) };
  }
}

async function removeWhenEmpty(group: string): Promise<void> {
  killGroup(group);
  while (!removeGroup(group)) await Bun.sleep(5);
}

/** Runs code in a group of its own, under a layer if there is one. */
async function attempt(
  layer: HookLayer | undefined,
  choose: (ground: Ground) => Readonly<Record<string, string>>,
  onRefusal: (refusal: HookRefusal) => void = () => undefined,
) {
  const ground = makeGround(sockets);
  const group = createGroup(ownGroup(), `test-${crypto.randomUUID()}`) ?? "";
  const policy = layer?.confine(group, policyFor(ground));
  const stop = layer?.watch(group, onRefusal);
  const results = await runIn(group, ground, choose(ground));
  stop?.();
  policy?.release();
  await removeWhenEmpty(group);
  return results;
}

const all = (ground: Ground) =>
  Object.assign({}, ...Object.values(hookAttacks(ground))) as Record<string, string>;

const began = performance.now();
const layer = openHookLayer();
if (!(layer instanceof HookLayer)) {
  report({ part: "hooks", none: layer.why });
  process.exit(0);
}
report({ part: "hooks", loadedMs: Math.round(performance.now() - began), missing: layer.missing });
report({ part: "hooks", free: await attempt(undefined, all) });
const refusals: HookRefusal[] = [];
report({ part: "hooks", confined: await attempt(layer, all, (refusal) => refusals.push(refusal)) });
report({ part: "hooks", refusals });
const wrong: HookRefusal[] = [];
const works = await attempt(layer, harmless, (refusal) => wrong.push(refusal));
report({ part: "hooks", works, wrong });
layer.close();

/** What gets through when one hook is left out. */
async function without(hook: HookName): Promise<void> {
  const holed = new HookLayer([hook]);
  report({ part: "without", hook, results: await attempt(holed, (at) => hookAttacks(at)[hook]) });
  holed.close();
}
if (process.env["MOULT_QUICK"] === undefined)
  for (const hook of HOOKS) if (!layer.missing.includes(hook)) await without(hook);
report({ part: "hooks", done: true });
await server.stop(true);
process.exit(0);
