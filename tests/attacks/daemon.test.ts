import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { LIMITS_DEFAULT } from "../../schemas/function.ts";
import type { Deployment } from "../../runtime/isolate/deployment.ts";
import type { Deed } from "./attack.ts";
import { type Bench, call, openBench, tool } from "../runtime/isolate/setup.ts";
import {
  CHANNEL_ATTACKS,
  type DaemonAttack,
  type DaemonPlaces,
  FETCH_ATTACKS,
  type Harm,
  LANGUAGE_ATTACKS,
  PRELUDE,
  SUBTLE_FETCH_ATTACKS,
} from "./daemon_attacks.ts";
import { LAYERS } from "../../adapters/linux/omitted.ts";
import { LinuxSandbox } from "../../adapters/linux/sandbox.ts";
import { only, Ground } from "./verdicts.ts";
import { openServers } from "./places.ts";
import { until } from "../waiting.ts";
import { keep } from "../children.ts";

const BELIEVER = Bun.fileURLToPath(new URL("believing_main.ts", import.meta.url));

const GZIP = { headers: { "content-encoding": "gzip" } };
const BOMB = gzipSync(Buffer.alloc(70 * 1_048_576));

/** What only whoever makes the connection has a say in. */
function isAboutConnection({ method, headers }: Request): boolean {
  const names = [...headers.keys()];
  return (
    ["CONNECT", "TRACE"].includes(method) ||
    names.some((name) => name === "upgrade" || name.startsWith("proxy-"))
  );
}

/** Servers that count what is not allowed. */
function openPlaces() {
  let hits = 0;
  let counted = 0;
  const hit = () => {
    hits++;
    return new Response("forbidden");
  };
  const path = `/tmp/moult-daemon-${crypto.randomUUID()}`;
  const servers = [
    Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        const { pathname, searchParams } = new URL(request.url);
        if (pathname === "/smuggled" || isAboutConnection(request)) return hit();
        if (pathname === "/count" && ++counted > LIMITS_DEFAULT.requests) return hit();
        if (pathname === "/bomb") return new Response(BOMB, GZIP);
        const to = searchParams.get("url");
        if (to !== null) return Response.redirect(to);
        return new Response(pathname === "/host" ? request.headers.get("host") : "reached");
      },
    }),
    Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: hit }),
    Bun.serve({ unix: path, fetch: hit }),
  ] as const;
  const places: DaemonPlaces = {
    allowed: `http://127.0.0.1:${String(servers[0].port)}`,
    forbidden: `http://127.0.0.1:${String(servers[1].port)}`,
    socket: path,
  };
  return {
    places,
    hits: () => hits,
    async close() {
      await Promise.all(servers.map(async (server) => await server.stop(true)));
      rmSync(path, { force: true });
    },
  };
}

describe.skipIf(process.platform !== "linux")("an attack on the daemon", () => {
  let bench: Bench;
  let healthy: Deployment;
  const taken: string[] = [];
  beforeAll(async () => {
    bench = openBench(
      { poolSize: 2 },
      {
        call: (_from, name) => {
          taken.push(`a call of ${name}`);
          return Promise.resolve({ version: "", ms: 0, output: "called", writes: [] });
        },
      },
    );
    bench.kv.set("healthy/secret", "secret");
    healthy = await bench.deploy(tool(`return { secret: 1, mine: input.mine }`), {
      name: "healthy",
    });
  });
  afterAll(async () => await bench.close());

  async function byBeliever(code: string): Promise<Harm> {
    const place = openPlaces();
    const line = [process.execPath, "--no-install", BELIEVER, code, JSON.stringify(place.places)];
    const child = keep(Bun.spawn(line, { stdout: "pipe", stderr: "ignore" }));
    const [text, status] = await Promise.all([child.stdout.text(), child.exited]);
    await place.close();
    const said = (status === 0 ? JSON.parse(text) : { taken: [], polluted: false }) as Harm;
    return { ...said, died: status !== 0, hits: place.hits() };
  }

  /** Runs code in a function, while another one is called, whose answers must be its own. */
  async function byMoult(code: string): Promise<Harm & { readonly output: unknown }> {
    const place = openPlaces();
    const net = `permissions: { net: ["${new URL(place.places.allowed).host}"] }, limits: { timeMs: 10_000 },`;
    const at = JSON.stringify(place.places);
    const last = `said all of ${crypto.randomUUID()}`;
    // Kept from what the code does to the language.
    const source = tool(
      `const at = ${at}; ctx = { ...ctx, took: (what) => ctx.log.warn({}, "took " + what) }; ${PRELUDE}
       const sayLast = raw.bind(null, JSON.stringify({ type: "log", call: 1, level: "info", facts: {}, text: ${JSON.stringify(last)} }) + "\\n");
       try { return await (async () => { ${code} })(); } finally { sayLast() }`,
      net,
    );
    const endings = bench.crashes.length;
    const bad = await bench.deploy(source, { name: "bad" });
    const running = bad.run(call());
    const others = await Promise.all(
      [1, 2, 3].map(async (mine) => await healthy.run(call({ mine }))),
    );
    const { output } = await running;
    // It was ended for what it said, or all of that was heard.
    const isOver = () =>
      bench.crashes.length > endings || bench.logs.some(({ text }) => text === last);
    await until(isOver);
    await bad.retire();
    await place.close();
    expect(others.map((other) => other.output)).toEqual(
      [1, 2, 3].map((mine) => ({ secret: 1, mine })),
    );
    const told = bench.logs.filter(({ text }) => text.startsWith("took"));
    return {
      output,
      died: false, // This is its process.
      hits: place.hits(),
      taken: [...taken, ...told.map(({ text }) => text)],
      polluted: "polluted" in {},
    };
  }

  const named = (through: string, attacks: readonly DaemonAttack[]) =>
    attacks.map(({ name, ...pair }) => [through, name, pair] as const);

  test.each([
    ...named("its channel", CHANNEL_ATTACKS),
    ...named("ctx.fetch", FETCH_ATTACKS),
    ...named("ctx.fetch", SUBTLE_FETCH_ATTACKS),
    ...named("the language", LANGUAGE_ATTACKS),
  ])("through %s: %s", async (_through, _name, { harmless, malicious }) => {
    const [believed, refused, well] = await Promise.all([
      byBeliever(malicious),
      byMoult(malicious),
      byMoult(harmless),
    ]);
    const { died, hits, polluted } = believed;
    expect(died || hits > 0 || polluted || believed.taken.length > 0).toBe(true);
    expect(refused).toMatchObject({ died: false, hits: 0, taken: [], polluted: false });
    expect(well.output).toBe("well");
  });

  test("by appetite: 600 MiB of memory", async () => {
    const eat = (mib: number) =>
      `const kept = []; for (let i = 0; i < ${String(mib)}; i++) { kept.push(Buffer.alloc(1_048_576, 1)); if (i % 16 === 0) await Bun.sleep(1); } return "well"`;
    const { servers, close } = await openServers();
    const free = new Ground(servers, only([]));
    const limits = "limits: { memoryMiB: 128, timeMs: 20_000 },";
    const [big, small] = await Promise.all(
      [600, 32].map(
        async (mib) => await bench.deploy(tool(eat(mib), limits), { name: `eats${String(mib)}` }),
      ),
    );
    const attack = { name: "", harmless: "", malicious: eat(600) };
    const [freely, confined, well, other] = await Promise.all([
      free.try(attack, "malicious"),
      big?.run(call()),
      small?.run(call()),
      healthy.run(call({ mine: 1 })),
    ]);
    expect(freely.result).toBe("succeeds");
    expect(confined?.error).toMatchObject({ code: "function/limit" });
    expect(confined?.error?.message).toContain("MiB > 128");
    expect(well?.output).toBe("well");
    expect(other.output).toEqual({ secret: 1, mine: 1 });
    await Promise.all([free.close(), close(), big?.retire(), small?.retire()]);
  });

  test("by appetite: threads, where no controller and no user id of its own bounds them", async () => {
    const layers = LAYERS.filter((layer) => layer !== "uid" && layer !== "cgroup");
    const sandbox = new LinuxSandbox(only(layers));
    const unbounded = openBench({ sandbox });
    const start = (count: number) => `
      const { dlopen, ptr } = await import("bun:ffi");
      const c = dlopen("libc.so.6", {
        dlsym: { args: ["ptr", "ptr"], returns: "ptr" },
        pthread_create: { args: ["ptr", "ptr", "ptr", "u64"], returns: "i32" },
      }).symbols;
      const sleep = c.dlsym(null, ptr(Buffer.from("sleep\\0")));
      for (let i = 0; i < ${String(count)}; i++) c.pthread_create(ptr(Buffer.alloc(8)), null, sleep, 8);
      if (${String(count)} > 100) await Bun.sleep(8_000);
      return "well"`;
    const few = await unbounded.deploy(tool(start(20)), { name: "few" });
    expect((await few.run(call())).output).toBe("well");
    const many = await unbounded.deploy(tool(start(300)), { name: "many" });
    expect((await many.run(call())).error?.message).toMatch(/\d threads > 192/);
    await unbounded.close();
  });

  test("through its channel: open files, for the daemon to hold", async () => {
    const { servers, close } = await openServers();
    const ground = new Ground(servers, {});
    const hand: Deed = async (_, { sys, at, vector }) => {
      const fs = await import("node:fs");
      const file = fs.openSync("/dev/null", "r");
      const space = Buffer.from(" "); // Before a frame, it is nothing.
      const [COUNT, SOCKET, RIGHTS] = [100, 1, 1];
      const control = Buffer.alloc(16 + 4 * COUNT);
      control.writeBigUInt64LE(BigInt(control.length), 0);
      control.writeInt32LE(SOCKET, 8);
      control.writeInt32LE(RIGHTS, 12);
      for (let i = 0; i < COUNT; i++) control.writeInt32LE(file, 16 + 4 * i);
      const part = vector(at(space), 1);
      const message = Buffer.alloc(56);
      message.writeBigUInt64LE(at(part), 16);
      message.writeBigUInt64LE(1n, 24);
      message.writeBigUInt64LE(at(control), 32);
      message.writeBigUInt64LE(BigInt(control.length), 40);
      for (let i = 0; i < 10; i++) sys("sendmsg", 3, message, 0);
    };
    const nothing = { name: "", harmless: () => undefined, malicious: hand };
    await ground.try(nothing, "harmless");
    const before = readdirSync("/proc/self/fd").length;
    expect((await ground.try(nothing, "malicious")).result).toBe("succeeds"); // The kernel takes them, …
    expect((await ground.try(nothing, "harmless")).result).toBe("succeeds");
    expect(readdirSync("/proc/self/fd").length - before).toBeLessThan(50); // … and drops them.
    await Promise.all([ground.close(), close()]);
  });
});
