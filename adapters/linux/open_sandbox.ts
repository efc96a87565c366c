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

/** How functions are confined on this machine: of a sandbox that is opened for the question. */
export async function sandboxTier(): Promise<ReturnType<Sandbox["tier"]>> {
  const sandbox = openSandbox();
  const tier = sandbox.tier();
  await sandbox.close();
  return tier;
}
