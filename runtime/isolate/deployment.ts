/** One version of a function, able to run: what `isolate/` gives to `load/`. */
import type { CallResult, FunctionCall } from "../ports.ts";
import type { Manifest, Origin, Permissions } from "../../schemas/function.ts";

/** A built function file. Immutable: another build is another bundle. */
export interface Bundle {
  readonly name: string;
  /** First 12 hex digits of the SHA-256 of the bundle's text. */
  readonly version: string;
  /** Absolute path of the bundled JavaScript. It imports nothing but `moult` and built-in modules. */
  readonly path: string;
  readonly origin: Origin;
  /** Where its file lies, seen from the folder that moult's home lies in, when that is known. */
  readonly place?: string;
  /** Known from an earlier load of the same bundle: then no host is started until the first call. */
  readonly manifest?: Manifest;
  /** The manifest was read in a process that other files ran in too. @default false */
  readonly isHearsay?: boolean;
  /** The file is asked in a process of its own what it declares. @default when few are asked at once */
  readonly alone?: boolean;
  /** What a file that declares this may use now; `undefined`: it is not to be run. @default what it declares */
  readonly permitted?: (manifest: Manifest) => Permissions | undefined;
  /** Absolute folders whose lock files fix the packages that it was made of. */
  readonly projects?: readonly string[];
  /** Told when the file's own process declares something else than `manifest`. That start fails. */
  readonly differs?: () => void;
}

/**
 * Which handler of the definition a call is for. `check` runs none: it holds a tool's input against its schema.
 * `confirm` says whether a person is to be asked before `run` gets that input.
 */
export type Handler = "run" | "receive" | "render" | "check" | "confirm";

/**
 * A version of a function. It starts a host at the first call, ends it when idle, and restarts it after a crash
 * with back-off; the caller never sees a host.
 */
export interface Deployment {
  readonly manifest: Manifest;
  /** It was read in a process that other files ran in too, which may have spoken for this one. @default false */
  readonly isHearsay?: boolean;
  readonly version: string;
  /** Answers like HTTP: status, `x-function-version`, JSON or a stream. Commits the function's values itself. Never rejects. */
  readonly fetch: (call: FunctionCall) => Promise<Response>;
  /** One call of a turn. The function's values come back in `writes`, uncommitted. Never rejects. */
  readonly run: (call: FunctionCall, handler?: Handler) => Promise<CallResult>;
  /** Lets calls in flight finish (at most 30 s), then ends the host. New calls are refused. */
  readonly retire: () => Promise<void>;
}

/** Why a deployment's host ended without being asked to. */
export interface Crash {
  readonly name: string;
  readonly version: string;
  /** For people: `memory 338 MiB > 256`, `exit code 3`, `SIGSEGV`. */
  readonly reason: string;
  readonly at: number;
}
