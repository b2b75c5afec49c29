import { toIso } from '../domain/instant';

const INSTANT_NAME = /(^at|At)$/;

/** The JSON shape of a row: instants, which our naming tells apart from other numbers, become ISO-8601 in UTC. */
export function toDocument(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toDocument);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      typeof field === 'number' && INSTANT_NAME.test(name) ? toIso(field) : toDocument(field),
    ]),
  );
}
