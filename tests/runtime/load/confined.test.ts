import { expect, test } from "bun:test";
import { renameSync, writeFileSync } from "node:fs";
import { openSandbox } from "../../../adapters/linux/open_sandbox.ts";
import type { Crash } from "../../../runtime/isolate/deployment.ts";
import { Hosts } from "../../../runtime/isolate/hosts.ts";
import type { Loader } from "../../../runtime/load/loader.ts";
import { answer, call, functionsFolder, tool } from "./functions_folder.ts";
import { until } from "../../waiting.ts";

/** A functions folder whose functions run in real, confined processes. */
function confinedFolder() {
  let loader: Loader | undefined;
  const crashes: Crash[] = [];
  const sandbox = openSandbox();
  const folder = functionsFolder();
  const hosts = new Hosts({
    sandbox,
    root: folder.base,
    home: folder.home,
    poolSize: 1,
    services: {
      kv: {
        kvGet: async () => undefined,
        kvList: async () => [],
        kvCommit: async () => undefined,
      },
      secret: () => undefined,
      call: async () => ({ version: "", ms: 0, writes: [] }),
      log() {},
      fault() {},
      denied() {},
      crashed: (crash) => {
        crashes.push(crash);
        loader?.crashed(crash);
      },
    },
  });
  return {
    ...folder,
    crashes,
    open: (): Loader => {
      loader = folder.loader({ deploy: (bundle) => hosts.deploy(bundle) });
      return loader;
    },
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await hosts.close();
      await sandbox.close();
    },
  };
}

test("saves under calls of a confined function fail none and take no caller back", async () => {
  await using folder = confinedFolder();
  folder.save("hello.ts", tool("0"));
  const loader = folder.open();
  await loader.start();
  await loader.settled();
  const caller = async () => {
    for (let last = 0; ;) {
      const response = await loader.fetch("hello", call());
      const output: unknown = await response.json();
      if (typeof output !== "number") return `failed: ${JSON.stringify(output)}`;
      if (output < last) return `went back from ${last} to ${output}`;
      if (output === 15) return "fine";
      last = output;
      await Bun.sleep(1);
    }
  };
  const callers = [caller(), caller()];
  for (let i = 1; i <= 15; i++) {
    if (i % 3 === 0) {
      writeFileSync(folder.path(".next"), tool(String(i)));
      renameSync(folder.path(".next"), folder.path("hello.ts"));
    } else {
      if (i % 3 === 1) folder.save("hello.ts", tool(String(i)).slice(0, 60));
      folder.save("hello.ts", tool(String(i)));
    }
    await Bun.sleep(20);
  }
  expect(await Promise.all(callers)).toEqual(["fine", "fine"]);
});

test("a version whose process dies at every call is taken back", async () => {
  await using folder = confinedFolder();
  folder.save("hello.ts", tool("1"));
  const loader = folder.open();
  await loader.start();
  await loader.settled();
  folder.save("hello.ts", tool("process.exit(3)"));
  await until(async () => {
    const result = await answer(loader, "hello");
    return folder.crashes.length >= 5 && result === 1;
  });
  expect(loader.get("hello")?.error).toContain("crashed 5 times within a minute");
  expect(folder.crashes[0]).toMatchObject({ name: "hello" });
});

test("a file that does nothing sensible on import is refused by its host, and the old version serves", async () => {
  await using folder = confinedFolder();
  folder.save("hello.ts", tool("1"));
  const loader = folder.open();
  await loader.start();
  await loader.settled();
  for (const text of [
    `throw new Error("ouch");\n${tool("2")}`,
    "export default 7;",
    "process.exit(1);\nexport default 1;",
  ]) {
    folder.save("hello.ts", text);
    const { error } = loader.get("hello") ?? {};
    await until(() => ![undefined, error].includes(loader.get("hello")?.error));
    expect(await answer(loader, "hello")).toBe(1);
  }
});
