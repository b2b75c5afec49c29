import { IANAZone } from 'luxon';
import { DomainError } from './errors';
import { DAY_MS, type Instant, isCalendarDay, MINUTE_MS } from './instant';

/** A calendar day, "YYYY-MM-DD". */
export type LocalDate = string;
/** Minutes since local midnight by the clock on the wall, 0 to 1440; 1440 is the end of the day. */
export type MinuteOfDay = number;
/** ISO: Monday is 1, Sunday 7. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export const DAY_MINUTES = 1440;

const CLOCK = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** Area/Location, and "UTC". Bare abbreviations (EST) and Etc/GMT+5 are offsets in disguise and would miss the time changes. */
const ZONE = /^(?:UTC|(?!Etc\/)[A-Z][A-Za-z_]+(?:\/[A-Z][A-Za-z0-9_+-]*){1,2})$/;

/** Minutes since midnight of "HH:MM"; "24:00" is the end of a day. */
export function parseClock(text: string): MinuteOfDay {
  const match = CLOCK.exec(text);
  if (match === null) throw new DomainError('bad_clock', `"${text}" is not a time like 09:30`, { value: text });
  return match[1] === undefined ? DAY_MINUTES : Number(match[1]) * 60 + Number(match[2]);
}

export function formatClock(minute: MinuteOfDay): string {
  if (!Number.isInteger(minute) || minute < 0 || minute > DAY_MINUTES)
    throw new DomainError('bad_clock', `${minute} is not a minute of a day (0 to ${DAY_MINUTES})`, { value: minute });
  return `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;
}

export function isLocalDate(text: string): boolean {
  return DATE.test(text) && isCalendarDay(text);
}

/** Whether the runtime knows the IANA zone. Fixed offsets are no zones: they are wrong for half of the year. */
export function isZone(name: string): boolean {
  return ZONE.test(name) && IANAZone.isValidZone(name);
}

/**
 * The instant of a wall-clock time as the end of a permission. A time that the spring change skips is the next instant
 * that exists. A time that the autumn change repeats opens at its later and closes at its earlier instant, so that
 * whatever is permitted is permitted by both readings.
 */
export function localToInstant(zone: string, date: LocalDate, minute: MinuteOfDay, end: 'open' | 'close'): Instant {
  const instants = instantsOf(zone, date, minute);
  return end === 'open' ? Math.max(...instants) : Math.min(...instants);
}

/** The instant of a promise: a skipped time is the first instant after it, a repeated one its first occurrence. */
export function plainLocalToInstant(zone: string, date: LocalDate, minute: MinuteOfDay): Instant {
  return Math.min(...instantsOf(zone, date, minute));
}

export function localDateOf(zone: string, instant: Instant): LocalDate {
  return dateOf(wallClockOf(zone, instant));
}

export function minuteOfDayOf(zone: string, instant: Instant): MinuteOfDay {
  const wallClock = wallClockOf(zone, instant);
  return Math.floor((wallClock - midnightOf(dateOf(wallClock))) / MINUTE_MS);
}

export function weekdayOf(date: LocalDate): Weekday {
  const days: readonly Weekday[] = [7, 1, 2, 3, 4, 5, 6];
  // Proof: getUTCDay answers 0 to 6 for a date that midnightOf let pass.
  return days[new Date(midnightOf(date)).getUTCDay()] as Weekday;
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return dateOf(midnightOf(date) + days * DAY_MS);
}

/** Minutes east of Greenwich. */
export function offsetOf(zone: string, instant: Instant): number {
  return askedOffsetMs(zone, instant) / MINUTE_MS;
}

/** All instants at which the zone's clocks show this time; the end of the gap when they never do. */
function instantsOf(zone: string, date: LocalDate, minute: MinuteOfDay): [Instant, ...Instant[]] {
  const wallClock = midnightOf(date) + minute * MINUTE_MS;
  // A day to either side lies beyond every offset, hence before and after any change that touches this wall-clock time.
  const before = wallClock - offsetMs(zone, wallClock - DAY_MS);
  const after = wallClock - offsetMs(zone, wallClock + DAY_MS);
  if (before === after) return [before];
  const shows = (instant: Instant) => wallClockOf(zone, instant) === wallClock;
  if (shows(before)) return shows(after) ? [before, after] : [before];
  return [shows(after) ? after : endOfGap(zone, after, before)];
}

/** The first instant after `from`, and not after `to`, that has the offset of `to`. */
function endOfGap(zone: string, from: Instant, to: Instant): Instant {
  const offset = offsetMs(zone, to);
  let [skipped, exists] = [from, to];
  while (exists - skipped > 1) {
    const middle = Math.floor((skipped + exists) / 2);
    if (offsetMs(zone, middle) === offset) exists = middle;
    else skipped = middle;
  }
  return exists;
}

/** What the zone's clocks show, written as if it were UTC. */
function wallClockOf(zone: string, instant: Instant): number {
  return instant + offsetMs(zone, instant);
}

/** A UTC day that starts and ends with one offset has no other: clocks don't change there and back within a day. */
function offsetMs(zone: string, instant: Instant): number {
  const day = Math.floor(instant / DAY_MS);
  const offset = keptOffsetMs(zone, day);
  return offset === keptOffsetMs(zone, day + 1) ? offset : askedOffsetMs(zone, instant);
}

/** Offsets at the starts of UTC days by zone: asking the runtime takes microseconds, and hours ask it thousandfold. */
const keptOffsets = new Map<string, Map<number, number>>();
const MAX_KEPT_DAYS = 4000;

function keptOffsetMs(zone: string, day: number): number {
  let days = keptOffsets.get(zone);
  const known = days?.get(day);
  if (known !== undefined) return known;
  const offset = askedOffsetMs(zone, day * DAY_MS);
  if (days === undefined || days.size >= MAX_KEPT_DAYS) {
    days = new Map();
    keptOffsets.set(zone, days);
  }
  days.set(day, offset);
  return offset;
}

function askedOffsetMs(zone: string, instant: Instant): number {
  const minutes = IANAZone.create(zone).offset(instant);
  if (Number.isNaN(minutes))
    throw new DomainError('unknown_zone', `"${zone}" is not a known time zone`, { value: zone });
  return Math.round(minutes * MINUTE_MS);
}

const keptMidnights = new Map<LocalDate, number>();

/** Start of the date as if it were UTC. */
function midnightOf(date: LocalDate): number {
  const known = keptMidnights.get(date);
  if (known !== undefined) return known;
  if (!isLocalDate(date)) throw new DomainError('bad_date', `"${date}" is not a date like 2027-03-01`, { value: date });
  const midnight = Date.parse(`${date}T00:00:00Z`);
  if (keptMidnights.size >= MAX_KEPT_DAYS) keptMidnights.clear();
  keptMidnights.set(date, midnight);
  return midnight;
}

const keptDates = new Map<number, LocalDate>();

function dateOf(wallClock: number): LocalDate {
  const day = Math.floor(wallClock / DAY_MS);
  const known = keptDates.get(day);
  if (known !== undefined) return known;
  const date = new Date(wallClock).toISOString().slice(0, 10);
  if (keptDates.size >= MAX_KEPT_DAYS) keptDates.clear();
  keptDates.set(day, date);
  return date;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
