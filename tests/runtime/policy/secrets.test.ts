/** Secrets: one private file, names checked, values never listed. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secrets } from "../../../runtime/policy/secrets.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "moult-secrets-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe("Secrets", () => {
  test("keep values across restarts in a file that only the owner reads", () => {
    new Secrets(dir).set("B_TOKEN", "two");
    new Secrets(dir).set("A_TOKEN", "one");
    const secrets = new Secrets(dir);
    expect(secrets.list()).toEqual(["A_TOKEN", "B_TOKEN"]);
    expect(secrets.get("A_TOKEN")).toBe("one");
    expect(secrets.get("toString")).toBeUndefined();
    expect(statSync(join(dir, "secrets")).mode & 0o777).toBe(0o600);
  });

  test("remove says whether there was one", () => {
    const secrets = new Secrets(dir);
    secrets.set("A", "x");
    expect(secrets.remove("A")).toBeTrue();
    expect(secrets.remove("A")).toBeFalse();
    expect(new Secrets(dir).list()).toEqual([]);
  });

  test.each([["lower"], ["1ST"], [""], ["A-B"], ["__proto__"], ["A".repeat(65)]])(
    "refuse the name %p",
    (name) => {
      expect(() => new Secrets(dir).set(name, "x")).toThrow(/is not a name for a secret/);
    },
  );

  test("say so when they cannot be written, keep what was, and leave nothing behind", () => {
    const secrets = new Secrets(dir);
    secrets.set("A", "old");
    rmSync(join(dir, "secrets"));
    mkdirSync(join(dir, "secrets/in_the_way"), { recursive: true });
    expect(() => secrets.set("A", "new")).toThrow(
      /^Cannot write .*secrets: .*make room on the disk/,
    );
    expect(secrets.get("A")).toBe("old");
    expect(readdirSync(dir)).toEqual(["secrets"]);
  });

  test("refuse an empty value and one that is too long", () => {
    expect(() => new Secrets(dir).set("A", "")).toThrow(/must have 1 to/);
    expect(() => new Secrets(dir).set("A", "x".repeat(16_385))).toThrow(/must have 1 to/);
  });

  test("leave a damaged file alone and say so", () => {
    writeFileSync(join(dir, "secrets"), "{ not json");
    expect(() => new Secrets(dir)).toThrow(/is damaged; repair it/);
    expect(readFileSync(join(dir, "secrets"), "utf8")).toBe("{ not json");
  });
});
