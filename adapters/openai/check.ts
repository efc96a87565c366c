/** Whether the configured providers are there and take their keys, for whoever asks about this machine's health. */
import { isPassing } from "./failure.ts";
import { look } from "./models.ts";
import { providedBy } from "../../runtime/model/provided.ts";
import type { ProviderHealth } from "../../schemas/provider.ts";
import type { Config } from "../../schemas/config.ts";
import { messageOf } from "../../schemas/error.ts";
import { isOnLoopback, PROVIDER_PREFIX } from "../../schemas/provider.ts";

/** Variables that would send requests another way than the model host's, which has none of them. */
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/** Looks at every provider. With `offline`, only at those on this machine. Takes the proxies out of the environment. */
export async function checkProviders(
  { providers }: Pick<Config, "providers">,
  offline: boolean,
): Promise<readonly ProviderHealth[]> {
  for (const name of PROXIES)
    for (const spelled of [name, name.toLowerCase()]) delete process.env[spelled];
  return await Promise.all(
    providers.map(async ({ name, url, models }): Promise<ProviderHealth> => {
      const said = { name, url };
      if (offline && !isOnLoopback(url))
        return { ...said, state: "refused", found: "--offline lets moult ask no other machine" };
      const path = `${PROVIDER_PREFIX}${name}/${models[0] ?? "any"}`;
      const { provider } = providedBy(path, { providers, offline });
      if (provider === undefined) return { ...said, state: "failed", found: "it has no name" };
      try {
        const { listed } = await look(provider, new AbortController().signal);
        const missing = models.filter((model) => !listed.includes(model));
        // One model, whatever it is called, answers to every name: llama-server.
        if (listed.length < 2 || missing.length === 0) return { ...said, state: "ok", found: "" };
        const found = `it lists no model ${missing.join(", ")}; there are ${listed.slice(0, 10).join(", ")}`;
        return { ...said, state: "failed", found };
      } catch (error) {
        const remedy = isPassing(error)
          ? "; start it, or correct its url under providers in moult.yaml"
          : "";
        return { ...said, state: "failed", found: messageOf(error) + remedy };
      }
    }),
  );
}
