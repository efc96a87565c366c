/** The configuration file: positions, suggestions, variables. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../../adapters/yaml/config.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "moult-config-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

function load(text: string, env: Record<string, string> = {}) {
  const file = join(dir, "moult.yaml");
  writeFileSync(file, text);
  return loadConfig(file, env);
}

/** The example that the product was asked to accept as it stands. */
const ARTICLE = `tools:
- name: database_query
  type: sql
  connection_string: "postgresql://user:pass@localhost/db"
- name: weather_api
  type: rest
  endpoint: "https://api.weather.com/v2"
`;

/** Of no bot. */
const TOKEN = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

describe("loadConfig()", () => {
  test("gives defaults for an empty file", () => {
    const { config, warnings } = load("");
    expect(config.server).toEqual({ host: "127.0.0.1", port: 7333, names: [] });
    expect(config.model.slots).toBe(4);
    expect(config.functions.builtins).toBeTrue();
    expect(warnings).toEqual([]);
  });

  test("loads the article's example and says that this version does not use it", () => {
    const { warnings } = load(ARTICLE);
    expect(warnings).toEqual([expect.stringContaining('"tools" is not used by this version')]);
  });

  test("reads a Telegram bot: polling, and nobody is allowed, unless it says more", () => {
    const { config, warnings } = load(`channels: { telegram: { token: "${TOKEN}" } }`);
    expect(config.channels.telegram).toEqual({
      token: TOKEN,
      mode: "polling",
      apiRoot: "https://api.telegram.org",
      allow: [],
    });
    expect(warnings).toEqual([]);
    const more = load(`channels: { telegram: { token: "${TOKEN}", allow: [1, "@ada_l", -100] } }`);
    expect(more.config.channels.telegram?.allow).toEqual(["1", "@ada_l", "-100"]);
    const all = load(`channels: { telegram: { token: "${TOKEN}", allow: anyone } }`);
    expect(all.config.channels.telegram?.allow).toEqual(["anyone"]);
  });

  test("reads providers, and a model of one", () => {
    const { config, warnings } = load(
      "providers: [{ name: lab, url: http://127.0.0.1:8080/v1/, key: '${KEY}' }]\nmodel: { path: provider:lab/org/m }",
      { KEY: " sk-1 " },
    );
    const url = "http://127.0.0.1:8080/v1";
    expect(config.providers).toEqual([{ name: "lab", url, key: "sk-1", models: [] }]);
    expect(warnings).toEqual([]);
  });

  test.each([
    ["{ name: lab, url: http://lab.lan/v1, key: sk-secret }", /url: Plain http would show the key/],
    ["{ name: lab, url: 'https://me:sk-secret@lab/v1' }", /url: Write the address without a name/],
    ["{ name: lab, url: sk-secret }", /url: This is no address/],
    ["{ name: a/b, url: http://127.0.0.1/v1 }", /name: Expected 1 to 64/],
    ["{ name: a, url: https://a/v1, apiKey: sk-secret }", /Expected name, url, key and models/],
    ["{ name: a, url: https://a/v1, key: 'sk-secret x' }", /key: A key is visible ASCII/],
    ["{ name: a, url: https://a/v1 }, { name: a, url: https://b/v1 }", /Two providers/],
    [
      "{ name: b, url: https://a/v1 } ]\nmodel: { path: provider:a/m }\ntools: [",
      /model\.path: Expected/,
    ],
  ])("refuses the provider %p, and shows no key", (provider, message) => {
    const read = (): unknown => load(`providers: [${provider}]`);
    expect(read).toThrow(message);
    expect(read).not.toThrow(/sk-secret/);
  });

  test("takes variables from the environment, inside values only", () => {
    const { config } = load(
      'server:\n  host: ${HOST}\n  port: 80\nlog: { level: "${LEVEL:-warn}" }',
      {
        HOST: "0.0.0.0 # not a comment",
      },
    );
    expect(config.server.host).toBe("0.0.0.0 # not a comment");
    expect(config.log.level).toBe("warn");
  });

  test.each([
    ["server:\n  port: eighty", /moult\.yaml:2:9 server\.port: .*number/],
    ["server:\n  port: 70000", /moult\.yaml:2:9 server\.port: /],
    ["model:\n  slots: 0", /moult\.yaml:2:10 model\.slots: /],
    ["- a list", /moult\.yaml:1:1 the file: /],
    ["server: [", /moult\.yaml:1:\d+ /],
    ["channels:\n  telegram:\n    token: hello", /moult\.yaml:3:12 .*token: .*@BotFather/],
    [`channels: { telegram: { token: ${TOKEN}, mode: webhook } }`, /needs url/],
    [`channels: { telegram: { token: ${TOKEN}, allow: [{}] } }`, /allow/],
    ["log:\n  level: ${NOT_SET}", /moult\.yaml:2:10 The environment variable NOT_SET is not set/],
  ])("refuses %p with its position", (text, message) => {
    expect(() => load(text)).toThrow(message);
  });

  test.each([
    ["servr: {}", 'Unknown key "servr"; did you mean "server"?'],
    ["server: { prot: 1 }", 'Unknown key "prot"; did you mean "port"?'],
    ["zzzzzzzz: 1", 'Unknown key "zzzzzzzz"; known: server, model'],
    ["server: { tls: {} }", '"server.tls" is not used by this version'],
    ["model: { governor: { powermax: 1 } }", 'did you mean "powerMax"?'],
    ["channels: { mqtt: { url: x } }", '"channels.mqtt" is not used by this version'],
    [`channels: { telegram: { token: ${TOKEN}, alow: [1] } }`, 'did you mean "allow"?'],
  ])("warns about %p", (text, warning) => {
    expect(load(text).warnings).toEqual([expect.stringContaining(warning)]);
  });

  test("says which file it cannot read", () => {
    expect(() => loadConfig(join(dir, "missing.yaml"), {})).toThrow(
      /Cannot read the configuration .*missing\.yaml/,
    );
  });
});
