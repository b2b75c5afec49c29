import { DomainError } from './errors';
import { type ClosedDay, compileRule, type DayRule, type HoursRule } from './hours-rule';
import { DAY_MS, type Instant, MINUTE_MS } from './instant';
import {
  addDays,
  DAY_MINUTES,
  isZone,
  type LocalDate,
  localDateOf,
  localToInstant,
  type MinuteOfDay,
  minuteOfDayOf,
} from './local-time';
import { intersectionOf, type Span, unionOf } from './spans';

export type { HoursRule } from './hours-rule';

export interface ZoneHours {
  readonly zone: string;
  readonly rules: readonly HoursRule[];
}

/** Half-open: opensAt is inside, closesAt outside. */
export interface Opening {
  readonly opensAt: Instant;
  readonly closesAt: Instant;
}

export interface ClosedReason {
  readonly zone: string;
  readonly rule: string;
  readonly kind: ClosedDay | 'before_opening' | 'between_slots' | 'after_closing';
  /** When the rule opens later that day, if it does. */
  readonly opensMinute?: MinuteOfDay;
  readonly localDate: LocalDate;
  readonly localMinute: MinuteOfDay;
}

export interface Hours {
  /**
   * The opening that contains `at`, else the next one; null when none is left or none comes within 400 days. Of one
   * that lasts longer, 400 days to either side are seen.
   */
  next(at: Instant): Opening | null;
  isOpen(at: Instant): boolean;
  /** Empty when open, else every zone and rule that closes it. */
  why(at: Instant): readonly ClosedReason[];
}

interface Place {
  readonly zone: string;
  readonly rules: readonly DayRule[];
}

type SpansOfWeek = (week: number) => readonly Span[];

/** Openings are worked out by the week (of the epoch, in UTC), when first asked for. */
const WEEK_MS = 7 * DAY_MS;
const HORIZON_WEEKS = 58;
/** More than one question can touch: the horizon to either side. */
const MAX_KEPT_WEEKS = 2 * HORIZON_WEEKS + 4;

/**
 * The hours in which every rule of every zone allows contact, compared as instants. The margin is taken off the end of
 * each opening; what is then shorter than a minute vanishes. Compile once, ask often.
 */
export function compileHours(zones: readonly ZoneHours[], marginMs: number): Hours {
  // Without a zone, or a rule in it, everything would be allowed: a permission that nobody wrote.
  if (zones.length === 0) throw badHours('zones', 'hours need at least one zone');
  if (!(marginMs >= 0)) throw badHours('marginMs', `the closing margin is ${marginMs} ms and must be 0 or more`);
  const places = zones.map(compilePlace);
  const spansOfWeek = keptWeeks((week) => openSpans(places, [week * WEEK_MS, (week + 1) * WEEK_MS]));

  function next(at: Instant): Opening | null {
    const thisWeek = Math.floor(at / WEEK_MS);
    for (let week = thisWeek; week <= thisWeek + HORIZON_WEEKS; week += 1) {
      for (const span of spansOfWeek(week)) {
        if (span[1] <= at) continue;
        const [opensAt, end] = whole(span, spansOfWeek);
        const closesAt = end - marginMs;
        if (closesAt > at && closesAt - opensAt >= MINUTE_MS) return { opensAt, closesAt };
      }
    }
    return null;
  }

  function isOpen(at: Instant): boolean {
    const opening = next(at);
    return opening !== null && opening.opensAt <= at;
  }

  function why(at: Instant): readonly ClosedReason[] {
    if (isOpen(at)) return [];
    // Where every rule allows `at` but the margin takes it away, the reason is what ends the opening.
    const cut = spansOfWeek(Math.floor(at / WEEK_MS)).find(([start, end]) => start <= at && at < end);
    return closedReasons(places, at, cut === undefined ? at : whole(cut, spansOfWeek)[1]);
  }

  return { next, isOpen, why };
}

const MAX_KEPT_HOURS = 4000;
const keptHours = new Map<string, Hours>();

/** Compiled hours by a key that names everything they were built from; the ones used longest ago make room. */
export function cachedHours(key: string, build: () => Hours): Hours {
  const hours = keptHours.get(key) ?? build();
  keptHours.delete(key);
  keptHours.set(key, hours);
  const [oldest] = keptHours.keys();
  if (keptHours.size > MAX_KEPT_HOURS && oldest !== undefined) keptHours.delete(oldest);
  return hours;
}

function compilePlace({ zone, rules }: ZoneHours): Place {
  if (!isZone(zone)) throw new DomainError('unknown_zone', `"${zone}" is not a known time zone`, { value: zone });
  if (rules.length === 0) throw badHours('rules', `hours need at least one rule, and ${zone} has none`);
  return { zone, rules: rules.map(compileRule) };
}

function keptWeeks(build: SpansOfWeek): SpansOfWeek {
  const kept = new Map<number, readonly Span[]>();
  return (week) => {
    const known = kept.get(week);
    if (known !== undefined) return known;
    if (kept.size >= MAX_KEPT_WEEKS) kept.clear();
    const spans = build(week);
    kept.set(week, spans);
    return spans;
  };
}

/** The instants of a week that every place allows. */
function openSpans(places: readonly Place[], week: Span): Span[] {
  return places.reduce<Span[]>(
    (open, place) => (open.length === 0 ? open : intersectionOf(open, openSpansIn(place, week))),
    [week],
  );
}

function openSpansIn({ zone, rules }: Place, [from, to]: Span): Span[] {
  const spans: Span[] = [];
  const last = localDateOf(zone, to);
  for (let date = localDateOf(zone, from); date <= last; date = addDays(date, 1))
    for (const slot of slotsOn(rules, date)) {
      const span = instantsOf(zone, date, slot);
      // A slot inside the hour that the autumn change repeats opens at the second reading and closes at the first.
      if (span[0] < span[1]) spans.push(span);
    }
  return unionOf(spans);
}

function slotsOn(rules: readonly DayRule[], date: LocalDate): Span[] {
  return rules.reduce<Span[]>(
    (open, rule) => {
      const allowed = rule.on(date);
      return typeof allowed === 'string' ? [] : intersectionOf(open, allowed);
    },
    [[0, DAY_MINUTES]],
  );
}

function instantsOf(zone: string, date: LocalDate, [open, close]: Span): Span {
  return [localToInstant(zone, date, open, 'open'), localToInstant(zone, date, close, 'close')];
}

/** A span that touches an end of its week goes on in the week beyond. */
function whole(span: Span, spansOfWeek: SpansOfWeek): Span {
  let [start, end] = span;
  for (let weeks = 0; end % WEEK_MS === 0 && weeks < HORIZON_WEEKS; weeks += 1) {
    const following = spansOfWeek(end / WEEK_MS)[0];
    if (following?.[0] !== end) break;
    end = following[1];
  }
  for (let weeks = 0; start % WEEK_MS === 0 && weeks < HORIZON_WEEKS; weeks += 1) {
    const previous = spansOfWeek(start / WEEK_MS - 1).at(-1);
    if (previous?.[1] !== start) break;
    start = previous[0];
  }
  return [start, end];
}

/** What closes each zone at `closedAt`, told by the clocks of `at`. */
function closedReasons(places: readonly Place[], at: Instant, closedAt: Instant): ClosedReason[] {
  return places.flatMap(({ zone, rules }) =>
    rules.flatMap((rule): ClosedReason[] => {
      const closed = closedBy(rule, zone, closedAt);
      if (closed === null) return [];
      return [
        { zone, rule: rule.name, ...closed, localDate: localDateOf(zone, at), localMinute: minuteOfDayOf(zone, at) },
      ];
    }),
  );
}

function closedBy(rule: DayRule, zone: string, at: Instant): Pick<ClosedReason, 'kind' | 'opensMinute'> | null {
  const date = localDateOf(zone, at);
  const slots = rule.on(date);
  if (typeof slots === 'string') return { kind: slots };
  const instants = slots.map((slot) => instantsOf(zone, date, slot));
  if (instants.some(([start, end]) => start <= at && at < end)) return null;
  const later = instants.findIndex(([start]) => start > at);
  const opens = slots[later];
  if (opens === undefined) return { kind: 'after_closing' };
  return { kind: later === 0 ? 'before_opening' : 'between_slots', opensMinute: opens[0] };
}

function badHours(field: string, message: string): DomainError {
  return new DomainError('bad_hours', message, { field });
}
