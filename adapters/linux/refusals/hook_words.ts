/** What the kernel's security hooks refused, in words for people. It decides nothing. */
import { dirname } from "node:path";
import type { KernelRefusal } from "../../../runtime/ports.ts";
import type { HookName, HookRefusal } from "../bpf/lsm_table.ts";
import { barred, noListening, pathWords, programWords, type Surroundings } from "./words.ts";

/** What is tried at hooks where no path is asked for; the others are about files. */
const TRIED: Partial<Record<HookName, string>> = {
  path_symlink: "make a link to a file",
  ptrace_access_check: "look into other processes",
  task_kill: "signal other processes",
  bpf: "change the machine it runs on",
  sb_mount: "change the machine it runs on",
  sb_umount: "change the machine it runs on",
  move_mount: "change the machine it runs on",
  userns_create: "change its user or its rights",
  unix_stream_connect: "use a socket (unix)",
  unix_may_send: "use a socket (unix)",
  socket_create: "open a socket of a special kind",
};

/** A refusal of the hooks. */
export function hookWords(refusal: HookRefusal, here: Surroundings): KernelRefusal {
  const { hook, wanted, path } = refusal;
  const tried = TRIED[hook];
  if (tried !== undefined) return barred(tried);
  if (wanted === undefined) return barred("make a special file, or let one run as its owner");
  switch (wanted) {
    case "read":
    case "list":
      return pathWords("read", path, here);
    case "write":
      return pathWords("write", path, here, writableFor(refusal));
    case "run":
      return programWords(path);
    case "load":
      return barred(`load native code from ${JSON.stringify(path)}`);
    case "listen":
      return noListening("listen");
  }
}

/** Writing is granted by folder; moult makes one that is missing. */
function writableFor({ hook, path }: HookRefusal): string | undefined {
  return path === undefined || hook === "path_mkdir" ? path : dirname(path);
}
