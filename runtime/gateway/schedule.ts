/** The ticks of a cron schedule. Knows expressions and time zones, not what happens at a tick. */
import type { CronTrigger } from "../../schemas/function.ts";

/** Two ticks are never closer than this. */
const MINUTE_MS = 60_000;

type Schedule = Pick<CronTrigger, "cron" | "timezone">;

/**
 * The first tick after a moment, both in milliseconds since the epoch; `undefined`: none within 8 years.
 *
 * In the hour that daylight saving skips, ticks are put off by that hour. They are found only from before it, so that
 * whoever wants every tick must go from one to the next.
 */
export function tickAfter({ cron, timezone }: Schedule, after: number): number | undefined {
  const options = timezone === undefined ? undefined : { tz: timezone };
  return Bun.cron.parse(cron, after, options)?.getTime();
}

/** The newest tick above `after` that is not above `until`. Costs the same however many lie between. */
export function newestTick(schedule: Schedule, after: number, until: number): number | undefined {
  const first = tickAfter(schedule, after);
  if (first === undefined || first > until) return undefined;
  // There is always a tick after `low` and up to `until`, and none after `high`.
  let low = after;
  let high = until;
  while (high - low > MINUTE_MS) {
    const middle = Math.floor((low + high) / 2);
    if ((tickAfter(schedule, middle) ?? Infinity) <= until) low = middle;
    else high = middle;
  }
  let newest = tickAfter(schedule, low) ?? first;
  for (;;) {
    const next = tickAfter(schedule, newest);
    if (next === undefined || next > until) return newest;
    newest = next;
  }
}
