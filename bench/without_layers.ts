/**
 * Preloaded into a daemon, this takes every layer of confinement from its functions, to see what the layers cost.
 * Nothing in the program leads here.
 */
import { plugin } from "bun";
import { join } from "node:path";

const LINUX = join(import.meta.dir, "../adapters/linux");

const contents = `
import { LAYERS } from ${JSON.stringify(join(LINUX, "omitted.ts"))};
import { LinuxSandbox } from ${JSON.stringify(join(LINUX, "sandbox.ts"))};
export const openSandbox = () => new LinuxSandbox({ layers: LAYERS });
`;

plugin({
  name: "without layers",
  setup: (build) =>
    void build.onLoad({ filter: /adapters\/linux\/open_sandbox\.ts$/ }, () => ({
      loader: "ts",
      contents,
    })),
});
