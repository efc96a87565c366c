/** `providers` of the configuration: other programs and services that run models and speak the API of OpenAI. */
import * as v from "valibot";

/** What the path of a provider's model begins with: `provider:NAME/MODEL`. */
export const PROVIDER_PREFIX = "provider:";

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether an address is one of this machine. */
export function isOnLoopback(url: string): boolean {
  return LOOPBACK.test(URL.parse(url)?.hostname ?? "");
}

/** Values may hold keys: a complaint never repeats one. */
const Address = v.pipe(
  v.string(),
  v.trim(),
  v.check(
    (url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ""),
    "This is no address; write one such as http://127.0.0.1:8080/v1",
  ),
  v.check((url) => {
    const parsed = URL.parse(url);
    if (parsed === null) return true;
    return [parsed.username, parsed.password, parsed.search, parsed.hash].join("") === "";
  }, "Write the address without a name, a password or a query; what proves who you are is the key"),
  v.transform((url) => url.replace(/\/+$/, "")),
);

/** One provider. */
const Provider = v.pipe(
  v.strictObject(
    {
      /** Requests name its models `NAME/MODEL`. */
      name: v.pipe(
        v.string(),
        v.regex(/^[A-Za-z0-9_.-]{1,64}$/, "Expected 1 to 64 of the characters A-Z a-z 0-9 _ . -"),
      ),
      /** Where its API begins; it usually ends in `/v1`. */
      url: Address,
      /** What proves who asks. Write `${NAME}` to take it from the environment. @default none is sent */
      key: v.optional(
        v.pipe(
          v.string(),
          v.trim(),
          v.regex(/^[\x21-\x7e]{1,4096}$/, "A key is visible ASCII characters without spaces"),
        ),
      ),
      /** The models of it that may be asked, by its own names for them. */
      models: v.optional(v.array(v.pipe(v.string(), v.trim(), v.nonEmpty())), []),
    },
    "Expected name, url, key and models, and nothing else",
  ),
  v.forward(
    v.check(
      ({ url, key }) => key === undefined || url.startsWith("https:") || isOnLoopback(url),
      "Plain http would show the key to everybody on the way; use https, or leave the key out",
    ),
    ["url"],
  ),
);

/** `providers`: all of them. */
export const Providers = v.pipe(
  v.array(Provider),
  v.check(
    (all) => new Set(all.map(({ name }) => name)).size === all.length,
    "Two providers have the same name; each needs one of its own",
  ),
);
/** See the schema of the same name. */
export type Providers = v.InferOutput<typeof Providers>;

/** The two parts of `provider:NAME/MODEL`; `undefined`: it is none. */
export function providerIn(
  path: string,
): { readonly name: string; readonly model: string } | undefined {
  const [, name, model] = /^provider:([^/]+)\/(.+)$/.exec(path) ?? [];
  return name === undefined || model === undefined ? undefined : { name, model };
}

/** How one provider is. */
export interface ProviderHealth {
  readonly name: string;
  readonly url: string;
  /** `refused`: it was not asked. */
  readonly state: "ok" | "failed" | "refused";
  /** What is wrong, for people; empty when all is well. */
  readonly found: string;
}
