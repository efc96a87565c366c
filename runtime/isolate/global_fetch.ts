/**
 * The global `fetch` of a host. Inside a call of a function that may reach hosts it is that call's `ctx.fetch`, so that
 * packages which know nothing of moult work; everywhere else it is Bun's own, which the kernel refuses and reports.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { CallContext, Definition } from "../define.ts";

type Fetch = CallContext["fetch"];

const ofCall = new AsyncLocalStorage<Fetch>();

/**
 * Puts it in the place of Bun's, for good. To be done before a function is loaded, which may keep what it finds.
 *
 * @param failed called where Bun's own failed
 */
export function replaceGlobalFetch(failed: (url: string, error: unknown) => void): void {
  const own = globalThis.fetch;
  const routed = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const fetch = ofCall.getStore();
    const url = input instanceof Request ? input.url : String(input);
    const isWeb = /^https?:/i.test(url);
    if (fetch !== undefined && isWeb) return await fetch(input, init);
    try {
      return await own(input, init);
    } catch (error) {
      // A unix socket has no place that could be named.
      if (init === undefined || !("unix" in init)) failed(url, error);
      throw error;
    }
  };
  globalThis.fetch = Object.assign(routed, { preconnect: own.preconnect.bind(own) });
}

/** Runs a call of a function with `fetch` as its global one, if it declares hosts. */
export function withGlobalFetch<T>({ permissions }: Definition, fetch: Fetch, run: () => T): T {
  const hosts = [...(permissions?.net ?? []), ...(permissions?.optional?.net ?? [])];
  return hosts.length === 0 ? run() : ofCall.run(fetch, run);
}
