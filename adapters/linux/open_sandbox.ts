/** Picks the sandbox of this machine. */
import type { Sandbox } from "../../runtime/ports.ts";
import { PlainSandbox } from "./plain.ts";
import { LinuxSandbox } from "./sandbox.ts";
import { arch } from "./syscalls.ts";

/** The sandbox of this machine. Elsewhere than on Linux it confines nothing, and `tier()` says so. */
export function openSandbox(): Sandbox {
  return process.platform === "linux" && arch() !== undefined
    ? new LinuxSandbox()
    : new PlainSandbox();
}
