import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressIn, mayLeadTo, placeOf } from "../../../../runtime/isolate/egress/address.ts";
import { Budget, Connections } from "../../../../runtime/isolate/egress/budget.ts";
import { egress } from "../../../../runtime/isolate/egress/egress.ts";
import type { EgressRules } from "../../../../runtime/isolate/egress/rules.ts";
import { isMoultError } from "../../../../schemas/error.ts";
import { LIMITS_DEFAULT } from "../../../../schemas/function.ts";

let server: ReturnType<typeof Bun.serve>;
let at: string;
const seen: { host: string | null; from: number | undefined }[] = [];

beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request, itself) {
      const { pathname } = new URL(request.url);
      seen.push({ host: request.headers.get("host"), from: itself.requestIP(request)?.port });
      if (pathname === "/large") return new Response(Buffer.alloc(3 * 1_048_576, "a"));
      if (pathname === "/to_other")
        return Response.redirect(`http://other.test:${String(server.port)}/`, 302);
      return Response.json(Object.fromEntries(request.headers));
    },
  });
  at = `127.0.0.1:${String(server.port)}`;
});
afterAll(async () => await server.stop(true));

const get = (url: string, headers: [string, string][] = []) => ({
  url,
  method: "GET",
  headers,
  body: undefined,
});

const rules = (more: Partial<EgressRules>): EgressRules => ({
  allow: [],
  secret: () => undefined,
  offline: false,
  budget: new Budget(LIMITS_DEFAULT),
  ...more,
});

const send = async (url: string, more: Partial<EgressRules>, headers: [string, string][] = []) =>
  await egress(get(url, headers), rules(more), AbortSignal.timeout(5_000));

const refusal = async (url: string, more: Partial<EgressRules>) => {
  const error: unknown = await send(url, more).catch((thrown: unknown) => thrown);
  return isMoultError(error) ? `${error.code}: ${error.message}` : `no refusal: ${String(error)}`;
};

const leadingTo = (...addresses: string[]) => ({ resolve: () => Promise.resolve(addresses) });

describe("an address", () => {
  test.each([
    ["8.8.8.8", "public"],
    ["127.8.9.1", "loopback"],
    ["2130706433", "loopback"],
    ["0x7f.1", "loopback"],
    ["0177.0.0.1", "loopback"],
    ["①②⑦.0.0.1", "loopback"],
    ["0", "never"],
    ["169.254.169.254", "never"],
    ["[::ffff:a9fe:a9fe]", "never"],
    ["[::ffff:0:169.254.169.254]", "never"],
    ["[64:ff9b::169.254.169.254]", "never"],
    ["[2002:a9fe:a9fe::1]", "never"],
    ["[::ffff:127.0.0.1]", "loopback"],
    ["[::127.0.0.1]", "loopback"],
    ["[::1]", "loopback"],
    ["[::]", "never"],
    ["[fe80::1]", "never"],
    ["[ff02::1]", "never"],
    ["[fd00:ec2::254]", "private"],
    ["10.0.0.1", "private"],
    ["172.31.255.255", "private"],
    ["172.32.0.1", "public"],
    ["192.168.1.1", "private"],
    ["100.100.100.200", "private"],
    ["198.18.0.1", "special"],
    ["198.19.255.255", "special"],
    ["203.0.113.9", "special"],
    ["[2001:db8::1]", "special"],
    ["[2001::1]", "special"],
    ["[2606:4700::1111]", "public"],
    ["224.0.0.1", "never"],
    ["255.255.255.255", "never"],
  ])("%s is %s", (text, place) => {
    expect(placeOf(addressIn(text) ?? "")).toBe(place as never);
  });

  test.each(["example.org", "localhost", "a.b.c.d", "", "1.2.3.4.example"])(
    "%j is a name",
    (text) => expect(addressIn(text)).toBeUndefined(),
  );

  test("only names that nobody outside owns lead into the owner's network", () => {
    expect(["nas", "rates.lan", "a.home.arpa"].filter((n) => !mayLeadTo(n, "private"))).toEqual([]);
    const strangers = ["evil.example", "lan.example.org", "localhost.example", "xlan", "localhost"];
    expect(strangers.slice(0, 3).some((name) => mayLeadTo(name, "private"))).toBe(false);
    expect(strangers.slice(0, 4).some((name) => mayLeadTo(name, "loopback"))).toBe(false);
    expect(mayLeadTo("localhost", "private")).toBe(false);
    expect(mayLeadTo("api.localhost", "loopback")).toBe(true);
    expect(mayLeadTo("rates.lan", "special")).toBe(false);
    expect(mayLeadTo("rates.lan", "never")).toBe(false);
  });
});

describe("a name that is allowed", () => {
  const named = (port = server.port) => ({ allow: [`api.example:${String(port)}`] });
  const url = () => `http://api.example:${String(server.port)}/`;

  test.each(["127.0.0.1", "::1", "192.168.1.5", "198.18.0.7", "::ffff:10.0.0.1", "fd00::1"])(
    "is refused where it leads to %s, with the line that would allow it",
    async (address) => {
      const text = await refusal(url(), { ...named(), ...leadingTo(address) });
      expect(text).toStartWith("policy/denied: Cannot reach api.example:");
      expect(text).toContain('add net: ["');
    },
  );

  test.each(["169.254.169.254", "0.0.0.0", "fe80::1", "255.255.255.255", "64:ff9b::a9fe:a9fe"])(
    "is refused where it leads to %s, whatever is allowed beside it",
    async (address) => {
      const spelled = address.includes(":") ? `[${address}]` : address;
      const allow = [...named().allow, `${spelled}:${String(server.port)}`];
      const text = await refusal(url(), { allow, ...leadingTo(address) });
      expect(text).toStartWith("policy/denied");
      expect(text).not.toContain("add net");
      expect(await refusal(`http://${spelled}:${String(server.port)}/`, { allow })).toStartWith(
        "policy/denied",
      );
    },
  );

  test("leads to an address of the own network that is allowed as well", async () => {
    const allow = [...named().allow, at];
    const response = await send(url(), { allow, ...leadingTo("127.0.0.1") });
    expect(response.status).toBe(200);
    expect(response.url).toBe(url());
    expect(await response.json()).toMatchObject({ host: `api.example:${String(server.port)}` });
  });

  test("is asked for at each request, also when the connection before is still open", async () => {
    const allow = [...named().allow, at];
    let asked = 0;
    const resolve = () => Promise.resolve(++asked === 2 ? ["169.254.169.254"] : ["127.0.0.1"]);
    await (await send(url(), { allow, resolve })).text();
    expect(await refusal(url(), { allow, resolve })).toStartWith("policy/denied");
    await (await send(url(), { allow, resolve })).text();
    expect(asked).toBe(3);
    const from = seen.slice(-2).map((one) => one.from);
    expect(from[0]).toBe(from[1] ?? 0); // The connection was the same; the judgement was not.
  });

  test("is refused at another name over the same connection", async () => {
    const allow = [...named().allow, at];
    await (await send(url(), { allow, ...leadingTo("127.0.0.1") })).text();
    const other = url().replace("api.example", "other.example");
    expect(await refusal(other, { allow, ...leadingTo("127.0.0.1") })).toStartWith("policy/denied");
  });

  test("is connected to at the address that was judged, and an address that does not answer is passed over", async () => {
    const allow = [...named().allow, at, `127.0.0.2:${String(server.port)}`];
    const response = await send(url(), { allow, ...leadingTo("127.0.0.2", "127.0.0.1") });
    expect(response.status).toBe(200);
  });

  test("is refused when a redirect leads to a name that leads astray", async () => {
    const port = String(server.port);
    const allow = [`api.example:${port}`, at, `other.test:${port}`];
    const resolve = (name: string) =>
      Promise.resolve([name === "other.test" ? "169.254.169.254" : "127.0.0.1"]);
    const text = await refusal(`http://api.example:${port}/to_other`, { allow, resolve });
    expect(text).toContain("Cannot reach other.test");
  });

  test("that nobody knows is a failure, not a refusal", async () => {
    const text = await refusal(url(), { ...named(), ...leadingTo() });
    expect(text).toStartWith("tool/failed: Cannot find api.example");
  });

  test("localhost is this machine, by the system's own word", async () => {
    const port = String(server.port);
    const response = await send(`http://localhost:${port}/`, { allow: [`localhost:${port}`] });
    expect(response.status).toBe(200);
  });
});

describe("a host with a certificate", () => {
  const folder = mkdtempSync(join(tmpdir(), "moult-egress-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is known by its name, though an address was connected to", async () => {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const names = ["-subj", "/CN=api.example", "-addext", "subjectAltName=DNS:api.example"];
    const made = Bun.spawnSync(
      ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"].concat(
        ["-nodes", "-days", "2", "-keyout", key, "-out", cert],
        names,
      ),
    );
    expect(made.exitCode).toBe(0);
    const secure = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      tls: { key: Bun.file(key), cert: Bun.file(cert) },
      fetch: () => new Response("hello"),
    });
    const main = join(import.meta.dir, "egress_main.ts");
    const answers = await Promise.all(
      ["api.example", "other.example", "api.example,other.example"].map(async (name) => {
        const child = Bun.spawn([process.execPath, main, name, String(secure.port)], {
          env: { NODE_EXTRA_CA_CERTS: cert },
        });
        return await new Response(child.stdout).text();
      }),
    );
    await secure.stop(true);
    expect(answers[0]).toBe("hello");
    expect(answers[1]).toContain("tool/failed");
    expect(answers[1]).toContain("ALTNAME");
    // A connection that was opened for one name is not used for another, which may lead to the same address.
    expect(answers[2]).toStartWith("hello\ntool/failed");
    expect(answers[2]).toContain("ALTNAME");
  });
});

describe("a proxy of the owner's environment", () => {
  test("is told names, but not of what is refused here", async () => {
    const asked: string[] = [];
    const proxy = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => {
        asked.push(request.url);
        return new Response("by proxy");
      },
    });
    const main = join(import.meta.dir, "egress_main.ts");
    const ask = async (address: string) => {
      const child = Bun.spawn([process.execPath, main, "api.example", "80", "http", address], {
        env: { HTTP_PROXY: `http://127.0.0.1:${String(proxy.port)}` },
      });
      return await new Response(child.stdout).text();
    };
    const answers = await Promise.all([ask("127.0.0.1"), ask(""), ask("169.254.169.254")]);
    await proxy.stop(true);
    expect(answers.slice(0, 2)).toEqual(["by proxy", "by proxy"]);
    expect(answers[2]).toStartWith("policy/denied");
    expect(asked).toEqual(["http://api.example/", "http://api.example/"]);
  });
});

describe("the budget of a call", () => {
  test("ends requests beyond the number that the manifest allows, and says which line to raise", async () => {
    const budget = new Budget({ egressMiB: 64, requests: 2 });
    const one = async () => await send(`http://${at}/`, { allow: [at], budget });
    await one();
    await one();
    const text = await refusal(`http://${at}/`, { allow: [at], budget });
    expect(text).toStartWith("function/limit: Cannot go on fetching: a call may make 2 requests");
    expect(text).toContain("limits.requests");
  });

  test("counts what is sent and what is received, together", async () => {
    const budget = new Budget({ egressMiB: 4, requests: 100 });
    const response = await send(`http://${at}/large`, { allow: [at], budget });
    expect((await response.text()).length).toBe(3 * 1_048_576);
    const second = await send(`http://${at}/large`, { allow: [at], budget });
    const error: unknown = await second.text().catch((thrown: unknown) => thrown);
    expect(isMoultError(error) && error.code).toBe("function/limit");
    expect(String(error)).toContain("limits.egressMiB");
    expect(await refusal(`http://${at}/`, { allow: [at], budget })).toStartWith("function/limit");
  });

  test("is spent by bodies, headers and addresses of requests too", async () => {
    const budget = new Budget({ egressMiB: 1, requests: 100 });
    const request = { ...get(`http://${at}/`), method: "POST", body: Buffer.alloc(1_048_000) };
    await egress(request, rules({ allow: [at], budget }), AbortSignal.timeout(5_000));
    const long = `http://${at}/?${"a".repeat(2_000)}`;
    expect(await refusal(long, { allow: [at], budget })).toStartWith("function/limit");
  });
});

test("a hundred requests at once do not pass the budget of their call", async () => {
  const budget = new Budget({ egressMiB: 64, requests: 10 });
  const before = seen.length;
  const all = await Promise.allSettled(
    Array.from({ length: 100 }, async () => await send(`http://${at}/`, { allow: [at], budget })),
  );
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  expect(seen.length - before).toBe(10);
});

test("names that only look like one that is allowed, and addresses of other kinds, are refused", async () => {
  const allow = [`api.example:${String(server.port)}`, at];
  const more = { allow, ...leadingTo("127.0.0.1") };
  const port = String(server.port);
  const urls = [
    `http://аpi.example:${port}/`, // A Cyrillic letter.
    `http://api.example.:${port}/`,
    `http://api.example.evil.test:${port}/`,
    `http://api.example@evil.test:${port}/`,
    `http://evil.test:${port}#@api.example:${port}/`,
    `http://evil.test:${port}\\@api.example:${port}/`,
    `http://localhost:${port}/`,
    "file:///etc/passwd",
    "data:text/plain,x",
    `blob:http://api.example:${port}/x`,
    `ws://api.example:${port}/`,
    "unix:///run/x.sock",
    "about:blank",
  ];
  const before = seen.length;
  for (const url of urls)
    expect([url, await refusal(url, more)]).toEqual([
      url,
      expect.stringMatching(/^policy\/denied/),
    ]);
  // What browsers take for the same name is the same name.
  for (const url of [
    `http://API.EXAMPLE:${port}/`,
    `http://api。example:${port}/`,
    `http:\\\\api.example:${port}`,
  ])
    expect((await send(url, more)).status).toBe(200);
  expect(seen.length - before).toBe(3);
});

test("headers about the connection are left out, and none can hold two", async () => {
  const own = [
    "Connection",
    "Content-Length",
    "Expect",
    "Host",
    "Keep-Alive",
    "Proxy-Authorization",
  ];
  const more = [
    "Proxy-Connection",
    "Proxy-Foo",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "HTTP2-Settings",
  ];
  const headers = [...own, ...more].map((name): [string, string] => [name, "9"]);
  const answer = await send(`http://${at}/`, { allow: [at] }, [...headers, ["x-a", "1"]]);
  const told = (await answer.json()) as Record<string, string>;
  expect(told).toMatchObject({ host: at, "x-a": "1" });
  expect(Object.values(told)).not.toContain("9");
  for (const pair of [
    ["a", "x\r\nb: c"],
    ["a\r\nb", "c"],
    ["a b", "c"],
    ["a", "x\0"],
    ["a:", "c"],
  ] as [string, string][]) {
    const request = { ...get(`http://${at}/`), headers: [pair] };
    const error: unknown = await egress(
      request,
      rules({ allow: [at] }),
      AbortSignal.timeout(5_000),
    ).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("it has characters that no header has");
  }
});

describe("connections", () => {
  const forever = new AbortController().signal;

  test("beyond their number wait for one that is given back, once", async () => {
    const connections = new Connections(1);
    const leave = await connections.enter(forever);
    const order: string[] = [];
    const second = connections.enter(forever).then((leaveIt) => {
      order.push("second");
      return leaveIt;
    });
    const third = connections.enter(forever).then(() => order.push("third"));
    leave();
    leave();
    const leaveSecond = await second;
    await Bun.sleep(0);
    expect(order).toEqual(["second"]);
    leaveSecond();
    await third;
    expect(order).toEqual(["second", "third"]);
  });

  test("are not held for those who no longer wait", async () => {
    const connections = new Connections(1);
    const leave = await connections.enter(forever);
    const abort = new AbortController();
    const gone = connections.enter(abort.signal);
    gone.catch(() => undefined);
    abort.abort();
    expect(await gone.catch(() => "gone")).toBe("gone");
    leave();
    expect(typeof (await connections.enter(forever))).toBe("function");
    expect(await connections.enter(AbortSignal.abort()).catch(() => "at once")).toBe("at once");
  });
});
