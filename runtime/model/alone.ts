/** A model without a daemon around it: nothing is logged and nothing counted; what fails is said by the request. */
import type { ModelOptions } from "./client.ts";
import { type PrepareModel, startPrepared } from "./prepared.ts";
import type { Log, Meter, Model } from "../ports.ts";

const nothing = (): void => {};
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const meter: Meter = {
  count: nothing,
  gauge: nothing,
  observe: nothing,
  collect: nothing,
  expose: () => "",
};

/** Starts a model as `startPrepared` does, for one conversation at a time. */
export function startAlone(
  options: Omit<ModelOptions, "log" | "meter">,
  prepare: PrepareModel | undefined,
): Model {
  return startPrepared({ ...options, slots: 1, log, meter }, prepare);
}
