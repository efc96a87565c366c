/**
 * The models that may be asked by name: the resident one, and others that are loaded when somebody asks them, as many at
 * once as there is memory for. Knows no file and no engine.
 */
import { noRoomNow } from "./admission.ts";
import { bytesText } from "../bytes_text.ts";
import type { Device } from "./device.ts";
import { isProvided } from "./engine.ts";
import { isBeyond, type MemoryRoom } from "./memory_fit.ts";
import { stemOf } from "./parts.ts";
import { PooledModel, type PooledParts, type PoolSource } from "./pooled.ts";
import { roomHere } from "./room.ts";
import type { Log, Meter, Model, ModelEntry, Models } from "../ports.ts";
import { MoultError } from "../../schemas/error.ts";

/** What requests call the resident model, whatever its file. */
const DEFAULT = "default";

/** Models beside the resident one that have a process at once. Where they take no memory to speak of, this alone bounds them. */
const LOADED_MAX = 16;
/** Whoever meets as many that all answer comes again after so long. */
const CROWDED_MS = 2_000;

/** A model's name as requests say it: of a file without its folder and ending. */
export function modelId(name: string): string {
  const isPlace = /^(?:\/|hf:|https?:)/.test(name);
  return stemOf((isPlace ? name.split("/").at(-1) : undefined) ?? name);
}

/** What the pool is made of. */
export interface PoolOptions {
  /** The model that is always there. Its owner ends it. */
  readonly resident: Model;
  /** Unix seconds of the resident model's file, or of its configuration. */
  readonly created: number;
  /** The others that may be asked now; of several with one name the first. @default none */
  readonly sources?: () => readonly PoolSource[];
  readonly log: Log;
  readonly meter: Meter;
  readonly device?: Device | undefined;
  /** Memory that there is now. @default this machine's */
  readonly room?: () => MemoryRoom;
  /** Models beside the resident one that have a process at once. @default 16 */
  readonly loadedMax?: number;
  /** See the part of the same name. */
  readonly againMs?: number;
}

/** All models of a daemon. */
export class ModelPool implements Models {
  readonly #options: PoolOptions;
  readonly #parts: PooledParts;
  /** Those that were ever asked, by what requests name. */
  readonly #models = new Map<string, PooledModel>();
  /** They were let in, and have not taken their memory yet. */
  readonly #coming = new Set<PooledModel>();
  /** One after the other: two that find room would otherwise both take it. */
  #admitting: Promise<void> = Promise.resolve();

  constructor(options: PoolOptions) {
    const { log, meter, device, againMs } = options;
    this.#options = options;
    this.#parts = {
      log,
      meter: countsOf(meter),
      // The processors' clock is bounded for the resident model's sake; two that set it would fight.
      ...(device && { device: { read: () => device.read() } }),
      ...(againMs !== undefined && { againMs }),
      admit: (model) => this.#admit(model),
      onChange: (model, change) => {
        this.#coming.delete(model);
        meter.count("moult_model_loads_total", { model: model.source.id, result: change });
        log.info({ model: model.source.id }, SAID[change]);
      },
    };
    meter.collect(() => {
      for (const { id, loaded } of this.list())
        meter.gauge("moult_model_loaded", loaded ? 1 : 0, { model: id });
    });
  }

  list(): readonly ModelEntry[] {
    const { resident, created } = this.#options;
    const { state, name } = resident.status();
    const loaded = state === "ready";
    const own = { id: modelId(name), created, ownedBy: "moult", loaded };
    const others = this.#sources().map(({ id, created: since, ownedBy }) => ({
      id,
      created: since,
      ownedBy,
      loaded: this.#models.get(id)?.isLoaded === true,
    }));
    return [own, ...others];
  }

  find(id: string = DEFAULT): Model | undefined {
    const { resident } = this.#options;
    if (id === DEFAULT || id === modelId(resident.status().name)) return resident;
    const source = this.#sources().find((one) => one.id === id);
    if (source === undefined) return undefined;
    const known = this.#models.get(id);
    known?.renew(source);
    const model = known ?? new PooledModel(source, this.#parts);
    this.#models.set(id, model);
    return model;
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#models.values(), (model) => model.close()));
  }

  #sources(): readonly PoolSource[] {
    const { resident, sources } = this.#options;
    const taken = new Set([DEFAULT, modelId(resident.status().name)]);
    return (sources?.() ?? []).filter(({ id }) => {
      const isNew = !taken.has(id);
      taken.add(id);
      return isNew;
    });
  }

  async #admit(model: PooledModel): Promise<void> {
    const admitted = this.#admitting.then(() => this.#makeRoom(model));
    this.#admitting = admitted.catch(() => {});
    await admitted;
  }

  /** Ends models that nobody waits for, the one first that was asked longest ago, until this one fits. */
  async #makeRoom(model: PooledModel): Promise<void> {
    const need = model.source.needBytes();
    const { loadedMax = LOADED_MAX } = this.#options;
    for (;;) {
      const free = this.#freeBytes();
      const others = this.#others(model);
      const isCrowded = others.length >= loadedMax;
      if (!isCrowded && (need === 0 || !isBeyond(need, free))) break;
      const [victim] = others
        .filter((one) => one.isLoaded && one.isIdle && (isCrowded || needOf(one) > 0))
        .toSorted((a, b) => a.usedAt - b.usedAt);
      if (victim === undefined)
        throw isCrowded ? crowded(model, others.length) : noRoom(model, free, others);
      await victim.unload();
    }
    this.#coming.add(model);
  }

  /** Those beside one that have a process, or are about to. */
  #others(model: PooledModel): readonly PooledModel[] {
    return [...this.#models.values()].filter(
      (one) => one !== model && (one.isLoaded || this.#coming.has(one)),
    );
  }

  #freeBytes(): number {
    const { machineBytes, freeBytes } = (this.#options.room ?? roomHere)();
    const promised = [...this.#coming].reduce((sum, coming) => sum + needOf(coming), 0);
    return Math.max(0, Math.min(machineBytes, freeBytes) - promised);
  }
}

const SAID = {
  loaded: "The model is loaded",
  failed: "The model cannot be loaded",
  ended: "The model is no longer in memory",
} as const;

function needOf({ source }: PooledModel): number {
  try {
    return source.needBytes();
  } catch {
    // Its file is gone since it was loaded.
    return 0;
  }
}

function noRoom(model: PooledModel, free: number, others: readonly PooledModel[]): MoultError {
  const { id, options } = model.source;
  const busy = others.filter((one) => !one.isIdle).map(({ source }) => `"${source.id}"`);
  const need = bytesText(model.source.needBytes());
  const [why, what] =
    busy.length > 0
      ? [` while ${busy.join(" and ")} answers`, "ask again later, or "]
      : ["", "free memory, take a smaller quantisation, or "];
  const smaller = "give it fewer slots or contextTokens under models in moult.yaml";
  // Of what runs elsewhere nothing here can be made smaller.
  const remedy = isProvided(options.path) ? "free memory, or ask again later" : what + smaller;
  return new MoultError(
    "model/unavailable",
    `Cannot load model "${id}": it needs about ${need}, and ${bytesText(free)} are free${why}; ${remedy}`,
  );
}

function crowded({ source }: PooledModel, count: number): MoultError {
  const { id } = source;
  const text = `Cannot load model "${id}" now: ${count} others answer, which is as many as run at once`;
  return noRoomNow(text, CROWDED_MS, { model: id });
}

/** What is counted is counted of all models; gauges are of the resident one. */
function countsOf(meter: Meter): Meter {
  return {
    count: (...counted) => meter.count(...counted),
    observe: (...observed) => meter.observe(...observed),
    expose: () => meter.expose(),
    gauge() {},
    collect() {},
  };
}
