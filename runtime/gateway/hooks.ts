/** Which function a request below `/hooks` is for, by the `http` triggers that functions declare. Calls nothing. */
import type { Functions } from "../load/functions.ts";
import { HTTP_TRIGGER, type Manifest } from "../../schemas/function.ts";

/** Protocol and channel of turns that a request began: of skills that the model follows. */
export const HOOK = "hook";

const METHODS = ["GET", "POST"] as const;

/** Methods that a trigger may name. */
export type HookMethod = (typeof METHODS)[number];

/** A path below `/hooks` and whose it is. */
export interface Hook {
  readonly method: HookMethod;
  /** Begins with a slash, without `/hooks`. */
  readonly path: string;
  readonly function: string;
}

/** The `http` triggers of all functions. */
export class Hooks {
  readonly #functions: Functions;
  /** Whether `POST /hooks/{channel}` belongs to a channel, which goes before any function. */
  readonly isWebhook: (channel: string) => boolean;
  readonly #hooks = new Map<string, Hook>();
  /** Functions have changed since the table was made. */
  #isStale = true;

  constructor(functions: Functions, isWebhook: (channel: string) => boolean) {
    this.#functions = functions;
    this.isWebhook = isWebhook;
  }

  /** To be told of every change of a function. */
  changed(): void {
    this.#isStale = true;
  }

  /** Every path, in order. */
  list(): readonly Hook[] {
    this.#refresh();
    return [...this.#hooks.values()];
  }

  /** The function that answers, or the methods that the path would take; none = nothing is there. */
  find(
    method: string,
    path: string,
  ): { readonly function: string } | { readonly allowed: readonly HookMethod[] } {
    this.#refresh();
    const hook = this.#hooks.get(`${method} ${path}`);
    if (hook !== undefined) return hook;
    return { allowed: METHODS.filter((one) => this.#hooks.has(`${one} ${path}`)) };
  }

  /** Why a trigger of a function is never called; `undefined`: it is. */
  fault(name: string, http: string): string | undefined {
    this.#refresh();
    const owner = this.#hooks.get(http)?.function;
    if (owner === name) return undefined;
    const whose = owner === undefined ? "a channel's webhook" : `"${owner}"`;
    return `"${http}" belongs to ${whose} and does not lead here; choose another path`;
  }

  /** Whoever has a path keeps it; a path that is claimed by several at once goes to the first by name. */
  #refresh(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    const before = new Map(this.#hooks);
    this.#hooks.clear();
    for (const { name, manifest, state } of this.#functions.list()) {
      if (manifest === undefined || state === "pending") continue;
      for (const { method, path } of claims(manifest)) {
        if (method === "POST" && this.isWebhook(path.slice(1))) continue;
        const key = `${method} ${path}`;
        if (this.#hooks.has(key) && before.get(key)?.function !== name) continue;
        this.#hooks.set(key, { method, path, function: name });
      }
    }
  }
}

function claims({ triggers }: Manifest): readonly Omit<Hook, "function">[] {
  return triggers.flatMap((trigger) => {
    if (!("http" in trigger)) return [];
    const [, method, path = ""] = HTTP_TRIGGER.exec(trigger.http) ?? [];
    const known = METHODS.find((one) => one === method);
    return known === undefined ? [] : [{ method: known, path }];
  });
}
