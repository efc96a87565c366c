/** Starts a virtual machine and reads what it reports. It does not know what runs inside. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CACHE, type Emulator } from "./machine.ts";
import { MARK } from "./report.ts";

/** How a machine is started. */
export interface Boot {
  readonly emulator: Emulator;
  readonly kernel: string;
  readonly archive: string;
  /** Security modules, in the order of the kernel's command line. */
  readonly modules: string;
  readonly secondsMax: number;
  /** Each report as it comes; everything else that the machine prints. */
  readonly onReport?: (report: unknown) => void;
  readonly onLine?: (line: string) => void;
}

/** Runs a machine to its end. Returns its reports, parsed. */
export async function boot(options: Boot): Promise<readonly unknown[]> {
  const kernelLine = `console=ttyS0 panic=-1 loglevel=4 lsm=${options.modules}`;
  const machine = ["-accel", "tcg,thread=multi", "-cpu", "max", "-m", "2048", "-smp", "2"];
  const line = [
    ...options.emulator.line,
    ...machine,
    "-nographic",
    "-no-reboot",
    "-kernel",
    options.kernel,
    "-initrd",
    options.archive,
    "-append",
    kernelLine,
  ];
  const child = Bun.spawn(line, {
    env: { ...process.env, ...options.emulator.env },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: options.secondsMax * 1_000,
    killSignal: "SIGKILL",
  });
  const end = () => child.kill("SIGKILL");
  for (const event of ["exit", "SIGINT", "SIGTERM"] as const) process.once(event, end);
  const reports: unknown[] = [];
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines.map((raw) => raw.replaceAll("\r", ""))) {
      const at = text.indexOf(MARK);
      if (at < 0) options.onLine?.(text);
      else {
        const report: unknown = JSON.parse(text.slice(at + MARK.length));
        reports.push(report);
        options.onReport?.(report);
      }
    }
  }
  await child.exited;
  for (const event of ["exit", "SIGINT", "SIGTERM"] as const) process.off(event, end);
  return reports;
}

/** Keeps an archive for as long as something runs. */
export async function withArchive<Result>(
  bytes: Uint8Array,
  run: (path: string) => Promise<Result>,
): Promise<Result> {
  const path = join(CACHE, `archive-${String(process.pid)}.cpio`);
  writeFileSync(path, bytes);
  try {
    return await run(path);
  } finally {
    rmSync(path);
  }
}
