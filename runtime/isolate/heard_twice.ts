/** What both the kernel and a host tell of is told once, by whoever knows the name. It decides nothing. */
import { basename } from "node:path";
import type { KernelRefusal } from "../ports.ts";

/** How long a refusal without a name waits for somebody who knows it, in milliseconds. */
const WAIT_MS = 40;
/** How long what the kernel tells without a name is taken for what a host has named just before, in milliseconds. */
const NAMED_MS = 100;

interface Nameless<Call> {
  readonly call: Call | undefined;
  readonly refusal: KernelRefusal;
}

/** The refusals of one host. `Call` is the call that was there, if there was only one. */
export class HeardTwice<Call> {
  readonly #tell: (call: Call | undefined, refusal: KernelRefusal) => void;
  #last: KernelRefusal | undefined;
  /** One of each kind. */
  readonly #nameless = new Map<KernelRefusal["kind"], Nameless<Call>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When a host named what of the network it was refused. */
  #namedAt = -Infinity;

  constructor(tell: (call: Call | undefined, refusal: KernelRefusal) => void) {
    this.#tell = tell;
  }

  /** The kernel tells. It does not always know which program was to be started, and no names of hosts. */
  ofKernel(call: Call | undefined, refusal: KernelRefusal): void {
    const { kind, wanted, isUnnamed = false } = refusal;
    if (isUnnamed && performance.now() - this.#namedAt < NAMED_MS) return;
    // For one name, or one listener, many a socket is tried.
    if (isUnnamed && this.#nameless.get(kind)?.refusal.isUnnamed === true) return;
    this.#last = refusal;
    if (!isUnnamed && (kind !== "exec" || wanted !== undefined)) {
      this.#tell(call, refusal);
      return;
    }
    if (this.#nameless.has(kind)) this.flush();
    this.#nameless.set(kind, { call, refusal });
    this.#timer ??= setTimeout(() => this.flush(), WAIT_MS);
    this.#timer.unref();
  }

  /** The host tells: the kernel may have said so just before. */
  ofHost(call: Call | undefined, refusal: KernelRefusal): void {
    const known = this.#last;
    this.#last = undefined;
    this.#nameless.delete(refusal.kind);
    if (refusal.kind === "net") this.#namedAt = performance.now();
    this.flush();
    const isSame =
      known?.kind === refusal.kind &&
      known.wanted !== undefined &&
      basename(known.wanted) === basename(refusal.wanted ?? "");
    if (!isSame) this.#tell(call, refusal);
  }

  /** Nobody will know the name: the call has ended, or the host. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const told = [...this.#nameless.values()];
    this.#nameless.clear();
    for (const { call, refusal } of told) this.#tell(call, refusal);
  }
}
