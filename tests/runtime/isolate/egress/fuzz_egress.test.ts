/** Whatever a function asks to fetch, and wherever it is sent on to: what is connected to was named, and is no trap. */
import { afterAll, expect, spyOn } from "bun:test";
import { BlockList, isIP, isIPv6 } from "node:net";
import * as v from "valibot";
import { Budget } from "../../../../runtime/isolate/egress/budget.ts";
import { egress } from "../../../../runtime/isolate/egress/egress.ts";
import { isMoultError } from "../../../../schemas/error.ts";
import { LIMITS_DEFAULT, Permissions } from "../../../../schemas/function.ts";
import { type Check, holds } from "../../../property.ts";

/** Names, and where they lead. */
const LEADS: Readonly<Record<string, readonly string[]>> = {
  "api.example": ["93.184.216.34", "2606:2800:220:1::1"],
  "rebind.example": ["127.0.0.1", "::1", "10.0.0.5", "169.254.169.254"],
  "mixed.example": ["10.1.2.3", "93.184.216.34"],
  "mapped.example": ["::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1", "2002:7f00:1::"],
  "nas.lan": ["192.168.1.9", "127.0.0.1", "fd00::9"],
  localhost: ["127.0.0.1", "::1", "192.168.1.9"],
  "odd.example": ["not an address", "0x7f.1", "", "1.2.3.4.5"],
  "nowhere.example": [],
};

/** The same question, asked of Node's own tables. */
const table = (...nets: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const net of nets) {
    const [base = "", bits] = net.split("/");
    list.addSubnet(base, Number(bits), isIPv6(base) ? "ipv6" : "ipv4");
  }
  return list;
};
const LOOPBACK = table("127.0.0.0/8", "::1/128");
const PRIVATE = table("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7");
const NEVER = table(
  "0.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/3",
  "::/128",
  "fe80::/10",
  "ff00::/8",
);
const OPEN = table("2000::/3");
const has = (list: BlockList, address: string): boolean =>
  list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
/** Whether anybody on the internet may have it. */
const isPublic = (address: string): boolean =>
  ![LOOPBACK, PRIVATE, NEVER].some((list) => has(list, address)) &&
  (!isIPv6(address) || (has(OPEN, address) && !address.startsWith("2002:")));

interface Sent {
  readonly address: string;
  readonly port: string;
  readonly scheme: string;
  readonly headers: Headers;
  readonly url: string;
  readonly body: string;
}
/** An answer that leads elsewhere. */
interface Lead {
  readonly status: number;
  readonly location: string;
}
let sent: Sent[] = [];
let leads: Lead[] = [];
const spy = spyOn(globalThis, "fetch").mockImplementation((async (url: URL, init: RequestInit) => {
  const { hostname, port, protocol } = url;
  const address = hostname.replaceAll(/[[\]]/g, "");
  sent.push({
    address,
    port: port || (protocol === "https:" ? "443" : "80"),
    scheme: protocol,
    headers: new Headers(init.headers),
    url: url.href,
    body: await new Response(init.body ?? "").text(),
  });
  const { status, location } = leads.shift() ?? { status: 200, location: undefined };
  const headers = new Headers();
  try {
    if (location !== undefined) headers.set("location", location);
  } catch {
    // A server cannot send it either.
  }
  return await Promise.resolve(new Response("", { status, headers }));
}) as typeof fetch);
afterAll(() => spy.mockRestore());

const HOSTS = [
  ...Object.keys(LEADS),
  "API.EXAMPLE",
  "api.example.",
  "xn--api-.example",
  "api。example",
  "api%2eexample",
  "127.0.0.1",
  "0x7f.1",
  "2130706433",
  "0177.0.0.1",
  "127.1",
  "①②⑦.0.0.1",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[0:0:0:0:0:0:0:1]",
  "169.254.169.254",
  "[::ffff:a9fe:a9fe]",
  "0",
  "0.0.0.0",
  "10.0.0.5",
  "192.168.1.9",
  "93.184.216.34",
  "[fe80::1]",
  "::1",
  "",
  "a b",
  "*",
  "*.example",
  "255.255.255.255",
];

const NAMED = [
  ...Object.keys(LEADS),
  "127.0.0.1",
  "[::1]",
  "10.0.0.5",
  "93.184.216.34",
  "169.254.169.254",
];
const PORTS = ["80", "443"];

/** What a manifest may name, and much that it may not. */
function place(fc: Check) {
  const port = fc.constantFrom(
    "80",
    "443",
    "8080",
    "0",
    "65535",
    "65536",
    "080",
    "",
    "1-9",
    "*",
    "443:80",
    "+80",
  );
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .tuple(fc.constantFrom(...NAMED), fc.constantFrom(...PORTS))
        .map((parts) => parts.join(":")),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom(...HOSTS), port).map((parts) => parts.join(":")),
    },
    {
      weight: 1,
      arbitrary: fc.string({ unit: fc.constantFrom(...Array.from("aA0.:[]-@/\\%#?* \0é")) }),
    },
  );
}

function wanted(fc: Check) {
  const parts = {
    scheme: fc.constantFrom(
      "http://",
      "https://",
      "HTTP://",
      "http:/",
      "http:",
      "//",
      "\\\\",
      "",
      "file://",
      "data:,",
      "blob:http://",
      "ftp://",
      "ws://",
      "unix://",
    ),
    user: fc.constantFrom(
      "",
      "",
      "",
      "u@",
      "u:p@",
      "api.example@",
      "api.example:80#@",
      "api.example\\@",
      "@",
    ),
    host: fc.constantFrom(...HOSTS),
    port: fc.constantFrom("", "", ":80", ":443", ":8080", ":0", ":65536", ":080", ":"),
    path: fc.constantFrom(
      "",
      "/",
      "/x?y#z",
      "//api.example/",
      "/\\api.example",
      "/\t/a",
      "?@api.example:80/",
      "\r\nhost: evil",
    ),
  };
  const plain = fc
    .tuple(
      fc.constantFrom("http", "https"),
      fc.constantFrom("", "u:p@"),
      fc.constantFrom(...NAMED),
      fc.constantFrom(...PORTS),
    )
    .map(([scheme, user, host, port]) => `${scheme}://${user}${host}:${port}/`);
  return fc.oneof(
    { weight: 8, arbitrary: plain },
    {
      weight: 6,
      arbitrary: fc
        .record(parts)
        .map(({ scheme, user, host, port, path }) => scheme + user + host + port + path),
    },
    { weight: 1, arbitrary: fc.webUrl() },
    { weight: 1, arbitrary: fc.string() },
  );
}

/** Whether `host:port` names of a manifest allow that a request named `named` goes to `address`. */
function isAllowed(allow: readonly string[], named: string, { address: to, port }: Sent): boolean {
  if (has(NEVER, to)) return false;
  const lower = new Set(allow.map((entry) => entry.toLowerCase()));
  const literal = `${isIPv6(to) ? `[${to}]` : to}:${port}`;
  if (named === literal) return lower.has(literal);
  const host = named.slice(0, named.lastIndexOf(":"));
  if (!lower.has(`${host}:${port}`) || isIP(host.replaceAll(/[[\]]/g, "")) !== 0) return false;
  if (lower.has(literal) || isPublic(to)) return true;
  if (host === "localhost") return has(LOOPBACK, to);
  return host === "nas.lan" && has(PRIVATE, to);
}

holds("what is connected to was named, and leads nowhere else than it seems to", 1_000, (fc) =>
  fc.asyncProperty(
    fc.array(place(fc), { minLength: 8, maxLength: 24 }),
    wanted(fc),
    fc.array(wanted(fc), { maxLength: 3 }),
    fc.array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom(
            "host",
            "Host",
            "connection",
            "te",
            "a",
            "x-key",
            "a b",
            "é",
            "content-length",
          ),
          fc.string(),
        ),
        fc.oneof(fc.constantFrom("{{TOKEN}}", "{{OTHER}}", "x\r\ny: z", "1"), fc.string()),
      ),
      { maxLength: 2 },
    ),
    async (names, url, then, headers) => {
      const manifest = v.safeParse(Permissions, { net: names });
      // What does not load allows nothing; its good parts are tried alone.
      const allow = manifest.success
        ? names
        : names.filter((one) => v.is(Permissions, { net: [one] }));
      sent = [];
      leads = then.map((location) => ({ status: 302, location }));
      const rules = {
        allow,
        secret: (name: string, where: string) =>
          name === "TOKEN" && where === "api.example:443" ? "s3cret" : undefined,
        offline: false,
        budget: new Budget(LIMITS_DEFAULT),
        resolve: async (name: string) => await Promise.resolve(LEADS[name] ?? ["93.184.216.34"]),
      };
      const error: unknown = await egress(
        { url, method: "GET", headers, body: undefined },
        rules,
        new AbortController().signal,
      ).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error !== undefined && !isMoultError(error)) throw error as Error;
      let first: string | undefined;
      for (const one of sent) {
        const host = one.headers.get("host") ?? "";
        const named = /:\d+$/.test(host) ? host : `${host}:${one.port}`;
        expect([allow, named, one.address, isAllowed(allow, named, one)]).toEqual([
          allow,
          named,
          one.address,
          true,
        ]);
        first ??= named;
        if ([...one.headers.values()].some((value) => value.includes("s3cret")))
          expect([one.scheme, named]).toEqual(["https:", "api.example:443"]);
        for (const own of ["connection", "te", "content-length", "transfer-encoding"])
          expect(one.headers.has(own)).toBe(false);
      }
    },
  ),
);

/** Three origins that a function may reach, so that only what is sent along is at stake. */
const ORIGINS = ["https://api.example", "https://other.example", "http://api.example"];

holds("what is a secret stays with the origin that it was meant for", 1_000, (fc) => {
  const path = fc.constantFrom("/", "/a", "/a?key=own-s3cret", "/a?key=1", "//api.example/", "b");
  const lead = fc.record({
    status: fc.constantFrom(300, 301, 302, 303, 304, 305, 307, 308),
    location: fc.tuple(fc.constantFrom(...ORIGINS, ""), path).map((parts) => parts.join("")),
  });
  const header = fc.constantFrom<readonly [string, string]>(
    ["authorization", "Bearer own-s3cret"],
    ["Authorization", "Basic abc"],
    ["cookie", "a=b"],
    ["COOKIE", "own-s3cret"],
    ["x-key", "{{TOKEN}}"],
    ["x-mine", "key own-s3cret"],
    ["accept", "x"],
  );
  return fc.asyncProperty(
    fc.constantFrom("https://api.example/", "https://other.example/?key=own-s3cret"),
    fc.constantFrom("GET", "POST", "PUT", "HEAD"),
    fc.constantFrom(undefined, "", "own-s3cret", "a=b"),
    fc.tuple(fc.array(header, { maxLength: 4 }), fc.array(lead, { maxLength: 4 })),
    async (url, method, text, [headers, then]) => {
      [sent, leads] = [[], [...then]];
      const request = { url, method, headers, body: text === undefined ? text : Buffer.from(text) };
      const rules = {
        allow: ["api.example:443", "other.example:443", "api.example:80"],
        secret: () => "filled-s3cret",
        known: () => ["own-s3cret"],
        offline: false,
        budget: new Budget(LIMITS_DEFAULT),
        resolve: async () => await Promise.resolve(["93.184.216.34"]),
      };
      const error: unknown = await egress(request, rules, new AbortController().signal).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error !== undefined && !isMoultError(error)) throw error as Error;
      const origins = sent.map((one) => `${one.scheme}//${one.headers.get("host") ?? ""}`);
      const left = origins.findIndex((origin) => origin !== origins[0]);
      for (const [at, { headers: seen, body, url: there }] of sent.entries()) {
        if (left < 0 || at < left) continue;
        const said = [body, ...[...seen].map(([, value]) => value)].join(" ");
        expect([at, seen.has("authorization"), seen.has("cookie")]).toEqual([at, false, false]);
        expect(said).not.toContain("s3cret");
        // Who leads to itself with a secret in the address knows it.
        if (origins[at] !== origins[at - 1]) expect(there).not.toContain("s3cret");
      }
    },
  );
});

holds("a place that a manifest may name is written in the one way that it has", 1_500, (fc) =>
  fc.property(place(fc), (text) => {
    if (!v.is(Permissions, { net: [text] })) return;
    const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(text) ?? [];
    expect(Number(port)).toBeWithin(1, 65_536);
    expect(String(Number(port))).toBe(port);
    expect(new URL(`https://${text}/`).host.replace(/:\d+$/, "")).toBe(host.toLowerCase());
    expect(text).not.toMatch(/[*@/\\%#?\s]/);
  }),
);
