import { expect, test } from "bun:test";
import { renameSync, writeFileSync } from "node:fs";
import { confinedFolder } from "./confined_folder.ts";
import { answer, call, tool } from "./functions_folder.ts";
import { until } from "../../waiting.ts";

test("saves under calls of a confined function fail none and take no caller back", async () => {
  await using folder = confinedFolder();
  folder.save("hello.ts", tool("0"));
  const loader = await folder.start();
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
  const loader = await folder.start();
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
  const loader = await folder.start();
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
