/** What the runtime asks of models, whichever engine runs them. */
import type { GenerateEvent, GenerateRequest, Lane, ModelStatus } from "../../schemas/model.ts";

/** A model behind its queue. */
export interface Model {
  /**
   * Asks for tokens. The iteration ends after `done`; it rejects with `model/unavailable` or `queue/full`.
   * Aborting the signal frees the slot and ends with `done` (`finish: "cancelled"`).
   */
  readonly generate: (
    request: GenerateRequest,
    signal?: AbortSignal,
  ) => AsyncIterable<GenerateEvent>;
  readonly status: () => ModelStatus;
  /** Calls back at each change of `status().state`. Returns the way to stop. */
  readonly watch: (listener: (status: ModelStatus) => void) => () => void;
  /** Nothing stays of what it has read of a session. Absent: nothing does. */
  readonly forget?: (session: string) => void;
  /**
   * Vectors of texts, of length 1 each, in their order. Absent: it makes none.
   * Rejects with `input/invalid` when a text is empty or too long, with the signal's reason when it is aborted, and like
   * `generate` otherwise.
   *
   * @param lane who waits for them. @default "api"
   */
  readonly embed?: (
    texts: readonly string[],
    signal?: AbortSignal,
    lane?: Lane,
  ) => Promise<Embedded>;
  readonly close: () => Promise<void>;
}

/** Texts as vectors. */
export interface Embedded {
  readonly vectors: readonly (readonly number[])[];
  /** Tokens of all texts. */
  readonly tokens: number;
}

/** A model that may be asked by its name. */
export interface ModelEntry {
  /** What requests name: a file's name without its ending, or `PROVIDER/MODEL`. */
  readonly id: string;
  /** Unix seconds: its file's last change, or when it was configured. */
  readonly created: number;
  /** `moult` for files of this machine, else the provider's name. */
  readonly ownedBy: string;
  /** It is in memory. */
  readonly loaded: boolean;
}

/** Every model that may be asked: the resident one, others that are loaded when asked, and those of providers. */
export interface Models {
  readonly list: () => readonly ModelEntry[];
  /** The model of that id; `default`, or none, is the resident one. `undefined`: there is no such model. */
  readonly find: (id?: string) => Model | undefined;
  /** Ends all but the resident one, whose owner ends it. */
  readonly close: () => Promise<void>;
}
