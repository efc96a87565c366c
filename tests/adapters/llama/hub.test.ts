/** Where models lie: names, redirects and what the hub tells; its token goes nowhere else. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findPulled } from "../../../adapters/llama/pull.ts";
import { mayLead } from "../../../adapters/llama/web.ts";
import { type FileServer, serveFile } from "./file_server.ts";
import { makePullBench, type PullBench } from "./pulling.ts";

let bench: PullBench;
let { model, sha256, server, folder, pull, models }: PullBench = {} as PullBench;
beforeEach(() => {
  bench = makePullBench();
  ({ model, sha256, server, folder, pull, models } = bench);
});
afterEach(() => bench.remove());

describe("redirects", () => {
  let elsewhere: FileServer;
  beforeEach(() => {
    elsewhere = serveFile(model, '"storage"');
  });
  afterEach(() => elsewhere.stop());

  const redirect = (location: string, headers: Record<string, string> = {}) => ({
    status: 302,
    headers: { location, ...headers },
    body: new Uint8Array(),
  });

  test("are followed; the hub's checksum counts, its token stays with the hub", async () => {
    const link = redirect(`${elsewhere.url}/blob?signature=1`, { "x-linked-etag": `"${sha256}"` });
    server.always.set("/", ({ headers }) =>
      headers["authorization"] === undefined ? { status: 401, body: new Uint8Array() } : link,
    );
    const env = { HF_ENDPOINT: server.url, HF_TOKEN: "hf_secret", HOME: folder };
    const pulled = await pull({ source: "hf:someone/tiny-GGUF/mini.gguf", env });
    expect(pulled).toMatchObject({ name: "someone_mini.gguf", verified: "server" });
    const [first, ...others] = server.asked;
    expect(first?.headers["authorization"]).toBeUndefined();
    expect(others.length).toBeGreaterThan(0);
    for (const { path, headers } of others)
      expect([path, headers["authorization"]]).toEqual([
        "/someone/tiny-GGUF/resolve/main/mini.gguf",
        "Bearer hf_secret",
      ]);
    expect(elsewhere.asked[0]?.headers["authorization"]).toBeUndefined();
  });

  test("do not take the token along to a host that asks for one", async () => {
    elsewhere.always.set("/", { status: 401, body: new Uint8Array() });
    server.always.set("/", redirect(`${elsewhere.url}/blob`));
    const env = { HF_ENDPOINT: server.url, HF_TOKEN: "hf_secret", HOME: folder };
    await expect(pull({ source: "hf:someone/tiny/mini.gguf", env })).rejects.toThrow(/HF_TOKEN/);
    for (const { headers } of elsewhere.asked) expect(headers["authorization"]).toBeUndefined();
  });

  test("are resumed through the hub again, whose checksum tells that the content is the same", async () => {
    const told = { "x-linked-etag": `"${sha256}"` };
    server.always.set("/", redirect(`${elsewhere.url}/blob`, told));
    elsewhere.script.push({ cutAfter: 1_000_000 }, { headers: { etag: '"another-node"' } });
    expect((await pull({ source: "hf:someone/tiny/mini.gguf" })).verified).toBe("server");
    expect(elsewhere.asked.map(({ headers }) => headers["range"])).toEqual([
      undefined,
      expect.stringMatching(/^bytes=[1-9]\d*-$/),
    ]);
  });

  test.each([
    "http://localhost./x",
    "http://a.localhost/x",
    "http://router/x",
    "http://printer.local/x",
    "http://0.0.0.0/x",
    "http://127.1/x",
    "http://10.0.0.1/x",
    "http://172.31.0.1/x",
    "http://192.168.1.1/x",
    "http://169.254.169.254/latest",
    "https://[::1]/x",
    "http://[::]/x",
    "http://[::ffff:127.0.0.1]/x",
    "http://[::ffff:192.168.1.1]/x",
    "http://[fd00::1]/x",
    "http://[fe80::1]/x",
  ])("from the world to %s are refused, even where a checksum is given", (near) => {
    expect(mayLead(new URL("https://models.example.org/x"), new URL(near))).toBe(false);
    expect(mayLead(new URL("http://203.0.113.7/x"), new URL(near))).toBe(false);
  });

  test.each(["https://203.0.113.9/x", "http://172.32.0.1/x", "https://[2001:db8::1]/x"])(
    "from the world to %s are followed",
    (far) => {
      expect(mayLead(new URL("https://models.example.org/x"), new URL(far))).toBe(true);
      expect(mayLead(new URL("http://192.168.1.1/x"), new URL(far))).toBe(true);
    },
  );

  test("in a circle, to files, and to plain http elsewhere are refused", async () => {
    server.always.set("/", redirect("/again.gguf"));
    await expect(pull()).rejects.toThrow(/redirects in a circle/);
    server.always.set("/", redirect("file:///etc/passwd"));
    await expect(pull()).rejects.toThrow(/sends us to file:/);
    server.always.set("/", redirect("http://192.0.2.1/mini.gguf"));
    await expect(pull()).rejects.toThrow(/Plain http from 192.0.2.1.*--sha256/);
    await expect(pull({ source: "http://192.0.2.1/mini.gguf" })).rejects.toThrow(/--sha256/);
  });
});

describe("the hub", () => {
  const manifest = (file: object) => ({ body: Buffer.from(JSON.stringify({ ggufFile: file })) });

  test("tells the file of a quantisation and its checksum", async () => {
    const file = { rfilename: "deep/tiny-q4_k_m.gguf", lfs: { sha256 } };
    server.always.set("/v2/", manifest(file));
    const pulled = await pull({ source: "hf:someone/tiny-GGUF:q4_k_m" });
    expect(pulled).toMatchObject({ name: "someone_tiny.Q4_K_M.gguf", verified: "server" });
    expect(server.asked.map(({ path }) => path)).toEqual([
      "/v2/someone/tiny-GGUF/manifests/Q4_K_M",
      "/someone/tiny-GGUF/resolve/main/deep/tiny-q4_k_m.gguf",
    ]);
    expect(server.asked[0]?.headers["user-agent"]).toBe("llama-cpp");
    expect(findPulled("hf.co/someone/tiny-GGUF:Q4_K_M", folder)).toBe(pulled.path);
  });

  test("has models in several files, which come all", async () => {
    server.always.set("/v2/", manifest({ rfilename: "tiny-00001-of-00002.gguf" }));
    const pulled = await pull({ source: "hf:someone/tiny" });
    expect(models().toSorted()).toEqual([
      "someone_tiny-00001-of-00002.gguf",
      "someone_tiny-00002-of-00002.gguf",
    ]);
    expect(pulled).toMatchObject({
      name: "someone_tiny-00001-of-00002.gguf",
      bytes: model.length * 2,
    });
    expect((await pull({ source: "hf:someone/tiny" })).already).toBe(true);
    await expect(pull({ source: "hf:someone/tiny", force: true, sha256 })).rejects.toThrow(
      /2 files, and one checksum cannot fit all/,
    );
  });

  test("that has no such model, or answers nonsense, is understood", async () => {
    server.always.set("/v2/", { status: 404, body: new Uint8Array() });
    await expect(pull({ source: "hf:someone/tiny:Q9" })).rejects.toThrow(
      /There is no hf:someone\/tiny:Q9; look at the repository/,
    );
    server.always.set("/v2/", { body: Buffer.from("<html>") });
    await expect(pull({ source: "hf:someone/tiny" })).rejects.toThrow(/names none/);
    server.always.set("/v2/", manifest({ rfilename: "../../../other/secret.gguf" }));
    await expect(pull({ source: "hf:someone/tiny" })).rejects.toThrow();
    server.always.set("/v2/", { body: Buffer.alloc(2_000_000, 32) });
    await expect(pull({ source: "hf:someone/tiny" })).rejects.toThrow(/more than an answer has/);
  });
});

describe("names", () => {
  const bad = [
    "llama3.2",
    "",
    "hf:",
    "hf:onlyuser",
    "hf:a/../x.gguf",
    "ftp://host/m.gguf",
    "hf:a/b:../c",
  ];
  test.each(bad)("%p is not understood, and the way to write it is said", async (source) => {
    await expect(pull({ source })).rejects.toMatchObject({ code: "input/invalid" });
    expect(server.asked).toEqual([]);
  });

  test("are safe as file names, whatever the address says", async () => {
    const pulled = await pull({ source: `${server.url}/%2e%2e%2f%2e%2e%2fevil%20name%00.gguf` });
    expect(pulled.name).toMatch(/^[\w.-]+\.gguf$/);
    expect(models()).toEqual([pulled.name]);
  });

  test("with user and password are refused, and a query is told to nobody", async () => {
    const withUser = server.url.replace("//", "//me:pw@");
    await expect(pull({ source: `${withUser}/mini.gguf` })).rejects.toThrow(
      /Leave user and password/,
    );
    await pull({ source: `${server.url}/mini.gguf?token=hush` });
    expect(readFileSync(join(folder, ".pulls/mini.json"), "utf8")).not.toContain("hush");
  });
});
