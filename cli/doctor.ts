/** `moult doctor`: what works on this machine, and what to do about the rest. */
import { findDaemon, homeOf } from "./client.ts";
import { json, line, paint } from "./print.ts";
import type { Check, Command } from "./program.ts";
import { DAEMON_HELP, DAEMON_OPTIONS, daemonOptions } from "./start.ts";

const MARK = {
  ok: ["green", "ok  "],
  warning: ["yellow", "warn"],
  failed: ["red", "FAIL"],
} as const;

/** `moult doctor` */
export const command: Command = {
  usage: "[options]",
  options: DAEMON_OPTIONS,
  help: DAEMON_HELP,
  async run(program, _positionals, values) {
    const checks: Check[] = [...(await program.diagnose(daemonOptions(values, false)))];
    const client = findDaemon(values);
    checks.push(
      client
        ? { name: "daemon", state: "ok", found: `runs at ${client.url}` }
        : { name: "daemon", state: "ok", found: `none runs for ${homeOf(values)}` },
    );
    if (values["json"] === true) json(checks);
    else for (const check of checks) show(check);
    return checks.some(({ state }) => state === "failed") ? 1 : 0;
  },
};

function show({ name, state, found, remedy }: Check): void {
  const [colour, mark] = MARK[state];
  line(`${paint(colour, mark)}  ${name.padEnd(10)} ${found}`);
  if (remedy) line(`      ${" ".repeat(10)} → ${remedy}`);
}
