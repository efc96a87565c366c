/** One request to an address that was judged, and its answer, both counted. It knows no redirects. */
import { isMoultError, MoultError, messageOf } from "../../../schemas/error.ts";
import { addressIn, placeOf } from "./address.ts";
import type { Budget } from "./budget.ts";
import { addressesOf, goesByProxy, isThisMachine } from "./destination.ts";
import { denied, type EgressRules } from "./rules.ts";

/** What one request says. */
export interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
  /** Whether a header has a secret that the function does not see. */
  readonly isSecret: boolean;
}

/** One request, judged anew: nothing is remembered of the one before, whatever connection it goes over. */
export async function send(
  outgoing: Outgoing,
  rules: EgressRules,
  signal: AbortSignal,
): Promise<Response> {
  const { url } = outgoing;
  const addresses = await addressesOf(url, rules);
  if (outgoing.isSecret) checkSecrecy(url, addresses);
  signal.throwIfAborted();
  rules.budget.request();
  rules.budget.bytes(sizeOf(outgoing));
  let failure: unknown;
  for (const address of addresses) {
    try {
      const response = await fetchFrom(address, outgoing, signal);
      rules.budget.bytes([...response.headers].reduce((sum, pair) => sum + sizeOfHeader(pair), 0));
      return response;
    } catch (error) {
      if (isMoultError(error)) throw error;
      failure = error;
      if (signal.aborted || !isUnanswered(error)) break;
    }
  }
  const why = messageOf(failure);
  throw new MoultError("tool/failed", `Cannot reach ${url.host}: ${why}`, undefined, failure);
}

/** A secret travels without encryption within this machine only, whatever its names lead to. */
function checkSecrecy(url: URL, addresses: readonly string[]): void {
  if (url.protocol === "https:") return;
  if (addresses.every((address) => placeOf(address) === "loopback")) return;
  throw denied(`Cannot send a secret to ${url.host}: its name does not lead to this machine`);
}

function sizeOfHeader([name, value]: readonly [string, string]): number {
  return name.length + value.length + 4;
}

function sizeOf({ url, headers, body }: Outgoing): number {
  const head = [...headers].reduce((sum, pair) => sum + sizeOfHeader(pair), url.href.length);
  return head + (body?.length ?? 0);
}

const UNANSWERED = new Set([
  "ConnectionRefused",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "FailedToOpenSocket",
]);

/** Nobody has seen the request: another address of the same host may be tried. */
function isUnanswered(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return UNANSWERED.has(String(code));
}

/** Connects to an address, and speaks to it as to the host of the URL: its name is what its certificate must have. */
async function fetchFrom(
  address: string,
  { url, method, headers, body }: Outgoing,
  signal: AbortSignal,
): Promise<Response> {
  const there = new URL(url);
  // A proxy, and the exceptions from it, are told names.
  if (!goesByProxy(url)) there.hostname = address.includes(":") ? `[${address}]` : address;
  const named = new Headers(headers);
  named.set("host", url.host);
  const isName = addressIn(url.hostname) === undefined;
  const init: BunFetchRequestInit = {
    method,
    headers: named,
    signal,
    redirect: "manual",
    ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    ...(isName && url.protocol === "https:" && { tls: { serverName: url.hostname } }),
    ...(isThisMachine(url) && NO_PROXY),
  };
  return await fetch(there, init);
}

/** Bun takes it, its types do not. */
const NO_PROXY = { proxy: false } as unknown as { readonly proxy?: string };

/** Ends a body that is longer than the call may receive. */
export function counted(body: ReadableStream<Uint8Array>, budget: Budget): typeof body {
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        budget.bytes(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
}
