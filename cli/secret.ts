/** `moult secret set|list|rm NAME`: values that functions name in `secrets`. Works with and without a daemon. */
import { Secrets } from "../runtime/policy/secrets.ts";
import { openHome } from "../runtime/home.ts";
import { findDaemon, homeOf, type Client } from "./client.ts";
import { json, line } from "./print.ts";
import { UsageError, type Command, type Values } from "./program.ts";

interface Vault {
  readonly list: () => Promise<readonly string[]>;
  readonly set: (name: string, value: string) => Promise<void>;
  readonly remove: (name: string) => Promise<boolean>;
}

/** `moult secret` */
export const command: Command = {
  usage: "set NAME | list | rm NAME",
  help: "  set reads the value from standard input: moult secret set RATES_TOKEN < token.txt",
  async run(_program, [action, name, ...rest], values) {
    if (rest.length > 0)
      throw new UsageError("The value is read from standard input, not from the command line");
    if (action === "list")
      return await inVault(values, async (vault) => show(await vault.list(), values));
    if ((action !== "set" && action !== "rm") || name === undefined) {
      throw new UsageError(
        "Write: moult secret set NAME, moult secret list, or moult secret rm NAME",
      );
    }
    if (action === "rm") {
      return await inVault(values, async (vault) => {
        const removed = await vault.remove(name);
        return show(removed ? `Removed ${name}` : `There was no ${name}`, values);
      });
    }
    if (process.stdin.isTTY) process.stderr.write(`Value of ${name}, then Enter and Ctrl-D: `);
    const value = (await Bun.stdin.text()).replace(/\r?\n$/, "");
    return await inVault(values, async (vault) => {
      await vault.set(name, value);
      return show(`Set ${name}`, values);
    });
  },
};

function show(result: string | readonly string[], values: Values): number {
  if (values["json"] === true) json(typeof result === "string" ? { done: result } : result);
  else if (typeof result === "string") line(result);
  else for (const name of result) line(name);
  return 0;
}

/** Through the daemon when one runs, so that it knows at once; else in the file, under the home's lock. */
async function inVault(values: Values, use: (vault: Vault) => Promise<number>): Promise<number> {
  const client = findDaemon(values);
  if (client) return await use(remote(client));
  const home = openHome(homeOf(values));
  try {
    const secrets = new Secrets(home.dir);
    return await use({
      list: async () => secrets.list(),
      set: async (name, value) => secrets.set(name, value),
      remove: async (name) => secrets.remove(name),
    });
  } finally {
    home.release();
  }
}

function remote(client: Client): Vault {
  const path = (name: string): string => `/api/secrets/${encodeURIComponent(name)}`;
  return {
    list: () => client.json<readonly string[]>("GET", "/api/secrets"),
    set: (name, value) => client.json("PUT", path(name), { value }),
    remove: async (name) =>
      (await client.json<{ readonly removed: boolean }>("DELETE", path(name))).removed,
  };
}
