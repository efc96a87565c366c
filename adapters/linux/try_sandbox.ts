/** Answers whether functions run on this machine by running one. It knows nothing of the daemon's functions. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LiveHost } from "../../runtime/isolate/live_host.ts";
import type { Sandbox, SandboxTrial } from "../../runtime/ports.ts";
import { OWNER } from "../../schemas/message.ts";
import { bunPath } from "./program.ts";
import { openSandbox } from "./open_sandbox.ts";
import { NOT_ASKED_FOR } from "./kernel_layers.ts";
import { messageOf } from "../../schemas/error.ts";

const SOURCE = `import { defineTool, v } from "moult";
export default defineTool({ description: "Answers", input: v.object({}), run: () => "runs" });
`;
/** How long the answer may take once the function is loaded. */
const ANSWER_MS_MAX = 10_000;

/** How functions are confined here, and why none runs, if so. Never rejects; leaves nothing behind. */
export async function trySandbox(
  open: () => Sandbox = () => openSandbox({ everyRefusal: true }),
): Promise<SandboxTrial> {
  let sandbox: Sandbox | undefined;
  const folder = mkdtempSync(join(tmpdir(), "moult-try-"));
  try {
    sandbox = open();
    const tier = withReports(sandbox.tier());
    const broken = await runOne(sandbox, folder).catch(reasonOf);
    return broken === undefined ? tier : { ...tier, broken };
  } catch (error) {
    return { tier: "E", has: [], lacks: [], broken: reasonOf(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await sandbox?.close();
  }
}

/** What reports of every layer are worth: they were asked for here, as `moult dev` does, and are not elsewhere. */
function withReports(tier: ReturnType<Sandbox["tier"]>): ReturnType<Sandbox["tier"]> {
  if (!tier.has.some((line) => line.startsWith("reports:"))) return tier;
  return { ...tier, lacks: [...tier.lacks, `reports: ${NOT_ASKED_FOR}`] };
}

/** Loads a function as any other is loaded, and calls it. */
async function runOne(sandbox: Sandbox, folder: string): Promise<undefined> {
  const files = { read: [], write: [], exec: [] };
  const confined = await sandbox.start({ files, memoryMiB: 256, onOutput: () => undefined });
  const host = new LiveHost(confined, "doctor");
  const path = join(folder, "doctor.js");
  // Closed to others, as the daemon's own builds are.
  writeFileSync(path, SOURCE, { mode: 0o600 });
  await host.load({ name: "doctor", version: "doctor", path, origin: "builtin" });
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const live = host.begin({ principal: OWNER, body: "{}", signal });
  const answer = await host.request(live, "run", 0);
  host.end(live);
  if (answer instanceof Response || !answer.ok || answer.text !== '"runs"')
    throw new Error("a function of one line gave another answer than its own");
}

function reasonOf(error: unknown): { readonly why: string; readonly remedy: string } {
  const why = messageOf(error);
  return { why, remedy: remedyFor(why) };
}

function remedyFor(why: string): string {
  if (/EAGAIN|EMFILE|ENFILE|ENOMEM|SIGABRT|worker thread|did not (?:load|start)/.test(why))
    return "raise the limits of this user on processes, open files or memory (ulimit -a shows them)";
  if (/ENOSPC|EROFS|Cannot make a folder/.test(why))
    return "make room and writing possible in /run or /tmp: functions run in folders there";
  if (why.includes("control group"))
    return "start moult again: something else has removed its control groups, or closed them";
  if (/EACCES|EPERM/.test(why))
    return `let every user run Bun (chmod o+rx ${bunPath()}), and allow /run or /tmp to hold unix sockets; or start moult as an ordinary user`;
  return "the daemon's log (moult logs) has the details; start moult as an ordinary user, or on another kernel, to see what it depends on";
}
