import { DAY_MS, fromIso, type Instant, MINUTE_MS } from './instant';
import { isZone } from './local-time';

/** Test support: what the clocks of every zone show and when they change, by the runtime's formatter alone, without a line of ours. */

/** Every zone that the runtime knows by a name that we take. */
export const EVERY_ZONE: readonly string[] = Intl.supportedValuesOf('timeZone').filter(isZone);

const FROM = fromIso('2026-01-01T00:00Z');
const TO = fromIso('2036-01-01T00:00Z');
const WEEK_MS = 7 * DAY_MS;
const formats = new Map<string, Intl.DateTimeFormat>();

/** "YYYY-MM-DD HH:MM". */
export function wallClock(timeZone: string, at: Instant): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const shape = { dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, ...shape });
    formats.set(timeZone, format);
  }
  return format.format(at);
}

/** How far the clocks are ahead of UTC, to the minute. */
function offsetMs(zone: string, at: Instant): number {
  const shown = Date.parse(`${wallClock(zone, at).replace(' ', 'T')}Z`);
  return shown - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** Every instant of ten years, to the minute, from which on the clocks of the zone are others. */
export function changesOf(zone: string): Instant[] {
  const changes: Instant[] = [];
  for (let at = FROM; at < TO; at += WEEK_MS) {
    if (offsetMs(zone, at) === offsetMs(zone, at + WEEK_MS)) continue;
    let [before, after] = [at, at + WEEK_MS];
    while (after - before > MINUTE_MS) {
      const middle = Math.floor((before + after) / 2 / MINUTE_MS) * MINUTE_MS;
      if (offsetMs(zone, middle) === offsetMs(zone, before)) before = middle;
      else after = middle;
    }
    changes.push(after);
  }
  return changes;
}

/** Whether the clocks show this time twice: only what both readings permit is open then. */
export function isRepeated(zone: string, at: Instant): boolean {
  const shown = wallClock(zone, at);
  return [-120, -60, -30, 30, 60, 120].some((minutes) => wallClock(zone, at + minutes * MINUTE_MS) === shown);
}
