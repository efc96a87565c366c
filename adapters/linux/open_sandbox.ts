/** Picks the sandbox of this machine. */
import type { Sandbox } from "../../runtime/ports.ts";
import { PlainSandbox } from "./plain.ts";
import { LinuxSandbox, type SandboxOptions } from "./sandbox.ts";
import { arch } from "./syscalls.ts";

/** The sandbox of this machine. Elsewhere than on Linux it confines nothing, and `tier()` says so. */
export function openSandbox(options: SandboxOptions = {}): Sandbox {
  return process.platform === "linux" && arch() !== undefined
    ? new LinuxSandbox({}, options)
    : new PlainSandbox();
}
