/** Models of providers, by the names that the configuration gives them. Knows no protocol. */
import type { ProviderOptions } from "./engine.ts";
import { providerIn, type Providers } from "../../schemas/provider.ts";

/** Where providers' models are looked for. */
export interface ProvidedOptions {
  readonly providers: Providers;
  readonly offline: boolean;
}

/** What the host of a `provider:NAME/MODEL` is told; nothing for any other path, or a name that is not configured. */
export function providedBy(
  path: string,
  { providers, offline }: ProvidedOptions,
): { readonly provider?: ProviderOptions } {
  const asked = providerIn(path);
  const found = providers.find(({ name }) => name === asked?.name);
  if (asked === undefined || found === undefined) return {};
  const { name, url, key } = found;
  const { model } = asked;
  const provider = { name, url, model, loopbackOnly: offline };
  return { provider: { ...provider, ...(key !== undefined && { key }) } };
}
