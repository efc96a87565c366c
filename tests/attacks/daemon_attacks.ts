/**
 * Attacks on the daemon itself: through the channel that it hears a function by, through `ctx.fetch`, and through the
 * language. No layer of the kernel's stands against these; the daemon does.
 */

/** Where attacks lead. */
export interface DaemonPlaces {
  /**
   * Server that the function may reach: `/to?url=` redirects there, `/host` says by which name it was asked for, `/bomb`
   * answers with 70 MiB of nothing in 70 KiB. What is about the connection counts as `forbidden`: the methods
   * `CONNECT` and `TRACE`, `Upgrade`, `Proxy-…`, and requests to `/count` beyond those that a call may make.
   */
  readonly allowed: string;
  /** Server that it may not. */
  readonly forbidden: string;
  /** Path of a unix socket that it may not reach either; it counts as `forbidden`. */
  readonly socket: string;
}

/** What came of it. */
export interface Harm {
  /** The daemon ended, or would have. */
  readonly died: boolean;
  /** Requests that reached what is forbidden. */
  readonly hits: number;
  /** Things a function was given, or did, that were not its own: values, calls, answers, permissions. */
  readonly taken: readonly string[];
  /** Every object of the daemon has something new. */
  readonly polluted: boolean;
}

/** A pair. Both halves are the body of an async function of `ctx`, `at` and what `PRELUDE` gives. */
export interface DaemonAttack {
  readonly name: string;
  /** Returns `"well"`. */
  readonly harmless: string;
  readonly malicious: string;
}

/** `raw` and `say` write to the channel that the daemon hears the function by. */
export const PRELUDE = `
  const fs = await import("node:fs");
  const raw = (text) => {
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; )
      try { from += fs.writeSync(3, bytes, from) } catch (error) { if (error.code !== "EAGAIN") throw error }
  };
  const say = (...frames) => raw(frames.map((frame) => JSON.stringify(frame) + "\\n").join(""));
  const ID = 900_000;
  const ask = (op, more) => ({ type: "ask", id: ID, call: 1, op, ...more });
  const get = (url) => ask("fetch", { url, method: "GET", headers: [], chunks: 0 });
`;

const logs = `ctx.log.info({ a: 1 }, "well"); return "well"`;
const fetches = `await (await ctx.fetch(at.allowed + "/")).text(); return "well"`;

/** Through the channel. */
export const CHANNEL_ATTACKS: readonly DaemonAttack[] = [
  { name: "a frame that is not JSON", harmless: logs, malicious: `raw("nonsense\\n")` },
  { name: "a frame of nothing", harmless: logs, malicious: `raw("\\n")` },
  { name: "a frame that is null", harmless: logs, malicious: `raw("null\\n")` },
  {
    name: "a frame of 40 MiB",
    harmless: `ctx.log.info({}, "x".repeat(4_000)); return "well"`,
    malicious: `const piece = "x".repeat(1_048_576); for (let i = 0; i < 40; i++) raw(piece)`,
  },
  {
    name: "a frame of 400,000 brackets",
    harmless: `ctx.log.info({ a: [[[[1]]]] }, "well"); return "well"`,
    malicious: `raw('{"type":"log","level":"info","text":"","facts":' + '{"a":'.repeat(100_000) + "1" + "}".repeat(100_001) + "\\n")`,
  },
  {
    name: "facts that change every object",
    harmless: logs,
    malicious: `raw('{"type":"log","level":"info","text":"","facts":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}\\n')`,
  },
  {
    name: "a value that changes every object",
    harmless: `await ctx.kv.set("a", { b: 1 }); return "well"`,
    malicious: `raw('{"type":"writes","call":1,"writes":[{"key":"__proto__","value":{"polluted":1}}]}\\n')`,
  },
  {
    name: "a manifest with more permissions",
    harmless: fetches,
    malicious: `say({ type: "ready", manifest: { kind: "tool", description: "x", permissions: { net: [new URL(at.forbidden).host] } } }, get(at.forbidden))`,
  },
  { name: "a request past its manifest", harmless: fetches, malicious: `say(get(at.forbidden))` },
  {
    name: "a request in the name of another call",
    harmless: fetches,
    malicious: `say(...[0, 2, 3, 4_294_967_296].map((call, i) => ({ ...get(at.forbidden), id: ID + i, call })))`,
  },
  {
    name: "another function's values",
    harmless: `await ctx.kv.get("a"); return "well"`,
    malicious: `say(ask("kv.get", { key: "healthy/secret", fn: "healthy", name: "healthy" }))`,
  },
  {
    name: "a call of a function that it may not call",
    harmless: logs,
    malicious: `say(ask("call", { name: "healthy", input: {} }))`,
  },
  {
    name: "answers to the calls of others",
    harmless: logs,
    malicious: `say(...Array.from({ length: 200 }, (_, call) => ({ type: "answered", call: call + 2, ok: true, writes: 0, text: '"forged"' })))`,
  },
  {
    name: "a question in the place of another (same number)",
    harmless: fetches,
    malicious: `say(get(at.forbidden), get(at.forbidden), get(at.forbidden))`,
  },
];

/** Through `ctx.fetch`. */
export const FETCH_ATTACKS: readonly DaemonAttack[] = [
  { name: "another place", harmless: fetches, malicious: `await ctx.fetch(at.forbidden)` },
  {
    name: "another place over the same connection",
    harmless: `${fetches.replace(`return "well"`, "")} ${fetches}`,
    malicious: `await (await ctx.fetch(at.allowed)).text(); await ctx.fetch(at.forbidden)`,
  },
  {
    name: "a redirect to another place",
    harmless: `await (await ctx.fetch(at.allowed + "/to?url=" + at.allowed)).text(); return "well"`,
    malicious: `await ctx.fetch(at.allowed + "/to?url=" + at.forbidden)`,
  },
  {
    name: "the allowed place as a user's name",
    harmless: fetches,
    malicious: `await ctx.fetch("http://" + new URL(at.allowed).host + "@" + new URL(at.forbidden).host + "/")`,
  },
  {
    name: "another spelling of an address",
    harmless: `await (await ctx.fetch(at.allowed.replace("127.0.0.1", "0x7f.1"))).text(); return "well"`,
    malicious: `await ctx.fetch(at.forbidden.replace("127.0.0.1", "0x7f.1"))`,
  },
  {
    name: "a proxy of its own",
    harmless: fetches,
    malicious: `await ctx.fetch("http://192.0.2.1/", { proxy: at.forbidden })`,
  },
  {
    name: "NO_PROXY and a proxy in the environment",
    harmless: fetches,
    malicious: `process.env.NO_PROXY = "*"; process.env.http_proxy = process.env.HTTP_PROXY = at.forbidden; await ctx.fetch(at.forbidden)`,
  },
  {
    name: "a unix socket",
    harmless: fetches,
    malicious: `await ctx.fetch("http://x/", { unix: at.socket })`,
  },
  {
    name: "a server of another name at the allowed place",
    harmless: `const host = await (await ctx.fetch(at.allowed + "/host")).text(); return host === new URL(at.allowed).host ? "well" : host`,
    malicious: `const host = await (await ctx.fetch(at.allowed + "/host", { headers: { host: "internal.example" } })).text(); if (host === "internal.example") await ctx.took("another name")`,
  },
  {
    name: "two requests in one (smuggling)",
    harmless: `await (await ctx.fetch(at.allowed + "/", { method: "POST", body: "x" })).text(); return "well"`,
    malicious: `
      const smuggled = "x\\r\\n\\r\\nGET /smuggled HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n";
      say({ ...ask("fetch", { url: at.allowed + "/", method: "GET", headers: [["x-a", smuggled]], chunks: 0 }) });
      if (ctx.isFree) { const { hostname, port } = new URL(at.allowed); await new Promise((done) => { const socket = require("node:net").connect(Number(port), hostname, () => socket.write("GET / HTTP/1.1\\r\\nHost: x\\r\\nx-a: " + smuggled)); socket.on("data", () => setTimeout(done, 50)); }); }`,
  },
];

/** Spellings of this machine that a URL takes. */
const SPELLINGS = `["127.1", "2130706433", "0177.0.0.1", "127.0.0.1.", "①②⑦.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0", "[::ffff:0:0]"]`;
const EACH = `const each = async (to) => { for (const spelling of ${SPELLINGS}) await ctx.fetch(to((url) => url.replace("127.0.0.1", spelling))).catch(() => 0) };`;

/** The same, by what a URL, a header, a method and an answer can hold. */
export const SUBTLE_FETCH_ATTACKS: readonly DaemonAttack[] = [
  {
    name: "another place in every spelling",
    harmless: `await (await ctx.fetch(at.allowed.replace("127.0.0.1", "127.1"))).text(); return "well"`,
    malicious: `${EACH} await each((spell) => spell(at.forbidden))`,
  },
  {
    name: "a redirect to another place in every spelling",
    harmless: `await (await ctx.fetch(at.allowed + "/to?url=" + at.allowed.replace("127.0.0.1", "127.1"))).text(); return "well"`,
    malicious: `${EACH} await each((spell) => at.allowed + "/to?url=" + spell(at.forbidden))`,
  },
  {
    name: "methods that are about the way",
    harmless: `await (await ctx.fetch(at.allowed + "/", { method: "OPTIONS" })).text(); return "well"`,
    malicious: `for (const method of ["TRACE", "CONNECT"]) await ctx.fetch(at.allowed + "/", { method }).catch(() => 0)`,
  },
  {
    name: "an upgrade to another protocol",
    harmless: fetches,
    malicious: `await ctx.fetch(at.allowed + "/", { headers: { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" } })`,
  },
  {
    name: "headers for a proxy on the way",
    harmless: fetches,
    malicious: `await ctx.fetch(at.allowed + "/", { headers: { "proxy-authorization": "Basic YTpi", "proxy-connection": "keep-alive" } })`,
  },
  {
    name: "a file as an address",
    harmless: `return await (await fetch("data:,well")).text()`,
    malicious: `if ((await (await ctx.fetch("file:///proc/self/environ")).text()) !== "") await ctx.took("a file")`,
  },
  {
    name: "more requests than a call may make, all at once",
    harmless: `await Promise.all(Array.from({ length: 100 }, async () => await (await ctx.fetch(at.allowed + "/count")).text())); return "well"`,
    malicious: `await Promise.allSettled(Array.from({ length: 400 }, async () => await (await ctx.fetch(at.allowed + "/count")).text()))`,
  },
  {
    name: "an answer that swells (gzip bomb)",
    harmless: `let bytes = 0; for await (const piece of (await ctx.fetch(at.allowed + "/bomb")).body) { bytes += piece.length; if (bytes > 1e6) break } return "well"`,
    malicious: `let bytes = 0; try { for await (const piece of (await ctx.fetch(at.allowed + "/bomb")).body) bytes += piece.length } catch {} if (bytes > 64 * 1_048_576) await ctx.took("more than its budget")`,
  },
];

/** Through the language: `healthy` is another function. */
export const LANGUAGE_ATTACKS: readonly DaemonAttack[] = [
  {
    name: "something new in every object",
    harmless: `return Object.keys({ a: 1 }).length === 1 ? "well" : "no"`,
    malicious: `Object.prototype.polluted = 1`,
  },
  {
    name: "a listener in JSON.parse",
    harmless: `return JSON.parse('"well"')`,
    malicious: `const { parse } = JSON; JSON.parse = (...all) => { const value = parse(...all); if (value?.secret) void ctx.took("a secret"); return value }`,
  },
  {
    name: "a listener in every promise",
    harmless: `return await Promise.resolve("well")`,
    malicious: `const { then } = Promise.prototype; Promise.prototype.then = function (yes, no) { return then.call(this, (value) => { if (value?.secret) void ctx.took("a secret"); return yes ? yes(value) : value }, no) }`,
  },
  {
    name: "a result that changes every object",
    harmless: `return "well"`,
    malicious: `return JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')`,
  },
];
