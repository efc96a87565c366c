/** Model files: what is known of one without loading it, and what happens while one is downloaded. */

/** What a model is, read from its file's header. Sizes in bytes. */
export interface ModelFacts {
  /** Absolute path; of the first file when there are several. */
  readonly path: string;
  /** What the file calls itself; its file name when it says nothing. */
  readonly title: string;
  /** Of all its files together. */
  readonly bytes: number;
  readonly files: number;
  readonly architecture: string;
  readonly parameters: number;
  /** As the file says, or the type that most of it has: `Q4_K_M`. */
  readonly quantisation: string;
  /** Types of its tensors, the largest share first. */
  readonly mix: readonly {
    readonly type: string;
    readonly tensors: number;
    readonly bytes: number;
  }[];
  /** Tokens it was trained for. */
  readonly contextTokens: number;
  readonly layers: number;
  /** `tools`: the template says how tools are offered; `text`: it does not; `none`: there is none. */
  readonly chatTemplate: "tools" | "text" | "none";
  /** What one token of a conversation takes. An upper bound: some architectures keep less. */
  readonly tokenBytes: number;
  /** Memory with one conversation of so many tokens. */
  readonly memory: readonly { readonly contextTokens: number; readonly bytes: number }[];
  /** Memory as moult would load it here, and what this machine has. */
  readonly here: {
    readonly contextTokens: number;
    readonly slots: number;
    readonly bytes: number;
    readonly machineBytes: number;
    readonly freeBytes: number;
    /** `tight`: it would fit, but others use the memory now. */
    readonly fits: "yes" | "tight" | "no";
  };
  /** Why this version cannot use it; empty = it can. */
  readonly problems: readonly string[];
  /** What the owner should know all the same. */
  readonly warnings: readonly string[];
}

/** What happens during a download. */
export type PullEvent =
  | {
      readonly type: "progress";
      /** `download`, then `verify`: the checksum is computed from what lies on the disk. */
      readonly step: "download" | "verify";
      readonly file: string;
      readonly bytes: number;
      /** Absent: the server does not say. */
      readonly bytesTotal?: number;
      readonly bytesPerSecond: number;
      readonly secondsLeft?: number;
    }
  | {
      readonly type: "retry";
      readonly file: string;
      readonly because: string;
      readonly inMs: number;
    };

/** A model that was downloaded, whole and checked. */
export interface PulledModel {
  /** File name in the models folder; of the first file when there are several. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly files: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  /** Where the checksum came from that it was compared with: the caller, the server, or nowhere. */
  readonly verified: "given" | "server" | "none";
  /** It was there before; nothing was downloaded. */
  readonly already: boolean;
}

/** A model in a list. */
export interface ListedModel {
  /** What `moult model use` takes. */
  readonly name: string;
  /** What requests name: `model` of `/v1/chat/completions`. */
  readonly id: string;
  readonly path: string;
  readonly inUse: boolean;
  /** Absent: its file cannot be read, and `error` says why. */
  readonly facts?: ModelFacts;
  readonly error?: string;
}

/** How a model is pulled. */
export interface PullChoices {
  readonly sha256?: string | undefined;
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PullEvent) => void;
}

/** How a model is made smaller. */
export interface QuantizeChoices {
  /** A type as in file names, in any case. @default "Q4_K_M" */
  readonly type?: string | undefined;
  /** Replaces a file that is there. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  /** After each tensor. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A smaller model that was made. */
export interface QuantizedModel {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly bytes: number;
  readonly bytesBefore: number;
}

/** What can be done with the models of a home. Everything rejects (or throws) with a `MoultError`. */
export interface Models {
  /** Path of the model that answers, or what is to be pulled at the next start. Throws what is wrong with it. */
  readonly check: () => string;
  readonly list: () => readonly ListedModel[];
  /** @default the model in use */
  readonly inspect: (name: string | undefined) => Promise<ModelFacts>;
  readonly pull: (source: string, how: PullChoices) => Promise<PulledModel>;
  /** Makes a smaller copy of a model, in the models folder. */
  readonly quantize: (name: string, how: QuantizeChoices) => Promise<QuantizedModel>;
  /** Chooses the model of the next start. `force`: also one that cannot work here. */
  readonly use: (
    name: string,
    force: boolean,
  ) => Promise<{ readonly name: string; readonly changed: boolean; readonly facts: ModelFacts }>;
}
