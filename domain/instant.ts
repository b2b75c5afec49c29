import { DomainError } from './errors';

/** A point in time: milliseconds since 1970-01-01T00:00Z. */
export type Instant = number;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const ISO =
  /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** ISO-8601 in UTC with milliseconds, the form of every instant in the API's JSON. */
export function toIso(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** Reads ISO-8601 with a zone designator; a time without one is refused, because it is not an instant. */
export function fromIso(text: string): Instant {
  const date = ISO.exec(text)?.[1];
  if (date === undefined || !isCalendarDay(date))
    throw new DomainError('bad_instant', `"${text}" is not an instant like 2027-03-01T09:30:00Z`, { value: text });
  return Date.parse(text);
}

/** Whether YYYY-MM-DD names a day that exists; JavaScript reads 30 February as 2 March. */
export function isCalendarDay(date: string): boolean {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight) && toIso(midnight).startsWith(date);
}
