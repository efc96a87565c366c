/** How crowded a machine is: what the kernel says of waiting, and of the memory that is left. */
import { textIn } from "./sensor_files.ts";
import { memoriesAround } from "../../runtime/machine_memory.ts";
import type { Readings } from "../../runtime/model/device.ts";

/** Share of the last ten seconds in which somebody waited. */
export function stalledOf(root: string, resource: "cpu" | "memory"): number | undefined {
  const text = textIn(root, "proc/pressure", resource) ?? "";
  const percent = /^some avg10=(\d{1,3}\.\d+)/.exec(text)?.[1];
  return percent === undefined ? undefined : Math.min(1, Number(percent) / 100);
}

/** Memory of the machine, or of the group of processes that this one may not leave, whichever is scarcer. */
export function memoryOf(root: string): Readings["memory"] {
  const [scarcest] = memoriesAround(root).toSorted((a, b) => a.availableBytes - b.availableBytes);
  const stalled = stalledOf(root, "memory");
  return { ...scarcest, ...(stalled !== undefined && { stalled }) };
}
