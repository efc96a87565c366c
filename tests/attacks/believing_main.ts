/**
 * A runtime that believes its functions, to see that the attacks on the daemon are some: it does what it is told over
 * the channel, keeps all of it, and runs two functions in one process. Prints what came of it; it may die of it.
 * Arguments: the code of a function, and the places.
 */
import { closeSync } from "node:fs";
import { socketPair } from "../../adapters/linux/syscalls.ts";
import { PRELUDE } from "./daemon_attacks.ts";

/** Bytes of one frame after which a real machine would soon be full. */
const SWOLLEN_BYTES = 16 * 1_048_576;
type Frame = Record<string, unknown>;

/** Copies a frame's facts into its own, as many a library did. */
function merge(into: Frame, from: Frame): void {
  for (const [key, value] of Object.entries(from))
    if (typeof value === "object" && value !== null)
      merge((into[key] ??= {}) as Frame, value as Frame);
    else into[key] = value;
}

async function believe(code: string, places: string): Promise<void> {
  const [ours, theirs] = socketPair();
  const taken: string[] = [];
  const facts: Frame = {};
  const requests: Promise<unknown>[] = [];
  const obey = (frame: Frame) => {
    if (frame["type"] === "log") merge(facts, frame["facts"] as Frame);
    else if (frame["type"] === "writes")
      for (const { key, value } of frame["writes"] as { key: string; value: Frame }[])
        merge((facts[key] ??= {}) as Frame, value);
    else if (frame["op"] === "fetch") requests.push(fetch(String(frame["url"])));
    else taken.push(String(frame["op"] ?? frame["type"]));
  };
  let rest = "";
  const silent = Promise.withResolvers<void>();
  const place = {
    fd: ours,
    socket: {
      data(_: unknown, bytes: Uint8Array) {
        rest += Buffer.from(bytes).toString();
        if (rest.length > SWOLLEN_BYTES) process.exit(9);
        const lines = rest.split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) obey(JSON.parse(line) as Frame);
      },
      close: () => silent.resolve(),
    },
  } as unknown;
  await Bun.connect(place as Bun.UnixSocketOptions);
  const child = Bun.spawn(
    [process.execPath, "--no-install", import.meta.path, "fn", code, places],
    {
      stdio: ["ignore", "pipe", "inherit", theirs],
    } as unknown as { stdout: "pipe" },
  );
  closeSync(theirs); // The child's own is the last one: what it said is known when that closes.
  const said = JSON.parse(await child.stdout.text()) as { taken: string[]; polluted: boolean };
  await silent.promise;
  await Promise.allSettled(requests);
  const polluted = said.polluted || "polluted" in {};
  process.stdout.write(JSON.stringify({ taken: [...taken, ...said.taken], polluted }));
  process.exit();
}

/** Two functions in one process: the one that was given, and one that has a secret. */
async function runBoth(code: string, places: string): Promise<void> {
  const taken: string[] = [];
  const ctx = {
    fetch,
    isFree: true,
    took: (what: string) => void taken.push(what),
    log: { info: () => undefined },
  };
  const source = `import { createRequire } from "node:module";
    const require = createRequire("/");
    export default async (ctx, at) => { ${PRELUDE} ${code} };`;
  const { default: run } = (await import(
    `data:text/javascript;base64,${Buffer.from(source).toString("base64")}`
  )) as { default: (...all: unknown[]) => Promise<unknown> };
  const result = await run(ctx, JSON.parse(places)).catch((error: unknown) => String(error));
  merge({}, { result }); // What a runtime does with a result, sooner or later.
  const secret: unknown = await Promise.resolve(JSON.parse('{"secret":1}')).then((value) => value);
  void secret;
  process.stdout.write(JSON.stringify({ taken, polluted: "polluted" in {} }));
  process.exit();
}

const [first = "", second = "", third = ""] = process.argv.slice(2);
await (first === "fn" ? runBoth(second, third) : believe(first, second));
