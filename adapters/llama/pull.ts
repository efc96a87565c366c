/**
 * Brings models into a folder: each file grows out of sight, is compared with its checksum and read as a GGUF, and
 * only then gets its name. Knows no command line and no configuration.
 */
import { Database } from "bun:sqlite";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { download, PATIENCE, type Patience } from "./download.ts";
import { checkGguf, readGguf } from "./gguf.ts";
import { hubOf, locate, parseSource, type RemoteFile, type Source } from "./hub.ts";
import { Pace } from "./pace.ts";
import { reasonOf, type WebOptions } from "./web.ts";
import { writeWhole } from "../../runtime/whole_file.ts";
import { isMoultError, MoultError } from "../../schemas/error.ts";
import type { PulledModel, PullEvent } from "../../schemas/model_file.ts";

/** Downloads under way, and what was pulled from where. Beside the models, so that a rename is all it takes. */
const WORKSHOP = ".pulls";
const HASH_CHUNK_BYTES = 1_048_576;

/** What to pull, and how. */
export interface PullOptions {
  /** `hf:USER/REPO:QUANTISATION`, `hf:USER/REPO/FILE.gguf`, or an address. */
  readonly source: string;
  /** The models folder. */
  readonly folder: string;
  /** What the file must be, as 64 hex digits. @default what the server says, if it says so */
  readonly sha256?: string | undefined;
  /** Replaces what is there. @default false */
  readonly force?: boolean;
  /** Refuses to download; what is there is still found. @default false */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PullEvent) => void;
  /** `HF_TOKEN`, `HF_ENDPOINT` and their kin. @default the process's */
  readonly env?: WebOptions["env"];
  readonly patience?: Patience;
}

const PullRecord = v.object({
  source: v.string(),
  verified: v.picklist(["given", "server", "none"]),
  files: v.pipe(
    v.array(v.object({ name: v.string(), bytes: v.number(), sha256: v.string() })),
    v.minLength(1),
  ),
});
type PullRecord = v.InferOutput<typeof PullRecord>;

/**
 * Pulls a model, or finds that it is there. Aborting `signal` rejects with its reason; the next pull goes on.
 * @throws {MoultError} what went wrong, and what to do
 */
export async function pullModel(options: PullOptions): Promise<PulledModel> {
  const { folder, force = false, offline = false, env = process.env } = options;
  const source = parseSource(options.source, env);
  const sha256 = givenChecksum(options.sha256) ?? source.sha256;
  const there = force ? undefined : findWhole(folder, source);
  if (there) return already(folder, there, sha256);
  if (offline)
    throw new MoultError(
      "policy/denied",
      `Cannot pull ${source.text} with --offline: nothing leaves this machine then; pull it once without`,
    );
  const shop = join(folder, WORKSHOP);
  mkdirSync(shop, { recursive: true, mode: 0o700 });
  const unlock = lock(join(shop, `${source.stem}.lock`), source);
  try {
    if (!force) refuseStranger(folder, source);
    return await bring(source, sha256, options);
  } finally {
    unlock();
  }
}

/** Path of a model that was pulled before; `undefined` when it was not, or not whole. Asks nobody. */
export function findPulled(
  name: string,
  folder: string,
  env: WebOptions["env"] = process.env,
): string | undefined {
  const record = findWhole(folder, parseSource(name, env));
  return record && join(folder, record.files[0]?.name ?? "");
}

async function bring(
  source: Source,
  given: string | undefined,
  options: PullOptions,
): Promise<PulledModel> {
  const { folder, env = process.env } = options;
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const web = { env, hub: hubOf(env), plainHttp: given !== undefined, signal };
  const remotes = await locate(source, web).catch((error: unknown) => {
    throw unreachable(error, source, signal);
  });
  if (given !== undefined && remotes.length > 1)
    throw new MoultError(
      "input/invalid",
      `${source.text} has ${remotes.length} files, and one checksum cannot fit all; leave it out`,
    );
  const files: PullRecord["files"] = [];
  let verified: PullRecord["verified"] = given === undefined ? "server" : "given";
  for (const remote of remotes) {
    const { wanted, ...file } = await bringFile(remote, {
      given,
      web,
      isPart: remotes.length > 1,
      options,
    });
    if (wanted === undefined) verified = "none";
    files.push(file);
  }
  const record: PullRecord = { source: source.text, verified, files };
  // Before the files have their names: a record without files is none, files without a record are a stranger's.
  writeWhole(recordFile(folder, source), JSON.stringify(record));
  for (const { name } of files) {
    renameSync(partOf(folder, name), join(folder, name));
    discard(notesOf(folder, name));
  }
  return { ...describe(folder, record), already: false };
}

/** Downloads and checks one file, which stays in the workshop. */
async function bringFile(
  remote: RemoteFile,
  how: {
    readonly given: string | undefined;
    readonly web: WebOptions;
    readonly isPart: boolean;
    readonly options: PullOptions;
  },
): Promise<PullRecord["files"][number] & { readonly wanted: string | undefined }> {
  const { folder, patience = PATIENCE, onEvent = () => {} } = how.options;
  const { name } = remote;
  const [part, notes] = [partOf(folder, name), notesOf(folder, name)];
  const told = await download({ remote, part, notes, web: how.web, patience, onEvent });
  const wanted = how.given ?? remote.sha256 ?? told;
  const sha256 = await hash(part, remote, { signal: how.web.signal, onEvent });
  try {
    compare(sha256, wanted, remote);
    checkFile(part, remote, how.isPart);
  } catch (error) {
    discard(part, notes);
    throw error;
  }
  return { name, bytes: statSync(part).size, sha256, wanted };
}

function partOf(folder: string, name: string): string {
  return join(folder, WORKSHOP, `${name}.part`);
}

function notesOf(folder: string, name: string): string {
  return join(folder, WORKSHOP, `${name}.part.json`);
}

function discard(...files: readonly string[]): void {
  for (const file of files) rmSync(file, { force: true });
}

function compare(sha256: string, wanted: string | undefined, { name }: RemoteFile): void {
  if (wanted === undefined || sha256 === wanted) return;
  throw new MoultError(
    "model/unavailable",
    `${name} is not what it should be: its sha256 is ${sha256}, not ${wanted}; it was removed. Check the sum, or pull it from elsewhere`,
  );
}

function checkFile(part: string, { name }: RemoteFile, isPart: boolean): void {
  try {
    if (isPart) readGguf(part);
    else checkGguf(part);
  } catch (error) {
    if (!isMoultError(error)) throw error;
    throw new MoultError(error.code, error.message.replace(part, name), undefined, error);
  }
}

async function hash(
  path: string,
  { name }: RemoteFile,
  {
    signal,
    onEvent,
  }: { readonly signal: AbortSignal; readonly onEvent: (event: PullEvent) => void },
): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  const file = Bun.file(path);
  const pace = new Pace(0, file.size);
  for (let at = 0; at < file.size; at += HASH_CHUNK_BYTES) {
    signal.throwIfAborted();
    hasher.update(await file.slice(at, at + HASH_CHUNK_BYTES).arrayBuffer());
    const progress = pace.at(Math.min(at + HASH_CHUNK_BYTES, file.size));
    if (progress) onEvent({ type: "progress", step: "verify", file: name, ...progress });
  }
  return hasher.digest("hex");
}

function givenChecksum(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const sha256 = text.replace(/^sha256:/, "").toLowerCase();
  if (/^[0-9a-f]{64}$/.test(sha256)) return sha256;
  throw new MoultError("input/invalid", `A sha256 has 64 hex digits, not "${text.slice(0, 80)}"`);
}

function recordFile(folder: string, { stem }: Source): string {
  return join(folder, WORKSHOP, `${stem}.json`);
}

function readRecord(folder: string, source: Source): PullRecord | undefined {
  try {
    return v.parse(PullRecord, JSON.parse(readFileSync(recordFile(folder, source), "utf8")));
  } catch {
    return undefined;
  }
}

/** The record of a source whose files are all there. By size: their content was compared when they came. */
function findWhole(folder: string, source: Source): PullRecord | undefined {
  const record = readRecord(folder, source);
  if (record?.source !== source.text) return undefined;
  const whole = record.files.every(
    ({ name, bytes }) => statSync(join(folder, name), { throwIfNoEntry: false })?.size === bytes,
  );
  return whole ? record : undefined;
}

/** A file of that name which came from elsewhere is not ours to replace. */
function refuseStranger(folder: string, source: Source): void {
  const record = readRecord(folder, source);
  const names = [`${source.stem}.gguf`, ...(record?.files.map(({ name }) => name) ?? [])];
  const taken = names.find((name) => existsSync(join(folder, name)));
  if (taken === undefined) return;
  const from = record ? `from ${record.source}` : "by hand";
  throw new MoultError(
    "input/invalid",
    `There is a ${taken} in ${folder} that came ${from} or was changed; move it away, or write --force to replace it`,
  );
}

function already(folder: string, record: PullRecord, sha256: string | undefined): PulledModel {
  const found = record.files[0]?.sha256;
  if (sha256 === undefined || (record.files.length === 1 && sha256 === found))
    return { ...describe(folder, record), already: true };
  throw new MoultError(
    "input/invalid",
    `The model that is there has sha256 ${found}, not ${sha256}; write --force to download it again`,
  );
}

function describe(folder: string, { files, verified }: PullRecord): Omit<PulledModel, "already"> {
  const name = files[0]?.name ?? "";
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { name, path: join(folder, name), bytes, files, verified };
}

/** The kernel drops the lock when the process dies, however it dies. */
function lock(file: string, { text }: Source): () => void {
  const database = new Database(file, { create: true });
  try {
    database.run("PRAGMA locking_mode=EXCLUSIVE");
    database.run("BEGIN EXCLUSIVE");
    return () => database.close();
  } catch (error) {
    database.close();
    if (!String(error).includes("locked")) throw error;
    throw new MoultError(
      "model/unavailable",
      `Another process pulls ${text} already; wait for it, or end it`,
      { retry: true },
    );
  }
}

function unreachable(error: unknown, { text }: Source, signal: AbortSignal): unknown {
  if (signal.aborted || isMoultError(error)) return error;
  const because = `Cannot ask where ${text} lies: ${reasonOf(error)}; check the network and try again`;
  return new MoultError("model/unavailable", because, {
    retry: true,
  });
}
