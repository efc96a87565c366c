/** One request to an address that was judged, and its answer, both counted. It knows no redirects. */
import { isMoultError, MoultError, messageOf } from "../../../schemas/error.ts";
import { addressIn, placeOf } from "./address.ts";
import type { Budget } from "./budget.ts";
import { addressesOf, goesByProxy, isThisMachine } from "./destination.ts";
import { denied, type EgressRules } from "./rules.ts";

/** What is sent: as it lies in memory, or as it comes, of a length that is known or shows. */
export type Body =
  Uint8Array | { readonly stream: ReadableStream<Uint8Array>; readonly bytes: number | undefined };

/** What one request says. */
export interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Body | undefined;
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
      const response = await fetchFrom(address, outgoing, rules.budget, signal);
      rules.budget.bytes([...response.headers].reduce((sum, pair) => sum + sizeOfHeader(pair), 0));
      return response;
    } catch (error) {
      if (isMoultError(error)) throw error;
      failure = error;
      if (signal.aborted || !isUnanswered(error) || isStream(outgoing.body)) break;
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
  return head + (isStream(body) ? 0 : (body?.length ?? 0));
}

/** Whether a body can be sent once only. */
export function isStream(body: Body | undefined): body is Exclude<Body, Uint8Array> {
  return body !== undefined && !(body instanceof Uint8Array);
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
  budget: Budget,
  signal: AbortSignal,
): Promise<Response> {
  const there = new URL(url);
  // A proxy, and the exceptions from it, are told names.
  if (!goesByProxy(url)) there.hostname = address.includes(":") ? `[${address}]` : address;
  const named = new Headers(headers);
  named.set("host", url.host);
  // The length is ours: what comes is cut where it passes it, and broken off where it falls short.
  if (isStream(body) && body.bytes !== undefined) named.set("content-length", String(body.bytes));
  const isName = addressIn(url.hostname) === undefined;
  const init: BunFetchRequestInit = {
    method,
    headers: named,
    signal,
    redirect: "manual",
    ...(body !== undefined && {
      body: isStream(body) ? counted(body.stream, budget) : (body as Uint8Array<ArrayBuffer>),
    }),
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
