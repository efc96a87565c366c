/** How much memory models have here: that of the machine, or of the tightest container around this process. */
import { totalmem } from "node:os";
import type { MemoryRoom } from "./memory_fit.ts";
import { memoriesAround } from "../machine_memory.ts";

/** Room as it is now. @param root where the machine's `sys` and `proc` are; given by tests */
export function roomHere(root = "/"): MemoryRoom {
  const around = memoriesAround(root);
  const limit = process.constrainedMemory();
  const machineBytes = Math.min(
    totalmem(),
    limit > 0 ? limit : Infinity,
    ...around.map(({ totalBytes }) => totalBytes),
  );
  const free = around.map(({ availableBytes }) => availableBytes);
  return { machineBytes, freeBytes: Math.min(machineBytes, ...free) };
}
