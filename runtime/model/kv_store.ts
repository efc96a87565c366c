/**
 * What models have read of conversations, kept for their return: which file holds the beginning of a prompt, and that
 * nothing but what was written is ever read back. Knows tokens and files; the engine writes and reads what is in them.
 */
import { writeFile } from "node:fs/promises";
import type { KvOptions } from "./engine.ts";
import { isNameless, newName, type StateKeys, stateKeys } from "./kv_files.ts";
import { blocksOf, sharedBlocks } from "./kv_prefix.ts";
import { checkState, readHead, sealState, type StateHead } from "./kv_seal.ts";
import { type FileTier, type Kept, KvTiers, type Room } from "./kv_tiers.ts";
import { removeQuietly } from "../whole_file.ts";
import { messageOf } from "../../schemas/error.ts";

/** Two conversations of one length do not take quite the same. */
const ROOM_SHARE = 1.02;
/** What is moved to disk when the host ends has this long. */
const SETTLE_MS_MAX = 1_200;

/** A kept state that a prompt begins like. */
export interface Found {
  readonly file: Kept;
  /** Tokens that are the same, at least. */
  readonly tokens: number;
}

/** Whose a state is. */
export interface Owner {
  readonly session: string;
  /** Nobody has named the conversation: it is found by how it begins alone. */
  readonly nameless?: boolean;
}

/** What an engine has written. */
export interface Written {
  /** Bytes that the file must have. */
  readonly bytes: number;
  readonly tokens: Uint32Array;
}

/** The kept states of one model with one shape of context. */
export class KvStore {
  /** Files that were damaged, or not what their name says. */
  refused = 0;
  readonly #keys: StateKeys;
  readonly #tiers: KvTiers;
  readonly #model: string;
  readonly #log: (text: string) => void;
  /** Absent: its head was not read yet. */
  readonly #blocks = new WeakMap<Kept, BigUint64Array>();
  /** Sessions that were forgotten while one of their states was being written. */
  readonly #writing = new Map<string, { forgotten: boolean }>();
  /** All heads that were there at the start are read. */
  readonly #learned: Promise<void>;
  #bytesPerToken = 0;
  #told = false;

  /**
   * @param identity whatever makes a state of this engine unfit for another one
   * @throws when the folder takes no files
   */
  constructor(options: KvOptions, identity: string, log: (text: string) => void) {
    this.#keys = stateKeys(options.folder, options.key);
    this.#tiers = new KvTiers(options);
    this.#log = log;
    const { encrypt } = this.#keys;
    this.#model = this.#keys.nameOf("model", `${identity}\n${encrypt?.toString("hex") ?? ""}`);
    // Whoever configures a key wants nothing to lie there that can be read without it.
    if (encrypt !== undefined)
      for (const file of this.#tiers.all()) if (!file.encrypted) this.#tiers.remove(file);
    this.#learned = this.#learn();
  }

  /** Bytes by tier, of all models. */
  bytes(tier: FileTier): number {
    return this.#tiers.bytes(tier);
  }

  /** Bytes that one token takes, as far as was seen; 0 = nothing was written yet. */
  get bytesPerToken(): number {
    return this.#bytesPerToken;
  }

  /** The state that most of a prompt begins like; of a session's own the one that was written last. */
  async find(owner: Owner | undefined, tokens: Uint32Array): Promise<Found | undefined> {
    await this.#learned;
    const wanted = blocksOf(tokens);
    const own = owner && this.#nameOf(owner);
    let best: Found | undefined;
    for (const file of this.#tiers.all()) {
      if (file.model !== this.#model) continue;
      if (file.session === own) await this.#read(file);
      const blocks = this.#blocks.get(file);
      const shared = blocks === undefined ? 0 : sharedBlocks(blocks, wanted);
      if (shared > (best?.tokens ?? 0)) best = { file, tokens: shared };
    }
    return best;
  }

  /** Learns how much room a token takes, before the first state is kept. Never rejects. */
  async measure(write: (file: string) => Promise<Written>): Promise<void> {
    const file = this.#tiers.unfinished();
    try {
      await writeFile(file, "", { mode: 0o600, flag: "wx" });
      const { bytes, tokens } = await write(file);
      this.#bytesPerToken = bytes / Math.max(1, tokens.length);
    } catch (error) {
      this.#tell(`What is read of conversations cannot be kept: ${messageOf(error)}`);
    } finally {
      removeQuietly(file);
    }
  }

  /**
   * Keeps what `write` writes, in place of what the session had. Never rejects: what cannot be kept is read again
   * when it is needed.
   * @param tokens about how many there will be
   */
  async keep(
    whose: Owner,
    tokens: number,
    write: (file: string) => Promise<Written | undefined>,
  ): Promise<boolean> {
    const owner = this.#nameOf(whose);
    const mark = { forgotten: false };
    this.#writing.set(owner, mark);
    let unfinished: readonly string[] = [];
    let room: Room | undefined;
    try {
      room = await this.#tiers.room(tokens * this.#bytesPerToken * ROOM_SHARE);
      if (room === undefined) return false;
      const target = this.#tiers.unfinished(room.tier);
      const source = this.#keys.encrypt === undefined ? target : this.#tiers.unfinished();
      unfinished = [source, target];
      // Engines make files that everybody may read; one that is there keeps what it is.
      await writeFile(source, "", { mode: 0o600, flag: "wx" });
      const written = await write(source);
      if (written === undefined || mark.forgotten) return false;
      return await this.#seal({ owner, room, source, target, mark }, written);
    } catch (error) {
      this.#tell(`What was read of a conversation is not kept: ${messageOf(error)}`);
      return false;
    } finally {
      if (room !== undefined) this.#tiers.free(room);
      for (const file of unfinished) removeQuietly(file);
      if (this.#writing.get(owner) === mark) this.#writing.delete(owner);
    }
  }

  /** Checks a state and hands it to `load`. `undefined`: it could not be used, and is gone. Never rejects. */
  async restore<T>(
    { file }: Found,
    load: (file: string, head: StateHead) => Promise<T>,
  ): Promise<T | undefined> {
    const plain = this.#tiers.unfinished();
    await file.moving;
    file.readers++;
    try {
      const checked = await checkState(this.#tiers.locate(file), plain, this.#keys);
      if (checked === undefined || !this.#isSame(file, checked.head)) throw new Error("damaged");
      const loaded = await load(checked.file, checked.head);
      this.#tiers.touch(file);
      return loaded;
    } catch (error) {
      this.#refuse(file, error);
      return undefined;
    } finally {
      file.readers--;
      removeQuietly(plain);
    }
  }

  /** What goes on from here is kept in place of it. */
  replace({ file }: Found): void {
    if (isNameless(file) && file.readers === 0) this.#tiers.remove(file);
  }

  /** Removes what is kept of a session, and what is just being written. */
  forget(session: string): void {
    const owner = this.#nameOf({ session });
    const writing = this.#writing.get(owner);
    if (writing !== undefined) writing.forgotten = true;
    for (const file of this.#tiers.all()) if (file.session === owner) this.#tiers.remove(file);
  }

  /** Everything is put where it outlives the process. */
  async close(): Promise<void> {
    await this.#tiers.settle(this.#model, SETTLE_MS_MAX);
  }

  async #seal(
    at: {
      readonly owner: string;
      readonly room: Room;
      readonly source: string;
      readonly target: string;
      readonly mark: { readonly forgotten: boolean };
    },
    { bytes, tokens }: Written,
  ): Promise<boolean> {
    const { owner, room, source, target, mark } = at;
    const head = { model: this.#model, session: owner, tokens, bytes };
    const size = await sealState(source, target, head, this.#keys);
    if (mark.forgotten) return false;
    const before = this.#tiers
      .all()
      .filter((file) => file.model === this.#model && file.session === owner);
    const encrypted = this.#keys.encrypt !== undefined;
    const name = newName({ model: this.#model, session: owner, encrypted });
    const file = await this.#tiers.add(target, name, room, size);
    this.#bytesPerToken = size / Math.max(1, tokens.length);
    for (const old of before) this.#tiers.remove(old);
    void this.#tiers.tidy(2 * size);
    if (mark.forgotten) this.#tiers.remove(file);
    if (file.gone) return false;
    this.#blocks.set(file, blocksOf(tokens));
    return true;
  }

  /** Reads heads one after another, so that what was kept before the start is found by its beginning too. */
  async #learn(): Promise<void> {
    for (const file of this.#tiers.all()) {
      if (file.model === this.#model) await this.#read(file);
    }
  }

  async #read(file: Kept): Promise<void> {
    await file.moving;
    if (file.gone || this.#blocks.has(file)) return;
    file.readers++;
    try {
      const head = await readHead(this.#tiers.locate(file), this.#keys);
      if (head === undefined || !this.#isSame(file, head)) throw new Error("damaged");
      this.#blocks.set(file, blocksOf(head.tokens));
      if (this.#bytesPerToken === 0) this.#bytesPerToken = file.bytes / head.tokens.length;
    } catch (error) {
      this.#refuse(file, error);
    } finally {
      file.readers--;
    }
  }

  #nameOf({ session, nameless }: Owner): string {
    return this.#keys.nameOf(nameless === true ? "nameless" : "session", session);
  }

  #refuse(file: Kept, error: unknown): void {
    // One that is gone was forgotten, or made room in another process.
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!file.gone && !isMissing) this.refused++;
    this.#tiers.remove(file);
  }

  #isSame(file: Kept, head: StateHead): boolean {
    return head.model === file.model && head.session === file.session && head.tokens.length > 0;
  }

  /** Once: a full disk stays full for long. */
  #tell(text: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#log(text);
  }
}
