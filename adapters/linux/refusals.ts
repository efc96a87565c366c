/** What the kernel refused one process, put into words and kept until somebody listens. It decides nothing. */
import type { KernelRefusal } from "../../runtime/ports.ts";
import type { NetworkLayer, NetworkRefusal } from "./bpf/network.ts";

/** Refusals that are kept while nobody listens: those of a function's first moments. */
const KEPT_MAX = 16;

const TRIED: Readonly<Record<NetworkRefusal["what"], string>> = {
  create: "open a socket",
  connect: "connect",
  send: "send",
  bind: "listen",
};

/** The refusals of one process. */
export class RefusalLog {
  readonly #network: NetworkLayer | undefined;
  readonly #stop: (() => void) | undefined;
  #slowDown: (() => void) | undefined;
  #listener: ((refusal: KernelRefusal) => void) | undefined;
  #kept: KernelRefusal[] = [];

  /** @param group control group of the process; without it, or without a layer, nothing is ever reported */
  constructor(network: NetworkLayer | undefined, group: string | undefined) {
    if (network === undefined || group === undefined) return;
    this.#network = network;
    this.#stop = network.watch(group, (refusal) => this.#add(inWords(refusal)));
  }

  /** Passes them on, earlier ones first. */
  tell(listener: (refusal: KernelRefusal) => void): void {
    this.#listener = listener;
    this.#slowDown ??= this.#network?.drainOften();
    for (const refusal of this.#kept) listener(refusal);
    this.#kept = [];
  }

  /** Asks the kernel now instead of in a moment. */
  fetch(): void {
    this.#network?.drain();
  }

  /** The process has ended. */
  close(): void {
    this.#stop?.();
    this.#slowDown?.();
  }

  #add(refusal: KernelRefusal): void {
    if (this.#listener !== undefined) this.#listener(refusal);
    else if (this.#kept.length < KEPT_MAX) this.#kept.push(refusal);
  }
}

function inWords({ what, socket, address }: NetworkRefusal): KernelRefusal {
  const tried = `${TRIED[what]} (${[socket, address].filter(Boolean).join(" to ")})`;
  const wanted = what === "connect" || what === "send" ? address : undefined;
  const remedy =
    what === "bind"
      ? "a function does not listen; write a channel, and moult listens for it"
      : `add permissions: { net: [${JSON.stringify(wanted ?? "HOST:443")}] } and use ctx.fetch`;
  return {
    kind: "net",
    text: `Cannot ${tried}: a function has no network of its own; ${remedy}`,
    ...(wanted !== undefined && { wanted }),
  };
}
