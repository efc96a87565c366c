/** How a trigger is shown to its owner. Starts nothing. */
import { tickAfter } from "../runtime/gateway/schedule.ts";
import type { Trigger } from "../schemas/function.ts";

/** When a function starts by itself; of a schedule also the next time, in its zone. */
export function triggerText(trigger: Trigger): string {
  if ("http" in trigger) return trigger.http.replace(" /", " /hooks/");
  if (!("cron" in trigger)) return `${JSON.stringify(trigger)}: not run by this version`;
  const { cron, timezone, to } = trigger;
  const next = tickAfter(trigger, Date.now());
  const zone = timezone === undefined ? {} : { timeZone: timezone };
  // Sweden writes times as everybody reads them: 2026-11-22 07:00:00.
  const time = next === undefined ? "never" : new Date(next).toLocaleString("sv-SE", zone);
  const where = timezone === undefined ? "" : ` ${timezone}`;
  return `cron ${cron}${where}, next ${time}${to === undefined ? "" : `, to ${to}`}`;
}
