/** What the kernel refused one process, kept until somebody listens. It decides nothing. */
import type { KernelRefusal } from "../../../runtime/ports.ts";
import type { AuditLayer, RefusedCall } from "../bpf/audit.ts";
import type { HookLayer } from "../bpf/lsm.ts";
import type { NetworkLayer } from "../bpf/network.ts";
import { hookWords } from "./hook_words.ts";
import { callsInWords, networkWords, type Surroundings } from "./words.ts";

/** Refusals that are kept while nobody listens: those of a function's first moments. */
const KEPT_MAX = 16;
/** The same one again is not told within this time, unless the process has said something in between. */
const AGAIN_MS = 1_000;
/** Different ones that are told in that time; a function that tries more is searching, not working. */
const TOLD_MAX = 64;

/** Who reports what the process is refused. */
export interface Reporters {
  readonly network: NetworkLayer | undefined;
  /** Of what the kernel's security hooks refuse; not asked where the next one tells of every layer. */
  readonly hooks: HookLayer | undefined;
  /** Of every layer; `undefined` but in `moult dev`. */
  readonly audit: AuditLayer | undefined;
}

/** The refusals of one process. */
export class RefusalLog {
  readonly #group: string | undefined;
  readonly #reporters: Reporters;
  readonly #stops: (() => void)[] = [];
  #listener: ((refusal: KernelRefusal) => void) | undefined;
  #kept: KernelRefusal[] = [];
  #surroundings: Surroundings | undefined;
  #calls: RefusedCall[] = [];
  readonly #told = new Set<string>();
  #toldSince = 0;

  /** @param group control group of the process; without it nothing is ever reported */
  constructor(group: string | undefined, reporters: Reporters) {
    this.#group = group;
    const nobody = { network: undefined, hooks: undefined, audit: undefined };
    this.#reporters = group === undefined ? nobody : reporters;
    if (group === undefined || reporters.network === undefined) return;
    const { reports } = reporters.network;
    this.#stops.push(reports.watch(group, (refusal) => this.#add(networkWords(refusal))));
  }

  /** Hears of every layer from now on: what Bun tries and is refused at its own start is nobody's business. */
  hearAll(surroundings: Surroundings): void {
    this.#surroundings = surroundings;
    const { audit, hooks } = this.#reporters;
    if (this.#group === undefined) return;
    if (audit === undefined) {
      const hear = hooks?.reports.watch(this.#group, (one) =>
        this.#addOnce(hookWords(one, surroundings)),
      );
      if (hear !== undefined) this.#stops.push(hear);
      return;
    }
    this.#stops.push(
      audit.watch(this.#group, (call) => {
        this.#calls.push(call);
        // Those that were fetched together are told together.
        if (this.#calls.length === 1) queueMicrotask(() => this.#tellCalls());
      }),
    );
  }

  /** Passes them on, earlier ones first. */
  tell(listener: (refusal: KernelRefusal) => void): void {
    this.#listener = listener;
    for (const { reports } of this.#all()) this.#stops.push(reports.drainOften());
    for (const refusal of this.#kept) listener(refusal);
    this.#kept = [];
  }

  /** Asks the kernel now instead of in a moment: the process has said something. */
  fetch(): void {
    for (const { reports } of this.#all()) reports.drain();
    this.#tellCalls();
    this.#told.clear();
  }

  /** The process has ended. */
  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#tellCalls();
  }

  #all(): readonly (NetworkLayer | HookLayer | AuditLayer)[] {
    const { network, hooks, audit } = this.#reporters;
    return [network, hooks, audit].filter((one) => one !== undefined);
  }

  #tellCalls(): void {
    const calls = this.#calls;
    this.#calls = [];
    if (this.#surroundings === undefined || calls.length === 0) return;
    for (const refusal of callsInWords(calls, this.#surroundings)) this.#addOnce(refusal);
  }

  /** One attempt of a function is often several of Bun's. */
  #addOnce(refusal: KernelRefusal): void {
    const now = performance.now();
    if (now - this.#toldSince > AGAIN_MS) {
      this.#told.clear();
      this.#toldSince = now;
    }
    if (this.#told.size >= TOLD_MAX || this.#told.has(refusal.text)) return;
    this.#told.add(refusal.text);
    this.#add(refusal);
  }

  #add(refusal: KernelRefusal): void {
    if (this.#listener !== undefined) this.#listener(refusal);
    else if (this.#kept.length < KEPT_MAX) this.#kept.push(refusal);
  }
}
