/** A functions folder whose functions run in real, confined processes. */
import { openSandbox } from "../../../adapters/linux/open_sandbox.ts";
import type { Crash } from "../../../runtime/isolate/deployment.ts";
import { Hosts } from "../../../runtime/isolate/hosts.ts";
import type { Loader, LoaderOptions } from "../../../runtime/load/loader.ts";
import { functionsFolder } from "./functions_folder.ts";

/**
 * @param livingMax Hosts that live at once. @default 64
 * @param change Of the loader's options
 */
export function confinedFolder(livingMax = 64, change: Partial<LoaderOptions> = {}) {
  let loader: Loader | undefined;
  const crashes: Crash[] = [];
  const sandbox = openSandbox();
  const folder = functionsFolder(change);
  const hosts = new Hosts({
    sandbox,
    root: folder.base,
    home: folder.home,
    poolSize: 1,
    livingMax,
    services: {
      kv: {
        kvGet: async () => undefined,
        kvList: async () => [],
        kvCommit: async () => undefined,
        kvRoom: async () => undefined,
      },
      keepers: { check() {}, claim() {} },
      secret: (_fn, name) => `the ${name}`,
      call: async (_from, name, asked) =>
        (await loader?.run(name, asked)) ?? { version: "", ms: 0, writes: [] },
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
    /** A loader on the folder, with its functions loaded. */
    start: async (): Promise<Loader> => {
      loader = folder.loader({ deploy: (bundle) => hosts.deploy(bundle) });
      await loader.start();
      await loader.settled();
      return loader;
    },
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await hosts.close();
      await sandbox.close();
    },
  };
}
