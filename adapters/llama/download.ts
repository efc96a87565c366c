/**
 * Downloads one file, however often the connection breaks, and goes on where the last process stopped.
 * Knows no checksum and no GGUF but its first four bytes.
 *
 * node-llama-cpp brings a downloader. Killed in the middle, that one goes on behind bytes which were never written;
 * it takes the hub's token along to the host that the hub redirects to; it knows no checksum; and a full disk ends the
 * whole process. So the bytes come in order here, and the length of the file is all the state there is.
 */
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { refused, type RemoteFile } from "./hub.ts";
import { Pace } from "./pace.ts";
import { Broken, PartFile } from "./part_file.ts";
import { get, reasonOf, type WebAnswer, type WebOptions } from "./web.ts";
import { backOffMs } from "../../runtime/back_off.ts";
import { writeWhole } from "../../runtime/whole_file.ts";
import { isMoultError, MoultError } from "../../schemas/error.ts";
import type { PullEvent } from "../../schemas/model_file.ts";

/** How long a server is given. Times in milliseconds. */
export interface Patience {
  /** Tries without a new byte. */
  readonly triesMax: number;
  /** Pause before the second try; doubles with each. */
  readonly pauseMs: number;
  /** A connection without a byte for so long is given up. */
  readonly silentMs: number;
}

/** For servers of the world. */
export const PATIENCE: Patience = { triesMax: 6, pauseMs: 500, silentMs: 30_000 };
const PAUSE_MS_MAX = 30_000;
/** A file that changes on the server while it is downloaded begins again, but not for ever. */
const CHANGES_MAX = 3;

/** What a download needs. */
export interface DownloadOptions {
  readonly remote: RemoteFile;
  /** Where it grows. */
  readonly part: string;
  /** What is known of it, beside it. */
  readonly notes: string;
  readonly web: WebOptions;
  readonly patience: Patience;
  readonly onEvent: (event: PullEvent) => void;
}

const MAGIC = "GGUF";

const Notes = v.object({
  /** Of the content: two downloads with the same one may be joined. */
  identity: v.optional(v.string()),
  bytesTotal: v.optional(v.number()),
  /** As the server said. */
  sha256: v.optional(v.string()),
});
type Notes = v.InferOutput<typeof Notes>;

/** What lies on the server is no longer what lies on the disk. */
class Changed extends Error {}

/** Downloads a file to `part`; resolves with the checksum that the server told, if it did. */
export async function download(options: DownloadOptions): Promise<string | undefined> {
  const tries = new Tries(options);
  for (;;) {
    try {
      return await attempt(options);
    } catch (error) {
      await tries.another(error);
    }
  }
}

/** Decides whether and when to try again. */
class Tries {
  readonly #options: DownloadOptions;
  #furthest: number;
  #inVain = 0;
  #changes = 0;

  constructor(options: DownloadOptions) {
    this.#options = options;
    this.#furthest = bytesOf(options.part);
  }

  /** Resolves when it is time for another try; rejects when there will be none. */
  async another(error: unknown): Promise<void> {
    const { part, patience, remote, onEvent, web } = this.#options;
    web.signal.throwIfAborted();
    if (isMoultError(error)) throw error;
    if (error instanceof Changed) return this.#changed();
    const bytes = bytesOf(part);
    if (bytes > this.#furthest) this.#inVain = 0;
    this.#furthest = Math.max(this.#furthest, bytes);
    const because = reasonOf(error);
    if (++this.#inVain >= patience.triesMax) throw gaveUp(remote, because);
    const asked = error instanceof Broken ? error.waitMs : undefined;
    const pause = { firstMs: patience.pauseMs, maxMs: PAUSE_MS_MAX };
    const inMs = Math.min(asked ?? backOffMs(this.#inVain, pause), PAUSE_MS_MAX);
    onEvent({ type: "retry", file: remote.name, because, inMs });
    try {
      await sleep(inMs, undefined, { signal: web.signal });
    } catch {
      // In the words of whoever ended it.
      web.signal.throwIfAborted();
    }
  }

  #changed(): void {
    if (++this.#changes > CHANGES_MAX)
      throw gaveUp(this.#options.remote, "the file changes while it is read");
  }
}

async function attempt(options: DownloadOptions): Promise<string | undefined> {
  const { part, notes, web, patience } = options;
  const known = readNotes(notes);
  // Bytes of unknown content can not be joined to others.
  const have = known.identity === undefined ? 0 : bytesOf(part);
  if (have > 0 && have === known.bytesTotal) return known.sha256;
  const silence = new Silence(patience.silentMs);
  try {
    const signal = AbortSignal.any([web.signal, silence.signal]);
    const body = await ask(options, have, known, signal);
    await append(body, silence, options);
    return body.notes.sha256;
  } catch (error) {
    if (!silence.signal.aborted || web.signal.aborted) throw error;
    const seconds = Math.ceil(patience.silentMs / 1_000);
    throw new Broken(`the server said nothing for ${seconds} s`);
  } finally {
    silence.end();
  }
}

/** Asks for what is missing: the rest of the file, or all of it. */
async function ask(
  { remote, part, notes, web }: DownloadOptions,
  have: number,
  known: Notes,
  signal: AbortSignal,
): Promise<Body> {
  const range = have > 0 ? { range: `bytes=${have}-` } : {};
  const answer = await get(remote.url, range, { ...web, signal });
  const { response } = answer;
  if (response.status === 206 && continues(answer, have, known))
    return { response, from: have, notes: known };
  if (response.status === 200) {
    const fresh = notesOf(answer);
    writeWhole(notes, JSON.stringify(fresh));
    return { response, from: 0, notes: fresh };
  }
  await response.body?.cancel();
  throw notAFile(response, { part, notes, remote });
}

/** Whether an answer is the rest of the file that lies on the disk. */
function continues({ response, identity }: WebAnswer, have: number, known: Notes): boolean {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
  if (range === null || Number(range[1]) !== have || identity !== known.identity) return false;
  return (
    range[2] === "*" || known.bytesTotal === undefined || Number(range[2]) === known.bytesTotal
  );
}

/** What an answer without a file means. */
function notAFile(
  { status, headers }: Response,
  {
    part,
    notes,
    remote,
  }: { readonly part: string; readonly notes: string; readonly remote: RemoteFile },
): Error {
  if (status >= 500 || status === 429 || status === 408)
    return new Broken(`the server answers ${status}`, retryAfter(headers));
  if (status !== 206 && status !== 416) return refused(status, remote.name);
  // The file there is another one by now, or the server counts differently: what we have is of no use.
  rmSync(part, { force: true });
  rmSync(notes, { force: true });
  return new Changed();
}

function notesOf({ response, identity, sha256 }: WebAnswer): Notes {
  const { headers } = response;
  if (!["", "identity"].includes(headers.get("content-encoding") ?? ""))
    throw new MoultError(
      "model/unavailable",
      "The server packs the file on its way, so that its bytes cannot be counted; pull it from another address",
    );
  const length = headers.get("content-length");
  return {
    ...(identity === undefined ? {} : { identity }),
    ...(length === null ? {} : { bytesTotal: Number(length) }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

interface Body {
  readonly response: Response;
  /** Bytes of the file before it. */
  readonly from: number;
  readonly notes: Notes;
}

async function append(
  { response, from, notes }: Body,
  silence: Silence,
  { part, remote, onEvent }: DownloadOptions,
): Promise<void> {
  const total = notes.bytesTotal;
  const pace = new Pace(from, total);
  const file = await PartFile.open(part, from, total);
  try {
    for await (const chunk of response.body ?? []) {
      silence.heard();
      if (file.at === 0) checkMagic(chunk, remote);
      await file.write(chunk);
      const progress = pace.at(file.at);
      if (progress) onEvent({ type: "progress", step: "download", file: remote.name, ...progress });
    }
    if (total !== undefined && file.at !== total)
      throw new Broken(`the connection ended after ${file.at} of ${total} bytes`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A page that says "not found" with status 200 should not become gigabytes of disappointment. */
function checkMagic(chunk: Uint8Array, remote: RemoteFile): void {
  const begins = Buffer.from(chunk.subarray(0, MAGIC.length)).toString("latin1");
  if (MAGIC.startsWith(begins)) return;
  throw new MoultError(
    "input/invalid",
    `${remote.name} is no GGUF file: it begins with ${JSON.stringify(begins)}; is it the address of a web page?`,
  );
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readNotes(file: string): Notes {
  if (!existsSync(file)) return {};
  try {
    return v.parse(Notes, JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {};
  }
}

function retryAfter(headers: Headers): number | undefined {
  const seconds = Number(headers.get("retry-after") ?? "");
  return seconds > 0 ? seconds * 1_000 : undefined;
}

function gaveUp(remote: RemoteFile, because: string): MoultError {
  return new MoultError(
    "model/unavailable",
    `Cannot download ${remote.name} from ${remote.url.host}: ${because}; the same command goes on from where it stopped`,
    { retry: true },
  );
}

/** Aborts what nobody has heard from for a while. */
class Silence {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal = this.#abort.signal;

  constructor(ms: number) {
    this.#timer = setTimeout(() => this.#abort.abort(), ms);
  }

  heard(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
