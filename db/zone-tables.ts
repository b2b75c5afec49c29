import { setImmediate as othersTurn } from 'node:timers/promises';
import { DAY_MS, type Instant, MINUTE_MS } from '../domain/instant';
import { isZone, offsetOf as ourOffset } from '../domain/local-time';
import type { Db } from './client';

/** Node's table of time zones against PostgreSQL's: the planner keeps hours by the one, the auditor by the other. */

/** Two answers about the clock of a zone, between the first and the last instant at which that was seen. */
export interface ZoneDifference {
  readonly zone: string;
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  /** Minutes east of Greenwich. */
  readonly ours: number;
  readonly theirs: number;
  /** Only around a change of the clocks, which is at night: no hour of outreach is another because of it. */
  readonly isBrief: boolean;
}

type OffsetOf = (zone: string, at: Instant) => number;

/** What is compared with PostgreSQL's: Node's own table, and all of its zones, unless something else is said. */
export interface ZoneTable {
  readonly offsetOf?: OffsetOf;
  readonly only?: readonly string[];
}

const YEARS = 3;
/** No zone keeps summer or winter time for less than this (the shortest is Morocco's month of Ramadan). */
const STEP_MS = 28 * DAY_MS;

/** Every zone that both know, over the coming years: every four weeks, and on both sides of each change of our table. */
export async function compareZones(
  db: Db,
  from: Instant,
  { offsetOf = ourOffset, only }: ZoneTable = {},
): Promise<ZoneDifference[]> {
  const names = await db<{ name: string }[]>`
    select name from pg_timezone_names where ${only === undefined} or name = any (${[...(only ?? [])]}::text[])`;
  const until = from + YEARS * 366 * DAY_MS;
  const spans: Span[] = [];
  for (const { name } of names) {
    if (isZone(name)) spans.push(...spansOf(name, from, until, offsetOf));
    // Half a second of reckoning at the start of a process: who asks meanwhile is answered in between.
    await othersTurn();
  }
  return db<ZoneDifference[]>`
    with span as (
      select * from unnest(${spans.map(({ zone }) => zone)}::text[], ${spans.map(({ fromAt }) => fromAt)}::float8[],
        ${spans.map(({ untilAt }) => untilAt)}::float8[], ${spans.map(({ offset }) => offset)}::float8[])
        as s (zone, from_at, until_at, ours)
    ), looked as (
      select s.zone, s.ours, p.at, p.is_inside,
        extract(epoch from (at_ms(p.at) at time zone s.zone) - (at_ms(p.at) at time zone 'UTC'))::float8 / 60 as theirs
      from span s
      cross join lateral (
        select s.from_at as at, false as is_inside
        union select s.until_at - ${MINUTE_MS}, false
        union select least(s.from_at + ${DAY_MS}, s.until_at - ${MINUTE_MS}), s.from_at + ${DAY_MS} < s.until_at
        union select greatest(s.until_at - ${DAY_MS}, s.from_at), s.until_at - ${DAY_MS} > s.from_at
        union select n, true from generate_series((s.from_at + ${STEP_MS})::bigint, s.until_at::bigint - 1, ${STEP_MS}::bigint) n
      ) p
    )
    select zone, min(at) as from_at, max(at) as until_at, ours, theirs, not bool_or(is_inside) as is_brief
    from looked
    where ours <> theirs
    group by zone, ours, theirs
    order by zone, from_at`;
}

/** Zones by which the hours of the other table bind as well; whole hours, the next to either side of a broken one. */
export function bindingBeside(differences: readonly ZoneDifference[]): Map<string, readonly string[]> {
  const beside = new Map<string, readonly string[]>();
  for (const { zone, theirs, isBrief } of differences) {
    if (isBrief) continue;
    const hours = [Math.floor(theirs / 60), Math.ceil(theirs / 60)];
    beside.set(zone, [...new Set([...(beside.get(zone) ?? []), ...hours.map(fixedZone)])]);
  }
  return beside;
}

/** The names count westwards. */
function fixedZone(hoursEast: number): string {
  if (hoursEast === 0) return 'Etc/GMT';
  return `Etc/GMT${hoursEast > 0 ? '-' : '+'}${Math.abs(hoursEast)}`;
}

interface Span {
  readonly zone: string;
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  readonly offset: number;
}

function spansOf(zone: string, from: Instant, until: Instant, offsetOf: OffsetOf): Span[] {
  const spans: Span[] = [];
  let fromAt = from;
  let offset = offsetOf(zone, from);
  for (let at = from; at < until; at += STEP_MS) {
    const next = offsetOf(zone, at + STEP_MS);
    if (next === offset) continue;
    const changedAt = changeBetween(zone, at, at + STEP_MS, offsetOf);
    spans.push({ zone, fromAt, untilAt: changedAt, offset });
    fromAt = changedAt;
    offset = next;
  }
  return [...spans, { zone, fromAt, untilAt: until, offset }];
}

/** The minute of the change, by halves. */
function changeBetween(zone: string, before: Instant, after: Instant, offsetOf: OffsetOf): Instant {
  const offset = offsetOf(zone, before);
  let low = Math.floor(before / MINUTE_MS);
  let high = Math.ceil(after / MINUTE_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetOf(zone, middle * MINUTE_MS) === offset) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}
