/** Inside the machine: the layer of security hooks alone, whole and with each hook left out. */
import { dlopen, FFIType, ptr } from "bun:ffi";
import { join } from "node:path";
import { HookLayer, openHookLayer } from "../../adapters/linux/bpf/lsm.ts";
import { type HookName, type HookRefusal, HOOKS } from "../../adapters/linux/bpf/lsm_table.ts";
import { bunIn, inGroup } from "./ground.ts";
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

/** A file system in memory, and one that is made of others, as a container's. */
const BASES = { plain: "/tmp", layered: "/layers/all" } as const;

/** Runs code in a group of its own, under a layer if there is one. */
async function attempt(
  layer: HookLayer | undefined,
  choose: (ground: Ground) => Readonly<Record<string, string>>,
  options: { base?: string; onRefusal?: (refusal: HookRefusal) => void } = {},
): Promise<Readonly<Record<string, string>>> {
  const { base = BASES.plain, onRefusal = () => undefined } = options;
  const ground = makeGround(base, sockets);
  return await inGroup(layer, ground.work, async (group) => {
    const stop = layer?.reports.watch(group, onRefusal);
    const text = await bunIn(group, ground.work, [MAIN, JSON.stringify(choose(ground))]);
    stop?.();
    try {
      return JSON.parse(text) as Record<string, string>;
    } catch {
      return { "the process itself": text.slice(0, 2_000) };
    }
  });
}

const all = (ground: Ground) =>
  Object.assign({}, ...Object.values(hookAttacks(ground))) as Record<string, string>;

const layer = openHookLayer();
if (!(layer instanceof HookLayer)) {
  report({ part: "hooks", none: layer.why });
  process.exit(0);
}
report({ part: "hooks", missing: layer.missing });
for (const [name, base] of Object.entries(BASES)) {
  const tell = (column: string, results: object) =>
    report({ part: "hooks", column, files: name, results });
  // In a group that the layer was not told of: it must not notice.
  tell("free", await attempt(undefined, all, { base }));
  const refusals: HookRefusal[] = [];
  const onRefusal = (refusal: HookRefusal) => refusals.push(refusal);
  tell("confined", await attempt(layer, all, { base, onRefusal }));
  report({ part: "refusals", refusals });
  tell("harmless", await attempt(layer, harmless, { base }));
}
layer.close();

/** What gets through when one hook is left out. */
async function without(hook: HookName): Promise<void> {
  const holed = new HookLayer([hook]);
  report({ part: "without", hook, results: await attempt(holed, (at) => hookAttacks(at)[hook]) });
  holed.close();
}
for (const hook of HOOKS) if (!layer.missing.includes(hook)) await without(hook);
report({ part: "hooks", done: true });
await server.stop(true);
process.exit(0);
