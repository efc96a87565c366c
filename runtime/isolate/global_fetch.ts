/**
 * The global `fetch` of a host. Inside a call of a function that may reach hosts it is that call's `ctx.fetch`, so that
 * packages which know nothing of moult work; everywhere else it is Bun's own, which the kernel refuses and reports.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { CallContext, Definition } from "../define.ts";

type Fetch = CallContext["fetch"];

const ofCall = new AsyncLocalStorage<Fetch>();

/** Puts it in the place of Bun's, for good. To be done before a function is loaded, which may keep what it finds. */
export function replaceGlobalFetch(): void {
  const own = globalThis.fetch;
  const routed = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const fetch = ofCall.getStore();
    const isWeb = /^https?:/i.test(input instanceof Request ? input.url : String(input));
    return fetch !== undefined && isWeb ? fetch(input, init) : own(input, init);
  };
  globalThis.fetch = Object.assign(routed, { preconnect: own.preconnect.bind(own) });
}

/** Runs a call of a function with `fetch` as its global one, if it declares hosts. */
export function withGlobalFetch<T>({ permissions }: Definition, fetch: Fetch, run: () => T): T {
  const hosts = [...(permissions?.net ?? []), ...(permissions?.optional?.net ?? [])];
  return hosts.length === 0 ? run() : ofCall.run(fetch, run);
}
